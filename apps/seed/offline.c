/* A machine without a network: nobody can reach the device. */
#include "seed.h"

static int network_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    YOKE_END(t);
}

yoke_task seed_network = YOKE_TASK(network_body);

void seed_url(char url[SEED_URL_MAX])
{
    url[0] = '\0';
}
