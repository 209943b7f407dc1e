/* JSON (RFC 8259), written into a buffer of the caller, however long the whole is.
 *
 *   json_writer w = json_writer_on(row, sizeof row);
 *   json_object_begin(&w, NULL);
 *   json_put_string(&w, "name", "porch");      {"name":"porch","leds":[60,144]}
 *   json_array_begin(&w, "leds");
 *   json_put_int(&w, NULL, 60);
 *   json_put_int(&w, NULL, 144);
 *   json_array_end(&w);
 *   json_object_end(&w);
 *
 * To stream, take what is in the buffer whenever it suits, at the latest when a row more would not
 * fit, and call json_flushed(): the writer goes on behind it, commas included. Without a buffer
 * (NULL, 0) it only measures. What did not fit was not written, and is counted in `lost`: look at
 * it once, at the end; anything but 0 means that the text is not JSON.
 *
 * `key` is the member's name within an object, and NULL in an array and at the top. That names and
 * values alternate, and that what begins ends, is the caller's to see to.
 *
 * Any core, any interrupt: a writer belongs to its caller alone. */
#ifndef YOKE_JSON_H
#define YOKE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    char *text; /* NULL: measures only */
    size_t size;
    size_t length; /* bytes that are in `text` now; no 0 behind them */
    size_t total;  /* bytes of the whole JSON so far, lost ones included */
    size_t lost;   /* bytes that did not fit */
    /* --- its own --------------------------------------------------------- */
    bool comma; /* before the next value or name */
} json_writer;

json_writer json_writer_on(char *text, size_t size);

/* The caller has taken `length` bytes; the buffer is empty again. */
void json_flushed(json_writer *w);

void json_object_begin(json_writer *w, const char *key);
void json_object_end(json_writer *w);
void json_array_begin(json_writer *w, const char *key);
void json_array_end(json_writer *w);

/* `value` up to its 0, in UTF-8; a byte that is not UTF-8 is written as U+FFFD. NULL: null. */
void json_put_string(json_writer *w, const char *key, const char *value);

/* The same with a length; 0 is a character as any other. */
void json_put_text(json_writer *w, const char *key, const char *value, size_t length);

void json_put_bool(json_writer *w, const char *key, bool value);
void json_put_null(json_writer *w, const char *key);

/* Readers that keep numbers as doubles, JavaScript among them, know them exactly up to 2^53. */
void json_put_int(json_writer *w, const char *key, int64_t value);
void json_put_uint(json_writer *w, const char *key, uint64_t value);

/* value / 10^decimals, exactly; decimals 0 to 9: (1234, 3) is 1.234. */
void json_put_fixed(json_writer *w, const char *key, int64_t value, unsigned decimals);

#endif
