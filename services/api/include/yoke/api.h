/* The device over HTTP: what the console can do, as JSON; its figures; the loop scope. docs/api.md
 * tells each path. Rows for the app's table of routes:
 *
 *     static const api_device device = {.app = &app, …};
 *     static const http_route routes[] = {API_ROUTES, SCOPE_ROUTES, {0}};
 *     api_open(&device);
 *
 * All of it runs in the tasks of the HTTP server. */
#ifndef YOKE_API_H
#define YOKE_API_H

#include "yoke/app.h"
#include "yoke/buttons.h"
#include "yoke/config.h"
#include "yoke/http.h"
#include "yoke/metrics.h"

#define API_NAME_MAX       32u     /* bytes of a worker's or a key's name, with its end */
#define API_PERIOD_MS_MAX  536870u /* that is YOKE_PERIOD_US_MAX */
#define API_RUN_MS_MAX     60000u  /* of a step of a worker that is added */
#define API_RUN_MS_INITIAL 1u

/* What the device has; constant. A member that is NULL answers 404 or 501. */
typedef struct {
    yoke_app *app;
    cfg_store *config;
    buttons *buttons;
    const http_server *server;
    const metrics_source *const *figures; /* of its own; ended by NULL */
    /* Start the app loop, as yoke_app_start(); stop it. */
    int (*start)(void);
    void (*stop)(void);
    /* Add a worker that takes its time. YOKE_EFULL: there is no room for another. */
    int (*add)(const char *name, uint32_t period_us, uint32_t run_us);
    /* Remove it. YOKE_ENOENT: there is none of that name. */
    int (*remove)(const char *name);
    void (*restart)(void); /* the device, in order */
} api_device;

/* Before the server starts. `device` lives as long. */
void api_open(const api_device *device);

http_handler api_metrics, api_loops, api_workers, api_worker, api_add_worker, api_remove_worker,
    api_revive_worker, api_tasks, api_app, api_set_app, api_config, api_import, api_key,
    api_set_key, api_button, api_restart, api_scope_events;
extern const http_page page_scope_html, page_scope_css, page_scope_js, page_icon_svg;

#define API_ROUTES                                                               \
    {"/metrics", api_metrics, .methods = HTTP_GET},                              \
        {"/api/loops", api_loops, .methods = HTTP_GET},                          \
        {"/api/workers", api_workers, .methods = HTTP_GET},                      \
        {"/api/workers", api_add_worker, .methods = HTTP_POST},                  \
        {"/api/workers/{name}", api_worker, .methods = HTTP_GET},                \
        {"/api/workers/{name}", api_remove_worker, .methods = HTTP_DELETE},      \
        {"/api/workers/{name}/revive", api_revive_worker, .methods = HTTP_POST}, \
        {"/api/tasks", api_tasks, .methods = HTTP_GET},                          \
        {"/api/app", api_app, .methods = HTTP_GET},                              \
        {"/api/app", api_set_app, .methods = HTTP_PUT},                          \
        {"/api/config", api_config, .methods = HTTP_GET},                        \
        {"/api/config", api_import, .methods = HTTP_PATCH},                      \
        {"/api/config/{name}", api_key, .methods = HTTP_GET},                    \
        {"/api/config/{name}", api_set_key, .methods = HTTP_PUT},                \
        {"/api/buttons/{number}", api_button, .methods = HTTP_POST},             \
    {                                                                            \
        "/api/restart", api_restart, .methods = HTTP_POST                        \
    }

#define SCOPE_ROUTES                                                                           \
    {"/", http_send_page, &page_scope_html, .methods = HTTP_GET, .flags = HTTP_OPEN},          \
        {"/scope", http_send_page, &page_scope_html, .methods = HTTP_GET, .flags = HTTP_OPEN}, \
        {"/scope/scope.css", http_send_page, &page_scope_css, .methods = HTTP_GET,             \
         .flags = HTTP_OPEN},                                                                  \
        {"/scope/scope.js", http_send_page, &page_scope_js, .methods = HTTP_GET,               \
         .flags = HTTP_OPEN},                                                                  \
        {"/scope/icon.svg", http_send_page, &page_icon_svg, .methods = HTTP_GET,               \
         .flags = HTTP_OPEN},                                                                  \
    {                                                                                          \
        "/scope/events", api_scope_events, .methods = HTTP_GET, .flags = HTTP_STREAM           \
    }

#endif
