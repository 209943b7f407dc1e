/* The search: depth first over all choices. Each execution starts from the beginning and repeats
 * the choices that led to the place where it takes a new one.
 *
 * A state is what every thread has seen so far and what was stored in which order. Code is
 * deterministic, so that is all there is; a state seen before is not followed again. */
#include "engine.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define STACK_BYTES  (64u * 1024u)
#define CHOICES_MAX  4096u
#define TRACE_MAX    2048u
#define NAMES_MAX    64u

typedef struct {
    jmp_buf at;
    ucontext_t start;
    char *stack;
    bool ended;
    const bool *needs; /* NULL: can go on */
    bool wanted;
    uint64_t history; /* all it has seen */
    unsigned operations;
} thread;

typedef struct {
    uint16_t of;
    uint16_t taken;
} choice;

typedef struct {
    unsigned thread;
    enum operation what;
    uintptr_t address;
    uint64_t value;
    uint64_t detail;
    const void *code;
} trace_line;

typedef struct {
    const char *start;
    size_t size;
    const char *name;
} named;

bool engine_running;

static const scenario *now;
static thread threads[THREADS_MAX];
static unsigned current;
static unsigned thread_count;
static jmp_buf home;
static bool starting; /* each thread runs up to its first operation */

static choice choices[CHOICES_MAX];
static unsigned depth; /* choices taken in this execution */
static unsigned known; /* choices there are */
static unsigned fixed; /* of them, those to repeat */

static uint64_t *seen; /* open addressing; 0 is empty */
static size_t seen_size;
static size_t seen_count;
static uint32_t executions;
static uint64_t ends, cuts;

static trace_line trace[TRACE_MAX];
static unsigned trace_count;
static named names[NAMES_MAX];
static unsigned name_count;

/* --- reports ------------------------------------------------------------------------------- */

void name_object(const void *object, size_t size, const char *name)
{
    for (unsigned i = 0; i < name_count; i++) {
        if (names[i].start == object) {
            return;
        }
    }
    if (name_count < NAMES_MAX) {
        names[name_count++] = (named){object, size, name};
    }
}

static void print_address(uintptr_t address)
{
    for (unsigned i = 0; i < name_count; i++) {
        uintptr_t offset = address - (uintptr_t)names[i].start;
        if (address >= (uintptr_t)names[i].start && offset < names[i].size) {
            printf(" %s+%zu", names[i].name, (size_t)offset);
            return;
        }
    }
    if (address) {
        printf(" %#zx", (size_t)address);
    }
}

static void print_trace(void)
{
    static const char *const words[OPERATIONS] = {
        "load", "store", "fence", "lock", "unlock", "set flag", "take flag", "choice", "ghost"};
    for (unsigned i = 0; i < trace_count; i++) {
        const trace_line *line = &trace[i];
        printf("  thread %u  %s", line->thread, words[line->what]);
        print_address(line->address);
        if (line->what == LOAD || line->what == STORE || line->what >= SET) {
            printf(" = %#llx", (unsigned long long)line->value);
        }
        if (line->code) {
            printf("  @%p", line->code);
        }
        putchar('\n');
    }
}

_Noreturn void proof_fail(const char *what)
{
    engine_running = false;
    printf("FAILED %s: %s (thread %u, execution %u)\n", now->name, what, current,
           (unsigned)executions);
    print_trace();
    fflush(stdout);
    _Exit(1);
}

void must(bool ok, const char *what)
{
    if (!ok) {
        proof_fail(what);
    }
}

static void on_crash(int number)
{
    (void)number;
    proof_fail("the code crashed");
}

/* --- states -------------------------------------------------------------------------------- */

uint64_t engine_mix(uint64_t hash, uint64_t value)
{
    hash ^= value + UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
    return hash ^ hash >> 31;
}

static uint64_t state_hash(void)
{
    uint64_t hash = memory_hash();
    for (unsigned i = 0; i < thread_count; i++) {
        hash = engine_mix(hash, threads[i].history);
    }
    return hash ? hash : 1;
}

static bool insert(uint64_t hash)
{
    size_t at = hash & (seen_size - 1);
    while (seen[at] && seen[at] != hash) {
        at = (at + 1) & (seen_size - 1);
    }
    bool is_new = !seen[at];
    seen[at] = hash;
    return is_new;
}

static void grow(void)
{
    uint64_t *old = seen;
    size_t old_size = seen_size;
    seen_size = old_size ? old_size * 2 : 1u << 16;
    seen = calloc(seen_size, sizeof *seen);
    if (!seen) {
        proof_fail("out of memory");
    }
    for (size_t i = 0; i < old_size; i++) {
        if (old[i]) {
            insert(old[i]);
        }
    }
    free(old);
}

/* False: this state was here before. */
static bool remember(void)
{
    if (seen_count * 2 >= seen_size) {
        grow();
    }
    if (!insert(state_hash())) {
        return false;
    }
    seen_count++;
    return true;
}

/* --- choices ------------------------------------------------------------------------------- */

static unsigned pick(unsigned n)
{
    if (n == 1) {
        return 0;
    }
    if (depth == known) {
        if (known == CHOICES_MAX) {
            proof_fail("too many choices in one execution");
        }
        choices[known++] = (choice){.of = (uint16_t)n, .taken = 0};
    }
    if (choices[depth].of != n) {
        proof_fail("the scenario does not repeat: something is left over from the last run");
    }
    return choices[depth++].taken;
}

/* Take the next choice instead of the last. False: all have been taken. */
static bool turn_back(void)
{
    known = depth;
    while (known && choices[known - 1].taken + 1 == choices[known - 1].of) {
        known--;
    }
    if (known) {
        choices[known - 1].taken++;
    }
    fixed = known;
    return known > 0;
}

/* --- threads ------------------------------------------------------------------------------- */

enum { COMPLETE = 1, SEEN_BEFORE, CUT, STARTED };

static bool is_able(const thread *t)
{
    return !t->ended && (!t->needs || *t->needs == t->wanted);
}

/* The current thread comes first, so that the first execution has the fewest switches. */
static unsigned next_thread(void)
{
    unsigned able[THREADS_MAX];
    unsigned n = 0;
    for (unsigned i = 0; i < thread_count; i++) {
        unsigned candidate = (current + i) % thread_count;
        if (is_able(&threads[candidate])) {
            able[n++] = candidate;
        }
    }
    if (n == 0) {
        _longjmp(home, COMPLETE);
    }
    if (depth >= fixed && !remember()) {
        _longjmp(home, SEEN_BEFORE);
    }
    return able[pick(n)];
}

static void schedule(void)
{
    unsigned from = current;
    if (starting) {
        if (!_setjmp(threads[from].at)) {
            _longjmp(home, STARTED);
        }
        return;
    }
    unsigned next = next_thread();
    if (next != from && !_setjmp(threads[from].at)) {
        current = next;
        _longjmp(threads[next].at, 1);
    }
}

void engine_point(const bool *needs, bool wanted)
{
    thread *t = &threads[current];
    if (++t->operations > OPERATIONS_MAX) {
        if (now->may_cut) {
            _longjmp(home, CUT);
        }
        proof_fail("a thread goes on for ever");
    }
    t->needs = needs;
    t->wanted = wanted;
    schedule();
    t->needs = NULL;
}

void engine_record(enum operation what, uintptr_t address, uint64_t detail, uint64_t value,
                   const void *code)
{
    thread *t = &threads[current];
    t->history = engine_mix(engine_mix(engine_mix(t->history, what), address), detail);
    if (trace_count < TRACE_MAX) {
        trace[trace_count++] = (trace_line){current, what, address, value, detail, code};
    }
}

static void run_thread(void)
{
    now->threads[current]();
    threads[current].ended = true;
    schedule();
}

/* Bring thread `i` to its first operation. */
static void start_thread(unsigned i)
{
    thread *t = &threads[i];
    if (!t->stack) {
        t->stack = malloc(STACK_BYTES);
        must(t->stack, "out of memory");
        getcontext(&t->start);
    }
    t->start.uc_stack.ss_sp = t->stack;
    t->start.uc_stack.ss_size = STACK_BYTES;
    t->ended = false;
    t->needs = NULL;
    t->history = i + 1;
    t->operations = 0;
    makecontext(&t->start, run_thread, 0);
    current = i;
    if (!_setjmp(home)) {
        setcontext(&t->start);
    }
}

/* Answers how it came to an end. */
static int run_threads(void)
{
    int how = _setjmp(home);
    if (!how) {
        current = next_thread();
        _longjmp(threads[current].at, 1);
    }
    engine_running = false;
    return how;
}

uint32_t engine_execution(void)
{
    return executions;
}

unsigned current_thread(void)
{
    return current;
}

unsigned choose(unsigned n)
{
    unsigned taken = pick(n);
    engine_record(CHOICE, 0, taken, taken, NULL);
    return taken;
}

uint32_t ghost_read(const uint32_t *ghost)
{
    engine_point(NULL, false);
    engine_record(GHOST_READ, 0, *ghost, *ghost, NULL);
    return *ghost;
}

/* --- one scenario -------------------------------------------------------------------------- */

static void begin_execution(void)
{
    executions++;
    depth = 0;
    trace_count = 0;
    now->setup();
    memory_reset();
    engine_running = starting = true;
    for (unsigned i = 0; i < thread_count; i++) {
        start_thread(i);
    }
    starting = false;
}

static void end_execution(int how)
{
    if (how == COMPLETE) {
        ends++;
        if (now->finish) {
            now->finish();
        }
    } else if (how == CUT) {
        cuts++;
    }
}

static void explore(const scenario *s)
{
    now = s;
    for (thread_count = 0; thread_count < THREADS_MAX && s->threads[thread_count];) {
        thread_count++;
    }
    memset(seen, 0, seen_size * sizeof *seen);
    seen_count = name_count = known = fixed = 0;
    executions = 0;
    ends = cuts = 0;
    do {
        begin_execution();
        end_execution(run_threads());
    } while (turn_back());
    if (s->conclude) {
        s->conclude();
    }
    printf("passed %s: states %zu, executions %u, ends %llu, cut %llu\n", s->name, seen_count,
           (unsigned)executions, (unsigned long long)ends, (unsigned long long)cuts);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static char crash_stack[STACK_BYTES];
    sigaltstack(&(stack_t){.ss_sp = crash_stack, .ss_size = sizeof crash_stack}, NULL);
    struct sigaction crash = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigaction(SIGSEGV, &crash, NULL);
    bool any = false;
    grow();
    for (const scenario *s = scenarios; s->name; s++) {
        if (argc < 2 || !strcmp(argv[1], s->name)) {
            explore(s);
            any = true;
        }
    }
    return any ? 0 : 2;
}
