/* How the memory for what is to be sent is shared out. */
#include "wire.h"

#define STREAMS  12u   /* more than there is memory for */
#define ANSWER   1248u /* bytes: a head and 1 KB */
#define SEGMENTS 1072u /* bytes of two segments */
#define LONG     30000u

static wire_pairs pairs;
static unsigned i;

static void open_pairs(void)
{
    pairs = (wire_pairs){.task = YOKE_TASK(wire_open_body), .count = STREAMS};
    begin(&platform, &pairs.task);
}

/* A peer may keep the acknowledgement of one segment back, for 40 ms or longer, until another
 * follows. So a stream that gets less would wait for a peer that waits for it; who finds no memory
 * at all is woken as soon as another stream gives some back. */
static int answers_body(yoke_task *t)
{
    static const char answer[ANSWER];
    static unsigned got;
    YOKE_BEGIN(t);
    open_pairs();
    WIRE_JOIN(t, &pairs.task);
    got = 0;
    for (i = 0; i < STREAMS; i++) {
        int n = net_write(t, &pairs.far[i], answer, sizeof answer);
        assert_true(n == YOKE_PENDING || n >= (int)SEGMENTS);
        got += n != YOKE_PENDING;
    }
    assert_in_range(got, 6, STREAMS - 1);
    wire_close(&pairs);
    t->rc = YOKE_OK;
    YOKE_END(t);
}

static void test_two_segments_or_none(void **state)
{
    (void)state;
    wire_run(answers_body);
}

static wire_end writers[STREAMS], readers[STREAMS];

/* When the first has sent all, the others have had their turns too. */
static int turns_body(yoke_task *t)
{
    static unsigned ended;
    YOKE_BEGIN(t);
    open_pairs();
    WIRE_JOIN(t, &pairs.task);
    for (i = 0; i < STREAMS; i++) {
        writers[i] = (wire_end){
            .task = YOKE_TASK(wire_writer_body), .s = &pairs.far[i], .n = i, .size = LONG};
        readers[i] = (wire_end){
            .task = YOKE_TASK(wire_reader_body), .s = &pairs.near[i], .n = i, .size = LONG};
        begin(&platform, &writers[i].task);
        begin(&platform, &readers[i].task);
    }
    for (ended = STREAMS; ended == STREAMS;) {
        YOKE_AWAIT(t, yoke_sleep_ms(t, 1));
        for (i = 0; i < STREAMS && ended == STREAMS; i++) {
            ended = readers[i].done == LONG ? i : STREAMS;
        }
    }
    for (i = 0; i < STREAMS; i++) {
        assert_in_range(readers[i].done, LONG / 2, LONG);
    }
    for (i = 0; i < STREAMS; i++) {
        YOKE_AWAIT(t, yoke_join(t, &writers[i].task));
        YOKE_AWAIT(t, yoke_join(t, &readers[i].task));
        assert_int_equal(readers[i].done, LONG);
    }
    wire_close(&pairs);
    t->rc = YOKE_OK;
    YOKE_END(t);
}

static void test_all_have_their_turns(void **state)
{
    (void)state;
    wire_run(turns_body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        on_wire(test_two_segments_or_none),
        on_wire(test_all_have_their_turns),
    };
    return cmocka_run_group_tests_name("net_share", tests, NULL, NULL);
}
