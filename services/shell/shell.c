/* Bytes become lines, lines become words, a command answers row by row. */
#include "yoke/shell.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define DELETE '\x7f' /* what most terminals send for the key that takes a character back */

_Static_assert(3 * sizeof(((shell *)0)->input) <= SHELL_ROW_MAX, "an echo fits");

void shell_say(shell *s, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(s->text, SHELL_ROW_MAX, format, arguments);
    va_end(arguments);
    s->text_length = n < 0 ? 0 : n < (int)SHELL_ROW_MAX ? (size_t)n : SHELL_ROW_MAX - 1;
    s->text[s->text_length++] = '\n';
}

bool shell_number(const char *text, uint32_t min, uint32_t max, uint32_t *number)
{
    uint64_t n = 0;
    if (!*text) {
        return false;
    }
    for (; *text; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        n = n * 10 + (uint64_t)(*text - '0');
        if (n > max) {
            return false;
        }
    }
    *number = (uint32_t)n;
    return n >= min;
}

/* --- what to do with a line ------------------------------------------ */

static bool run_help(shell *s, unsigned row)
{
    if (row == 0) {
        shell_say(s, "%-26s %s", "help", "this list");
        return s->commands[0].name;
    }
    const shell_command *c = &s->commands[row - 1];
    char call[40];
    snprintf(call, sizeof call, "%s %s", c->name, c->usage);
    shell_say(s, "%-26s %s", call, c->help);
    return s->commands[row].name;
}

static bool run_unknown(shell *s, unsigned row)
{
    (void)row;
    shell_say(s, "There is no command \"%.40s\"; \"help\" lists them.", s->word[0]);
    return false;
}

/* The first command called `name` from `c` on; NULL: there is none. */
static const shell_command *called(const shell_command *c, const char *name)
{
    while (c->name && strcmp(c->name, name) != 0) {
        c++;
    }
    return c->name ? c : NULL;
}

/* A row for each way to use it. */
static bool run_wrong_count(shell *s, unsigned row)
{
    const shell_command *c = called(s->commands, s->word[0]);
    for (unsigned i = 0; i < row; i++) {
        c = called(c + 1, s->word[0]);
    }
    const char *blank = *c->usage ? " " : "";
    if (row == 0) {
        shell_say(s, "\"%s\" is used as: %s%s%s", c->name, c->name, blank, c->usage);
    } else {
        shell_say(s, "or as: %s%s%s", c->name, blank, c->usage);
    }
    return called(c + 1, s->word[0]);
}

static bool run_too_long(shell *s, unsigned row)
{
    (void)row;
    shell_say(s, "That line is longer than %u characters; it was ignored.", SHELL_LINE_MAX);
    return false;
}

static const shell_command help = {.name = "help", .run = run_help};
static const shell_command unknown = {.run = run_unknown};
static const shell_command wrong_count = {.run = run_wrong_count};
static const shell_command too_long = {.run = run_too_long};

static const shell_command *find(const shell *s)
{
    if (s->too_long) {
        return &too_long;
    }
    if (strcmp(s->word[0], "help") == 0) {
        return &help;
    }
    const shell_command *c = called(s->commands, s->word[0]);
    if (!c) {
        return &unknown;
    }
    while (c && s->words != c->words + 1) {
        c = called(c + 1, s->word[0]);
    }
    return c ? c : &wrong_count;
}

/* --- lines and words ------------------------------------------------- */

static char *skip_blanks(char *at)
{
    return at + strspn(at, " \t\r");
}

/* Words beyond the last place are counted, not kept: no command takes that many. A word in double
 * quotes may hold blanks. */
static void split(shell *s)
{
    s->words = 0;
    for (char *at = skip_blanks(s->line); *at; at = skip_blanks(at)) {
        bool quoted = *at == '"';
        at += quoted;
        if (s->words < SHELL_WORDS) {
            s->word[s->words] = at;
        }
        s->words++;
        at += strcspn(at, quoted ? "\"" : " \t\r");
        if (*at) {
            *at++ = '\0';
        }
    }
}

static void echo(shell *s, const char *text, size_t size)
{
    memcpy(s->text + s->text_length, text, size);
    s->text_length += size;
}

/* The last character goes, all of its bytes if they are UTF-8. */
static void take_back(shell *s)
{
    bool inside = s->line_length > 0;
    while (inside) {
        inside = (s->line[--s->line_length] & 0xc0) == 0x80 && s->line_length > 0;
        if (!inside) {
            echo(s, "\b \b", 3);
        }
    }
}

static void append(shell *s, char byte)
{
    if (s->line_length < SHELL_LINE_MAX) {
        s->line[s->line_length++] = byte == '\0' ? ' ' : byte;
        echo(s, &byte, 1);
    } else {
        s->too_long = true;
    }
}

/* True: a line is complete. */
static bool take_byte(shell *s, char byte)
{
    switch (byte) {
    case '\n':
        s->line[s->line_length] = '\0';
        echo(s, &byte, 1);
        return true;
    case '\b':
    case DELETE:
        take_back(s);
        return false;
    default:
        append(s, byte);
        return false;
    }
}

/* The end of input ends the last line too. */
static bool end_input(shell *s)
{
    s->input[0] = '\n';
    s->input_length = s->line_length || s->too_long ? 1 : 0;
    return s->input_length == 0;
}

/* True: a line is complete. What is to be echoed is in s->text. */
static bool take_line(shell *s)
{
    s->text_length = 0;
    while (s->input_used < s->input_length) {
        if (take_byte(s, s->input[s->input_used++])) {
            return true;
        }
    }
    return false;
}

/* The line is complete: true when there is something to answer. */
static bool begin_answer(shell *s)
{
    split(s);
    bool any = s->words > 0 || s->too_long;
    s->command = any ? find(s) : NULL;
    s->line_length = 0;
    s->too_long = false;
    s->row = 0;
    return any;
}

int shell_body(yoke_task *t)
{
    shell *s = YOKE_FRAME(shell, t);
    YOKE_BEGIN(t);
    for (;;) {
        YOKE_TRY(t, s->input_length = console_read(t, s->input, sizeof s->input));
        s->input_used = 0;
        if (s->input_length == 0 && end_input(s)) {
            break;
        }
        while (s->input_used < s->input_length) {
            s->more = take_line(s) && begin_answer(s);
            if (console_wants_echo() && s->text_length) {
                YOKE_TRY(t, console_write(t, s->text, s->text_length));
            }
            while (s->more) {
                s->more = s->command->run(s, s->row++);
                YOKE_TRY(t, console_write(t, s->text, s->text_length));
            }
        }
        YOKE_TRY(t, yoke_yield(t)); /* input may come without end */
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}
