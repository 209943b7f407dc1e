/* Commands of the shell for the settings: rows for the app's table of commands.
 *
 *     static const shell_command commands[] = {…, SHELL_CONFIG_COMMANDS, {0}};
 *     shell_config_open(&store);
 *
 * Without a store, or in a program that is built without yoke_config, they say that there is none.
 * Keys that are CFG_HIDDEN cannot be reached; of a secret only its length is shown. */
#ifndef YOKE_SHELL_CONFIG_H
#define YOKE_SHELL_CONFIG_H

#include "yoke/shell.h"

struct cfg_store;

/* The store that the commands are for from now on, also while the shell runs. Platform loop. Not
 * there in a program without yoke_config. */
void shell_config_open(struct cfg_store *opened);

/* What the commands run, as shell_command has it: all keys, one, a change, all back to their
 * defaults. */
bool shell_config_list(shell *s, unsigned row);
bool shell_config_show(shell *s, unsigned row);
bool shell_config_set(shell *s, unsigned row);
bool shell_config_reset(shell *s, unsigned row);

#define SHELL_CONFIG_COMMANDS                                                          \
    {"config", "", "all settings", 0, shell_config_list},                              \
        {"config", "KEY", "one setting, and what it can be", 1, shell_config_show},    \
        {"config", "KEY VALUE", "change a setting", 2, shell_config_set},              \
    {                                                                                  \
        "reset", "everything", "all settings to their defaults", 1, shell_config_reset \
    }

#endif
