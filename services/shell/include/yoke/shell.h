/* The shell: lines from the console, looked up in a table of commands.
 *
 * Words are parted by blanks; "two words" in double quotes are one. A bad line is answered by one
 * sentence and changes nothing. The end of input ends nothing but the shell itself. */
#ifndef YOKE_SHELL_H
#define YOKE_SHELL_H

#include "yoke/console.h"
#include "yoke/task.h"

#define SHELL_LINE_MAX 96u               /* bytes of an input line, without its newline */
#define SHELL_WORDS    6u                /* of a line, the command's name included */
#define SHELL_ROW_MAX  CONSOLE_WRITE_MAX /* bytes of a row of an answer, with its newline */

typedef struct shell shell;

typedef struct {
    const char *name;
    const char *usage; /* its arguments, for `help`: "NAME RUN_MS", or "" */
    const char *help;  /* what it does, one line */
    unsigned words; /* how many arguments it takes, exactly; another row of the same name: others */
    /* Answer the `row`-th row of the answer (0 first) with shell_say(); true: there is another.
     * Acts in row 0 only. Arguments: s->word[1] … On the platform loop; must not wait. */
    bool (*run)(shell *s, unsigned row);
} shell_command;

/* The frame of the shell's task. Set `commands`; the rest is the shell's. */
struct shell {
    yoke_task task;                /* SHELL_TASK */
    const shell_command *commands; /* the last has name NULL; `help` is built in */
    char *word[SHELL_WORDS];       /* of the present line */
    unsigned words;
    /* --- the shell's own ------------------------------------------------- */
    const shell_command *command;
    unsigned row;
    bool more;
    bool too_long;
    char line[SHELL_LINE_MAX + 1];
    size_t line_length;
    char input[32];
    int input_length, input_used;
    char text[SHELL_ROW_MAX + 1];
    size_t text_length;
};

int shell_body(yoke_task *t);

/* Say one row, as printf does; a newline is added, what is too long is cut off. From a command
 * only, at most once a row. */
void shell_say(shell *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Read `text` as a whole number from `min` to `max`; false: it is none. */
bool shell_number(const char *text, uint32_t min, uint32_t max, uint32_t *number);

#endif
