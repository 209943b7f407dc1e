/* The shell: lines, words, numbers, and one sentence for each bad line. */
#include "world.h"

#include "yoke/shell.h"

static char output[65536];
static sim_input input[64];

static bool run_echo(shell *s, unsigned row)
{
    (void)row;
    shell_say(s, "<%s> <%s>", s->word[1], s->word[2]);
    return false;
}

static bool run_rows(shell *s, unsigned row)
{
    shell_say(s, "row %u", row);
    return row < 2;
}

static bool run_wide(shell *s, unsigned row)
{
    (void)row;
    shell_say(s, "%300s", "x");
    return false;
}

static bool run_way(shell *s, unsigned row)
{
    (void)row;
    shell_say(s, "with %u words", s->words - 1);
    return false;
}

static const shell_command commands[] = {
    {"way", "", "nothing", 0, run_way},
    {"echo", "A B", "say two words", 2, run_echo},
    {"rows", "", "say three rows", 0, run_rows},
    {"wide", "", "say a row that is too wide", 0, run_wide},
    {"way", "A B", "two", 2, run_way},
    {NULL, NULL, NULL, 0, NULL},
};

static shell s;

static int shell_setup(void **state)
{
    world_setup(state);
    world_config.output = output;
    world_config.output_size = sizeof output;
    world_config.input = input;
    memset(input, 0, sizeof input);
    s = (shell){.task = YOKE_TASK(shell_body), .commands = commands};
    world_open_again();
    return 0;
}

static const char *printed(void)
{
    output[sim_output_length()] = '\0';
    return output;
}

/* What the shell answers to `text` and the end of input. */
static const char *answer(const char *text)
{
    shell_setup(NULL);
    input[0] = (sim_input){.at_us = 0, .text = text};
    assert_int_equal(world_run(&s.task), YOKE_OK);
    return printed();
}

static void test_commands_answer_row_by_row(void **state)
{
    (void)state;
    assert_string_equal(answer("rows\n"), "row 0\nrow 1\nrow 2\n");
    assert_string_equal(answer("echo a b\nrows\n"), "<a> <b>\nrow 0\nrow 1\nrow 2\n");
}

/* --- where what is typed must be echoed ------------------------------------ */

static const char *echo_and_answer(const char *text)
{
    shell_setup(NULL);
    world_config.echo = true;
    world_open_again();
    input[0] = (sim_input){.at_us = 0, .text = text};
    assert_int_equal(world_run(&s.task), YOKE_OK);
    world_config.echo = false;
    return printed();
}

static void test_what_is_typed_is_echoed_before_its_answer(void **state)
{
    (void)state;
    assert_string_equal(echo_and_answer("echo a b\n\nrows\n"),
                        "echo a b\n<a> <b>\n\nrows\nrow 0\nrow 1\nrow 2\n");
    assert_string_equal(echo_and_answer("echo a  much longer than what is read at once\n"),
                        "echo a  much longer than what is read at once\n"
                        "\"echo\" is used as: echo A B\n");
}

static void test_a_character_can_be_taken_back(void **state)
{
    (void)state;
    assert_string_equal(echo_and_answer("\x7f"
                                        "echx\b"
                                        "o a \xc3\xa4\x7f"
                                        "b\n"),
                        "echx\b \bo a \xc3\xa4\b \bb\n<a> <b>\n");
    assert_string_equal(answer("echo a cd\x7f\x7f"
                               "b\n"),
                        "<a> <b>\n");
}

static void test_no_more_is_echoed_than_a_line_holds(void **state)
{
    (void)state;
    char line[SHELL_LINE_MAX + 20];
    memset(line, 'x', sizeof line);
    strcpy(line + sizeof line - 2, "\n");
    const char *text = echo_and_answer(line);
    assert_int_equal(strspn(text, "x"), SHELL_LINE_MAX);
    assert_non_null(strstr(text, "\nThat line is longer than 96 characters; it was ignored.\n"));
}

static void test_help_lists_all(void **state)
{
    (void)state;
    assert_string_equal(answer("help\n"), "help                       this list\n"
                                          "way                        nothing\n"
                                          "echo A B                   say two words\n"
                                          "rows                       say three rows\n"
                                          "wide                       say a row that is too wide\n"
                                          "way A B                    two\n");
}

static void test_empty_lines_answer_nothing(void **state)
{
    (void)state;
    assert_string_equal(answer(""), "");
    assert_string_equal(answer("\n\n   \n\t\r\n"), "");
}

static void test_blanks_around_words(void **state)
{
    (void)state;
    assert_string_equal(answer("  echo\t a   b \r\n"), "<a> <b>\n");
}

static void test_quotes(void **state)
{
    (void)state;
    assert_string_equal(answer("echo \"a b\" c\n"), "<a b> <c>\n");
    assert_string_equal(answer("echo \"\" \"c\"\n"), "<> <c>\n");
    assert_string_equal(answer("echo a \"never closed\n"), "<a> <never closed>\n");
    assert_string_equal(answer("echo \"a\"b\n"), "<a> <b>\n");
    assert_string_equal(answer("\"rows\"\n"), "row 0\nrow 1\nrow 2\n");
}

static void test_a_command_that_does_not_exist(void **state)
{
    (void)state;
    assert_string_equal(answer("fly\n"), "There is no command \"fly\"; \"help\" lists them.\n");
    assert_string_equal(answer("ECHO a b\n"),
                        "There is no command \"ECHO\"; \"help\" lists them.\n");
    assert_string_equal(answer("\"\"\n"), "There is no command \"\"; \"help\" lists them.\n");
    assert_string_equal(
        answer("0123456789012345678901234567890123456789xyz 1\n"),
        "There is no command \"0123456789012345678901234567890123456789\"; \"help\" "
        "lists them.\n");
}

static void test_the_wrong_number_of_words(void **state)
{
    (void)state;
    const char *usage = "\"echo\" is used as: echo A B\n";
    assert_string_equal(answer("echo\n"), usage);
    assert_string_equal(answer("echo a\n"), usage);
    assert_string_equal(answer("echo a b c\n"), usage);
    assert_string_equal(answer("echo 1 2 3 4 5 6 7 8 9\n"), usage);
    assert_string_equal(answer("rows 1\n"), "\"rows\" is used as: rows\n");
}

static void test_a_command_that_is_used_in_several_ways(void **state)
{
    (void)state;
    assert_string_equal(answer("way\nway 1 2\n"), "with 0 words\nwith 2 words\n");
    const char *usage = "\"way\" is used as: way\nor as: way A B\n";
    assert_string_equal(answer("way 1\n"), usage);
    assert_string_equal(answer("way 1 2 3\n"), usage);
}

static void test_bytes_of_any_value(void **state)
{
    (void)state;
    assert_string_equal(answer("echo \xff\x01 \x1f\n"), "<\xff\x01> <\x1f>\n");
}

/* --- the length of a line --------------------------------------------- */

static char long_line[400];

/* "echo a xxx…", `length` bytes and a newline, then a good line. */
static const char *line_of(size_t length)
{
    memset(long_line, 'x', sizeof long_line);
    memcpy(long_line, "echo a ", 7);
    strcpy(long_line + length, "\nrows\n");
    return long_line;
}

static void test_a_line_that_just_fits(void **state)
{
    (void)state;
    const char *all = answer(line_of(SHELL_LINE_MAX));
    assert_memory_equal(all, "<a> <xxx", 8);
    assert_non_null(strstr(all, "x>\nrow 0\nrow 1\nrow 2\n"));
}

static void test_a_line_that_is_too_long_is_ignored(void **state)
{
    (void)state;
    for (size_t length = SHELL_LINE_MAX + 1; length < 380; length += 31) {
        assert_string_equal(answer(line_of(length)),
                            "That line is longer than 96 characters; it was ignored.\n"
                            "row 0\nrow 1\nrow 2\n");
    }
}

static void test_a_long_line_of_blanks(void **state)
{
    (void)state;
    memset(long_line, ' ', sizeof long_line);
    strcpy(long_line + 200, "\nrows\n");
    assert_string_equal(answer(long_line),
                        "That line is longer than 96 characters; it was ignored.\n"
                        "row 0\nrow 1\nrow 2\n");
}

static void test_a_row_that_is_too_wide_is_cut(void **state)
{
    (void)state;
    const char *all = answer("wide\nrows\n");
    assert_int_equal(strcspn(all, "\n"), SHELL_ROW_MAX - 1);
    assert_string_equal(all + SHELL_ROW_MAX, "row 0\nrow 1\nrow 2\n");
}

/* --- the end, and pieces ---------------------------------------------- */

static void test_the_end_of_input_ends_the_last_line(void **state)
{
    (void)state;
    assert_string_equal(answer("rows"), "row 0\nrow 1\nrow 2\n");
    assert_string_equal(answer("echo a b\nrow"),
                        "<a> <b>\nThere is no command \"row\"; \"help\" lists them.\n");
}

static void test_a_line_that_comes_in_pieces(void **state)
{
    (void)state;
    static const char *const pieces[] = {"ec", "ho ", "a", " b", "\nro", "ws\n"};
    for (unsigned i = 0; i < 6; i++) {
        input[i] = (sim_input){.at_us = world_config.start_us + i * 1000, .text = pieces[i]};
    }
    begin(&platform, &s.task);
    world_run_ms(3);
    assert_string_equal(printed(), "");
    world_run_ms(3);
    assert_string_equal(printed(), "<a> <b>\nrow 0\nrow 1\nrow 2\n");
    assert_true(yoke_done(&s.task));
}

static unsigned turns;

static int other_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    while (!yoke_done(&s.task)) {
        turns++;
        YOKE_TRY(t, yoke_yield(t));
    }
    YOKE_FINALLY(t);
    YOKE_END(t);
}

static void test_input_without_end_leaves_others_their_turns(void **state)
{
    (void)state;
    char text[50 * sizeof s.input + 1];
    memset(text, ' ', sizeof text);
    strcpy(text + sizeof text - 2, "\n");
    input[0] = (sim_input){.at_us = 0, .text = text};
    yoke_task other = YOKE_TASK(other_body);
    turns = 0;
    begin(&platform, &s.task);
    begin(&platform, &other);
    world_run_ms(3);
    assert_true(yoke_done(&s.task) && yoke_done(&other));
    assert_in_range(turns, 50, 60);
}

static void test_cancelled_while_it_waits_for_input(void **state)
{
    (void)state;
    world_config.input_stays_open = true;
    world_open_again();
    input[0] = (sim_input){.at_us = 0, .text = "rows\n"};
    begin(&platform, &s.task);
    world_run_ms(3);
    assert_false(yoke_done(&s.task));
    yoke_cancel(&s.task);
    world_run_ms(1);
    assert_true(yoke_done(&s.task));
    assert_int_equal(s.task.rc, YOKE_ECANCELED);
    assert_string_equal(printed(), "row 0\nrow 1\nrow 2\n");
}

/* --- numbers ---------------------------------------------------------- */

static void test_numbers(void **state)
{
    (void)state;
    uint32_t n = 77;
    assert_true(shell_number("0", 0, 10, &n) && n == 0);
    assert_true(shell_number("10", 0, 10, &n) && n == 10);
    assert_true(shell_number("007", 0, 10, &n) && n == 7);
    assert_true(shell_number("4294967295", 0, UINT32_MAX, &n) && n == UINT32_MAX);
    assert_false(shell_number("4294967296", 0, UINT32_MAX, &n));
    assert_false(shell_number("99999999999999999999999999", 0, UINT32_MAX, &n));
    assert_false(shell_number("18446744073709551616", 0, 10, &n));
    assert_false(shell_number("11", 0, 10, &n));
    assert_false(shell_number("4", 5, 10, &n));
    assert_true(shell_number("5", 5, 10, &n) && n == 5);
}

static void test_what_is_no_number(void **state)
{
    (void)state;
    static const char *const bad[] = {"", " ", "-1", "+1", "1 ", " 1", "0x1", "1.0", "1e3", "one"};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        uint32_t n;
        assert_false(shell_number(bad[i], 0, 1000, &n));
    }
}

#define with_shell(test) cmocka_unit_test_setup(test, shell_setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_shell(test_commands_answer_row_by_row),
        with_shell(test_help_lists_all),
        with_shell(test_what_is_typed_is_echoed_before_its_answer),
        with_shell(test_a_character_can_be_taken_back),
        with_shell(test_no_more_is_echoed_than_a_line_holds),
        with_shell(test_empty_lines_answer_nothing),
        with_shell(test_blanks_around_words),
        with_shell(test_quotes),
        with_shell(test_a_command_that_does_not_exist),
        with_shell(test_the_wrong_number_of_words),
        with_shell(test_a_command_that_is_used_in_several_ways),
        with_shell(test_bytes_of_any_value),
        with_shell(test_a_line_that_just_fits),
        with_shell(test_a_line_that_is_too_long_is_ignored),
        with_shell(test_a_long_line_of_blanks),
        with_shell(test_a_row_that_is_too_wide_is_cut),
        with_shell(test_the_end_of_input_ends_the_last_line),
        with_shell(test_a_line_that_comes_in_pieces),
        with_shell(test_input_without_end_leaves_others_their_turns),
        with_shell(test_cancelled_while_it_waits_for_input),
        with_shell(test_numbers),
        with_shell(test_what_is_no_number),
    };
    return cmocka_run_group_tests_name("shell", tests, NULL, NULL);
}
