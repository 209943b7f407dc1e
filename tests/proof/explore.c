/* The search: depth first over all choices. Each execution starts from the beginning and repeats
 * the choices that led to the place where it takes a new one.
 *
 * A state is all that can make a difference from there on: the static objects, the stack and the
 * registers of each thread, and what the memory model knows. A state seen before is not followed
 * again; it is remembered by a hash of 64 bits. */
#include "engine.h"

#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

#define STACK_BYTES   (64u * 1024u)
#define CLEARED_BYTES 4096u /* of it, before each execution: equal states are to look equal */
#define CHOICES_MAX   4096u
#define TRACE_MAX     2048u
#define NAMES_MAX     64u

typedef struct {
    jmp_buf at;
    ucontext_t start;
    char *stack;
    bool ended;
    const bool *needs; /* NULL: can go on */
    bool wanted;
    const char *top; /* of its stack: what it uses is from here on */
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
    const void *code;
} trace_line;

typedef struct {
    const char *start;
    size_t size;
    const char *name;
} named;

/* Where the static objects of the code under proof begin and end: edge.c, first and last of the
 * linked files. */
extern const char data_first[], data_last[], bss_first[], bss_last[];

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

static trace_line trace[TRACE_MAX];
static unsigned trace_count;
static named names[NAMES_MAX];
static unsigned name_count;

/* --- reports ------------------------------------------------------------------------------ */

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

/* --- states ------------------------------------------------------------------------------- */

uint64_t engine_mix(uint64_t hash, uint64_t value)
{
    hash ^= value + UINT64_C(0x9e3779b97f4a7c15);
    hash = (hash ^ hash >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    hash = (hash ^ hash >> 27) * UINT64_C(0x94d049bb133111eb);
    return hash ^ hash >> 31;
}

static uint64_t mix_bytes(uint64_t hash, const char *from, const char *to)
{
    for (; from + sizeof hash <= to; from += sizeof hash) {
        uint64_t word;
        memcpy(&word, from, sizeof word);
        hash = engine_mix(hash, word);
    }
    while (from < to) {
        hash = engine_mix(hash, (unsigned char)*from++);
    }
    return hash;
}

/* All static objects of the code under proof, each thread's registers and stack, and the model. */
static uint64_t state_hash(void)
{
    uint64_t hash = mix_bytes(memory_hash(), data_first, data_last);
    hash = mix_bytes(hash, bss_first, bss_last);
    for (unsigned i = 0; i < thread_count; i++) {
        const thread *t = &threads[i];
        hash = engine_mix(hash, t->ended);
        if (!t->ended) {
            hash = mix_bytes(hash, (const char *)t->at, (const char *)(t->at + 1));
            hash = mix_bytes(hash, t->top, t->stack + STACK_BYTES);
        }
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

/* --- choices ------------------------------------------------------------------------------ */

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

/* --- threads ------------------------------------------------------------------------------ */

enum { COMPLETE = 1, SEEN_BEFORE, STARTED, BEGIN_AGAIN };

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

static __attribute__((noinline)) void schedule(void)
{
    threads[current].top = __builtin_frame_address(0);
    if (_setjmp(threads[current].at)) {
        return;
    }
    if (starting) {
        _longjmp(home, STARTED);
    }
    current = next_thread();
    _longjmp(threads[current].at, 1);
}

void engine_count(void)
{
    if (++threads[current].operations > OPERATIONS_MAX) {
        proof_fail("a thread goes on for ever");
    }
}

void engine_begin_again(void)
{
    _longjmp(home, BEGIN_AGAIN);
}

void engine_point(const bool *needs, bool wanted)
{
    thread *t = &threads[current];
    engine_count();
    t->needs = needs;
    t->wanted = wanted;
    schedule();
    t->needs = NULL;
}

void engine_record(enum operation what, uintptr_t address, uint64_t value, const void *code)
{
    if (trace_count < TRACE_MAX) {
        trace[trace_count++] = (trace_line){current, what, address, value, code};
    }
}

static void run_thread(void)
{
    now->threads[current]();
    threads[current].ended = true;
    schedule();
}

static void prepare_thread(unsigned i)
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
    t->operations = 0;
    memset(t->at, 0, sizeof t->at);
    memset(t->stack + STACK_BYTES - CLEARED_BYTES, 0, CLEARED_BYTES);
    makecontext(&t->start, run_thread, 0);
}

/* Bring thread `i` to its first operation. */
static int start_thread(unsigned i)
{
    prepare_thread(i);
    current = i;
    int how = _setjmp(home);
    if (!how) {
        setcontext(&threads[i].start);
    }
    return how;
}

/* Answers how it came to an end. */
static int run_threads(void)
{
    int how = _setjmp(home);
    if (!how) {
        current = next_thread();
        _longjmp(threads[current].at, 1);
    }
    return how;
}

bool engine_is_alive(unsigned i)
{
    return i < thread_count && !threads[i].ended;
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
    engine_record(CHOICE, 0, taken, NULL);
    return taken;
}

uint32_t ghost_read(const uint32_t *ghost)
{
    engine_point(NULL, false);
    engine_record(GHOST_READ, 0, *ghost, NULL);
    return *ghost;
}

/* --- one scenario ------------------------------------------------------------------------- */

static int execute(void)
{
    executions++;
    depth = trace_count = 0;
    now->setup();
    memory_reset();
    engine_running = starting = true;
    int how = STARTED;
    for (unsigned i = 0; i < thread_count && how == STARTED; i++) {
        how = start_thread(i);
    }
    starting = false;
    if (how == STARTED) {
        how = run_threads();
    }
    engine_running = false;
    return how;
}

static void begin_search(void)
{
    memset(seen, 0, seen_size * sizeof *seen);
    seen_count = depth = known = fixed = 0;
}

static void explore(const scenario *s)
{
    now = s;
    for (thread_count = 0; thread_count < THREADS_MAX && s->threads[thread_count];) {
        thread_count++;
    }
    executions = name_count = 0;
    memory_forget();
    begin_search();
    bool more = true;
    while (more) {
        int how = execute();
        if (how == BEGIN_AGAIN) {
            begin_search();
        } else {
            if (how == COMPLETE && s->finish) {
                s->finish();
            }
            more = turn_back();
        }
    }
    if (s->conclude) {
        s->conclude();
    }
    printf("passed %s: %zu states, %u executions\n", s->name, seen_count, (unsigned)executions);
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static char crash_stack[STACK_BYTES];
    sigaltstack(&(stack_t){.ss_sp = crash_stack, .ss_size = sizeof crash_stack}, NULL);
    struct sigaction crash = {.sa_handler = on_crash, .sa_flags = SA_ONSTACK | SA_NODEFER};
    sigaction(SIGSEGV, &crash, NULL);
    grow();
    bool any = false;
    for (const scenario *s = scenarios; s->name; s++) {
        if (argc > 1 && !strcmp(argv[1], "--list")) {
            puts(s->name);
            any = true;
        } else if (argc < 2 || !strcmp(argv[1], s->name)) {
            explore(s);
            any = true;
        }
    }
    return any ? 0 : 2;
}
