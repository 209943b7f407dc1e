/* A plain server on libuv and this machine's own TCP. What comes is one request when it ends with
 * an empty line. */
#include "site.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define HEAD_MAX    128
#define REQUEST_MAX 2048u
#define BACKLOG     128

typedef struct {
    uv_tcp_t tcp;
    uv_write_t write;
    size_t used;
    char request[REQUEST_MAX];
} connection;

static char small[HEAD_MAX + SITE_SMALL], large[HEAD_MAX + SITE_LARGE];
static uv_buf_t small_answer, large_answer, other_answer;

static uv_buf_t make_answer(char *to, unsigned size)
{
    int head =
        snprintf(to, HEAD_MAX, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %u\r\n\r\n",
                 SITE_TYPE, size);
    site_fill(to + head, size);
    return uv_buf_init(to, (unsigned)head + size);
}

/* --- a connection ----------------------------------------------------------------------------- */

static void closed(uv_handle_t *handle)
{
    free(handle->data);
}

static void end(connection *c)
{
    if (!uv_is_closing((uv_handle_t *)&c->tcp)) {
        uv_close((uv_handle_t *)&c->tcp, closed);
    }
}

static void written(uv_write_t *write, int status)
{
    if (status < 0) {
        end(write->data);
    }
}

static const uv_buf_t *find_answer(const char *request)
{
    if (strncmp(request, "GET /1k ", 8) == 0) {
        return &small_answer;
    }
    return strncmp(request, "GET /64k ", 9) == 0 ? &large_answer : &other_answer;
}

static bool is_whole(const connection *c)
{
    return c->used >= 4 && memcmp(c->request + c->used - 4, "\r\n\r\n", 4) == 0;
}

static void give_room(uv_handle_t *handle, size_t suggested, uv_buf_t *to)
{
    (void)suggested;
    connection *c = handle->data;
    *to = uv_buf_init(c->request + c->used, (unsigned)(REQUEST_MAX - c->used));
}

static void received(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
    (void)buffer;
    connection *c = stream->data;
    if (n < 0) {
        end(c);
        return;
    }
    c->used += (size_t)n;
    if (is_whole(c)) {
        c->used = 0;
        uv_write(&c->write, stream, find_answer(c->request), 1, written);
    }
}

static void came(uv_stream_t *listener, int status)
{
    connection *c = status < 0 ? NULL : calloc(1, sizeof *c);
    if (!c) {
        return;
    }
    uv_tcp_init(listener->loop, &c->tcp);
    c->tcp.data = c->write.data = c;
    if (uv_accept(listener, (uv_stream_t *)&c->tcp) < 0) {
        end(c);
        return;
    }
    uv_tcp_nodelay(&c->tcp, 1);
    uv_read_start((uv_stream_t *)&c->tcp, give_room, received);
}

/* --- from start to end ------------------------------------------------------------------------ */

static void take_line(uv_handle_t *handle, size_t suggested, uv_buf_t *to)
{
    (void)handle;
    (void)suggested;
    static char line[64];
    *to = uv_buf_init(line, sizeof line);
}

static void has_line(uv_stream_t *input, ssize_t n, const uv_buf_t *buffer)
{
    (void)buffer;
    if (n < 0) {
        uv_stop(input->loop);
    }
}

static int serve(uv_loop_t *loop, int port)
{
    static uv_tcp_t listener;
    static uv_pipe_t input;
    struct sockaddr_in address;
    uv_ip4_addr("127.0.0.1", port, &address);
    uv_tcp_init(loop, &listener);
    uv_tcp_bind(&listener, (const struct sockaddr *)&address, 0);
    int answer = uv_listen((uv_stream_t *)&listener, BACKLOG, came);
    if (answer < 0) {
        fprintf(stderr, "uv: port %d: %s\n", port, uv_strerror(answer));
        return 1;
    }
    uv_pipe_init(loop, &input, 0);
    uv_pipe_open(&input, 0);
    uv_read_start((uv_stream_t *)&input, take_line, has_line);
    puts("ready");
    fflush(stdout);
    uv_run(loop, UV_RUN_DEFAULT);
    return 0;
}

int main(int argc, char **argv)
{
    static char nothing[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    if (argc != 2) {
        fputs("usage: bench_uv PORT\n", stderr);
        return 2;
    }
    small_answer = make_answer(small, SITE_SMALL);
    large_answer = make_answer(large, SITE_LARGE);
    other_answer = uv_buf_init(nothing, sizeof nothing - 1);
    return serve(uv_default_loop(), atoi(argv[1]));
}
