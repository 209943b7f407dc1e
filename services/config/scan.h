/* Reading a bank record by record, in the order in which they were written. */
#ifndef CONFIG_SCAN_H
#define CONFIG_SCAN_H

#include "record.h"

#define NO_PAGE UINT32_MAX

typedef struct cfg_scan cfg_scan;

/* Bytes of a bank, and where it begins in the flash. */
uint32_t bank_size(const cfg_store *s);
uint32_t bank_offset(const cfg_store *s, unsigned bank);

/* Read the page at `at` of a bank into s->page, unless it is there. */
const uint8_t *bank_page(cfg_store *s, unsigned bank, uint32_t at);

/* At the first record of `bank`, whose head says `sequence`. */
cfg_scan scan_begin(const cfg_store *s, unsigned bank, uint32_t sequence);

/* The next sound record; false: no more. `r` points into s->page: until the next call. */
bool scan_next(cfg_store *s, cfg_scan *at, cfg_record *r);

/* The next record of a batch that was written to its end; ends themselves are left out. */
bool scan_next_whole(cfg_store *s, cfg_scan *at, cfg_record *r);

/* Was the first batch, which makes the bank complete, written to its end? */
bool scan_is_complete(cfg_store *s, cfg_scan at);

/* Behind the last byte of `bank` that is not erased. */
uint32_t scan_end(cfg_store *s, unsigned bank);

#endif
