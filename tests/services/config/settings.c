#include "settings.h"

#include "world.h"

settings_values settings;
cfg_key_state settings_states[KEYS];
cfg_store settings_store;

static const char *const orders[] = {"RGB", "GRB", "BGR", NULL};

const cfg_key settings_keys[KEYS] = {
    {"on", "whether the strip shines", CFG_AS_BOOL(settings.on), .initial = true},
    {"led.count", "LEDs on the strip", CFG_AS_INT(settings.leds, 1, 1000), .initial = 60},
    {"net.name", "host name", CFG_AS_STRING(settings.name), .initial_text = "yoke"},
    {"wifi.password", "of the network", CFG_AS_STRING(settings.password), .flags = CFG_SECRET},
    {"token", "of the API", CFG_AS_BYTES(settings.token)},
    {"led.order", "of colours on the wire", CFG_AS_CHOICE(settings.order, orders), .initial = 1},
    {"starts", "count of starts", CFG_AS_INT(settings.starts, 0, INT32_MAX), .flags = CFG_HIDDEN},
};

const cfg_config settings_config = {.keys = settings_keys,
                                    .key_count = KEYS,
                                    .states = settings_states,
                                    .banks = SETTINGS_BANKS,
                                    .sectors_a_bank = 1};

void settings_fresh(const cfg_config *config)
{
    settings_store = (cfg_store){.task = YOKE_TASK(cfg_body), .config = config};
}

typedef struct {
    yoke_task task;
    cfg_mark mark;
} flusher;

static int flusher_body(yoke_task *t)
{
    flusher *me = YOKE_FRAME(flusher, t);
    YOKE_BEGIN(t);
    me->mark = cfg_now(&settings_store);
    YOKE_TRY(t, cfg_flush(t, &settings_store, &me->mark));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

int settings_flush(void)
{
    flusher f = {.task = YOKE_TASK(flusher_body)};
    return world_run(&f.task);
}
