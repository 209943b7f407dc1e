/* The console: input from the script of a test or from standard input, output to a buffer or to
 * standard output. */
#include "yoke/console.h"

#include "internal.h"

#include <stdio.h>
#include <string.h>

static const sim_input *next_input;
static size_t input_used; /* bytes of its text */
static yoke_task *reader;
static size_t output_length;
static uint64_t busy_until_us;

void console_reset(void)
{
    next_input = sim_set->input;
    input_used = 0;
    reader = NULL;
    output_length = 0;
    busy_until_us = 0;
}

size_t sim_output_length(void)
{
    return output_length;
}

/* --- input ------------------------------------------------------------------------------------ */

static void wake_reader(void *unused)
{
    (void)unused;
    if (reader) {
        yoke_wake(reader);
    }
}

/* Each time somebody begins to wait, the interrupt that will end the wait is set up. */
static int wait_for_input(yoke_task *t)
{
    if (next_input && next_input->text && reader != t) {
        sim_interrupt_at(next_input->at_us, wake_reader, NULL);
    }
    return yoke_park(t, &reader);
}

static int take_text(char *buffer, size_t size)
{
    size_t left = strlen(next_input->text) - input_used;
    size_t n = left < size ? left : size;
    memcpy(buffer, next_input->text + input_used, n);
    input_used += n;
    if (n == left) {
        next_input++;
        input_used = 0;
    }
    reader = NULL;
    return (int)n;
}

static int read_script(yoke_task *t, char *buffer, size_t size)
{
    if (!next_input || !next_input->text) {
        return sim_set->input_stays_open ? wait_for_input(t) : 0;
    }
    if (next_input->at_us > yoke_port_now_us()) {
        return wait_for_input(t);
    }
    return take_text(buffer, size);
}

/* All of standard input counts as typed at the beginning, in pieces that do not depend on who
 * wrote it and how fast. */
int console_read(yoke_task *t, char *buffer, size_t size)
{
    if (sim_set->output) {
        return read_script(t, buffer, size);
    }
    return (int)fread(buffer, 1, size, stdin);
}

/* --- output ----------------------------------------------------------------------------------- */

static int write_to_stdout(const char *text, size_t size)
{
    size_t n = fwrite(text, 1, size, stdout);
    return n == size && fflush(stdout) == 0 ? (int)size : YOKE_EIO;
}

static int write_to_buffer(const char *text, size_t size)
{
    if (size > sim_set->output_size - output_length) {
        return YOKE_EIO;
    }
    memcpy(sim_set->output + output_length, text, size);
    output_length += size;
    return (int)size;
}

int console_write(yoke_task *t, const char *text, size_t size)
{
    if (size > CONSOLE_WRITE_MAX) {
        return YOKE_EINVAL;
    }
    uint64_t now_us = yoke_port_now_us();
    if (now_us < busy_until_us && yoke_sleep_until(t, busy_until_us) == YOKE_PENDING) {
        return YOKE_PENDING;
    }
    busy_until_us = now_us + sim_set->write_us;
    return sim_set->output ? write_to_buffer(text, size) : write_to_stdout(text, size);
}

bool console_wants_echo(void)
{
    return sim_set->echo;
}

bool console_has_colour(void)
{
    return false;
}

void console_status(const char *text)
{
    (void)text;
}
