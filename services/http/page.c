/* Pages that lie compressed in flash. */
#include "internal.h"

int http_send_page(yoke_task *t, http_exchange *x)
{
    const http_page *page = x->route->argument;
    YOKE_BEGIN(t);
    if (!http_unchanged(x, page->tag)) {
        http_answer(x, 200, page->type);
        http_add_field(x, "Content-Encoding", "gzip");
        http_set_length(x, page->size);
        YOKE_TRY(t, http_write(t, x, page->data, page->size));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}
