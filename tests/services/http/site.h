/* A server with a route of each kind, and clients that talk to it byte by byte. */
#ifndef SITE_H
#define SITE_H

#include "routes.h"
#include "wire.h"

#define SITE_CONNECTIONS 4u

extern http_server site;
extern http_config site_config; /* change it before site_open() */

/* A client: connects, sends `request`, reads what comes until the server ends. */
typedef struct {
    yoke_task task;
    const char *request;
    size_t size;        /* of the request; 0: it is a text */
    size_t split;       /* send so many bytes, then pause, `steps` times, then the rest */
    unsigned steps;     /* 0: once */
    uint32_t pause_ms;  /* 0: 20 */
    size_t length;      /* of the answer */
    int error;          /* YOKE_OK: the server has ended in order */
    unsigned step;      /* its own */
    size_t sent;        /* … */
    net_stream stream;  /* … */
    bool reads_nothing; /* until it is cancelled */
    bool counts_only;   /* only the first of the answer is kept */
    char answer[16384];
} site_client;

int site_client_body(yoke_task *t);

/* Start the network and the server in a fresh world; or stop both, and see that nothing is left. */
void site_open(void);
void site_close(void);
void site_start(void); /* the server alone */
void site_stop(void);
int site_setup(void **state);
int site_teardown(void **state);

/* Send `request` on a connection of its own, in two pieces parted at `split`; answers all that came
 * until the server has ended the connection. The request must ask for that. */
const char *site_ask_split(const char *request, size_t split);
const char *site_ask(const char *request);

/* "METHOD PATH HTTP/1.1", Host, these lines, Connection: close, and the body. */
const char *site_request(const char *line, const char *lines, const char *body);

/* Start `c` with this request; it runs beside the others. */
void site_begin(site_client *c, const char *request);
void site_wait(site_client *c);

/* The status of an answer, and what stands behind its head. */
int site_status(const char *answer);
const char *site_body(const char *answer);

#endif
