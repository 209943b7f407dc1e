/* A program without yoke_config: there are no settings. */
#include "yoke/shell_config.h"

bool shell_config_list(shell *s, unsigned row)
{
    (void)row;
    shell_say(s, "This program has no settings.");
    return false;
}

bool shell_config_show(shell *s, unsigned row)
{
    return shell_config_list(s, row);
}

bool shell_config_set(shell *s, unsigned row)
{
    return shell_config_list(s, row);
}

bool shell_config_reset(shell *s, unsigned row)
{
    return shell_config_list(s, row);
}
