/* A store with a key of each type, for tests. */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "yoke/config.h"

#define SETTINGS_BANKS 3u

typedef struct {
    int32_t leds, starts;
    CFG_BYTES_OF(16) token;
    bool on;
    uint8_t order;
    char name[33];
    char password[65];
} settings_values;

enum { KEY_ON, KEY_LEDS, KEY_NAME, KEY_PASSWORD, KEY_TOKEN, KEY_ORDER, KEY_STARTS, KEYS };

extern settings_values settings;
extern const cfg_key settings_keys[KEYS];
extern cfg_key_state settings_states[KEYS];
extern const cfg_config settings_config; /* 3 banks of 1 sector */
extern cfg_store settings_store;

/* A frame as from the compiler, with this configuration. */
void settings_fresh(const cfg_config *config);

/* Have the store's task save all, in the world of the test; answers what cfg_flush() did. */
int settings_flush(void);

#endif
