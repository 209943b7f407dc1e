/* The WebSocket of the seed program. */
#ifndef SEED_SOCKET_H
#define SEED_SOCKET_H

#include "yoke/http.h"

/* The handler of its path. */
http_handler seed_socket;

/* Runs as long as the server; cancel it to stop. */
extern yoke_task seed_beat;

#endif
