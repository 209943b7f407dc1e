/* A store in the flash as somebody might have left it. The input is a list of pieces: raw bytes, or
 * heads and records whose CRCs are right, so that what lies behind those is reached. Whatever it
 * is, it opens or is refused, all values are in range, and a change is saved and read again. */
#include "fuzz.h"

#include "record.h"

#include "yoke/sim.h"
#include "yoke/virtual.h"

#define BANKS 3u

static uint8_t image[VIRTUAL_FLASH_SIZE];
static struct {
    bool on;
    int32_t leds;
    char name[9];
    CFG_BYTES_OF(4) token;
    uint8_t order;
} values;

static const char *const orders[] = {"RGB", "GRB", NULL};
static const cfg_key keys[] = {
    {"a", "", CFG_AS_BOOL(values.on)},
    {"b", "", CFG_AS_INT(values.leds, 1, 1000), .initial = 60},
    {"c", "", CFG_AS_STRING(values.name)},
    {"d", "", CFG_AS_BYTES(values.token)},
    {"e", "", CFG_AS_CHOICE(values.order, orders)},
};
static cfg_key_state states[5];
static const cfg_config config = {
    .keys = keys, .key_count = 5, .states = states, .banks = BANKS, .sectors_a_bank = 1};
static cfg_store store;

/* --- the image ------------------------------------------------------------------- */

typedef struct {
    const uint8_t *at, *end;
    uint32_t to, sequence; /* where the next piece goes, and of which bank it is */
} maker;

static uint8_t take(maker *m)
{
    return m->at < m->end ? *m->at++ : 0;
}

static void put(maker *m, const uint8_t *piece, uint32_t size)
{
    for (uint32_t i = 0; i < size && m->to < BANKS * FLASH_SECTOR; i++) {
        image[m->to++] = piece[i];
    }
}

static void put_raw(maker *m)
{
    uint32_t n = take(m) % 32u;
    while (n--) {
        uint8_t byte = take(m);
        put(m, &byte, 1);
    }
}

static void put_head(maker *m)
{
    uint8_t piece[FLASH_PAGE];
    bank_head h = {.format = 1, .banks = BANKS, .sectors_a_bank = 1};
    m->to = take(m) % BANKS * FLASH_SECTOR;
    h.flags = take(m) & 1;
    h.sequence = m->sequence = take(m);
    h.format = (uint8_t)(1 + (take(m) == 77));
    put(m, piece, head_put(&h, piece));
}

static void put_record(maker *m)
{
    uint8_t piece[FLASH_PAGE], name[CFG_NAME_MAX], value[CFG_VALUE_MAX];
    cfg_record r = {.kind = take(m), .name = name, .value = value};
    r.batch = take(m) % 4;
    r.name_length = take(m) % 3;
    r.value_length = take(m) % 12;
    for (unsigned i = 0; i < r.name_length; i++) {
        name[i] = (uint8_t)('a' + take(m) % 6);
    }
    for (unsigned i = 0; i < r.value_length; i++) {
        value[i] = take(m);
    }
    put(m, piece, record_put(&r, m->sequence, piece));
}

static void make(const uint8_t *data, size_t size)
{
    maker m = {.at = data, .end = data + size};
    memset(image, 0xff, sizeof image);
    while (m.at < m.end) {
        uint8_t what = take(&m) % 8;
        if (what == 0) {
            put_raw(&m);
        } else if (what == 1) {
            put_head(&m);
        } else if (what == 2) {
            m.to = (m.to / FLASH_PAGE + 1) * FLASH_PAGE;
        } else {
            put_record(&m);
        }
    }
}

/* --- the store ------------------------------------------------------------------------ */

static void must_be_in_range(void)
{
    must(values.leds >= 1 && values.leds <= 1000);
    must(strlen(values.name) <= 8);
    must(values.token.length <= 4);
    must(values.order < 2);
}

static int start(void)
{
    static const sim_config sim = {.start_us = 1000};
    sim_open(&sim);
    virtual_flash_use(image);
    store = (cfg_store){.task = YOKE_TASK(cfg_body), .config = &config};
    int answer = cfg_open(&store);
    must_be_in_range();
    return answer;
}

static cfg_mark mark;

static int root_body(yoke_task *t)
{
    YOKE_BEGIN(t);
    yoke_start(yoke_home(t), &store.task);
    mark = cfg_now(&store);
    YOKE_TRY(t, cfg_flush(t, &store, &mark));
    YOKE_FINALLY(t);
    YOKE_END(t);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    make(data, size);
    if (start() < 0) {
        cfg_reset(&store);
    }
    yoke_loop platform;
    yoke_task root = YOKE_TASK(root_body);
    yoke_loop_init(&platform, 0);
    must(cfg_set_int(&store, &keys[1], 999) == YOKE_OK);
    bool on = values.on;
    must(yoke_run(&platform, &root) == YOKE_OK);
    must(start() == YOKE_OK);
    must(values.leds == 999 && values.on == on);
    return 0;
}
