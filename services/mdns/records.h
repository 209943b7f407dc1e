/* The records that are ours, numbered: two of the host, four of each service. */
#ifndef MDNS_RECORDS_H
#define MDNS_RECORDS_H

#include "packet.h"

enum { ADDRESS, NO_OTHER_ADDRESS, FIRST_OF_SERVICES };
enum { POINTER_TO_IT, SERVER, TEXT, TYPE_OF_IT, A_SERVICE }; /* … + A_SERVICE * service */

#define BIT(record) ((uint32_t)1 << (record))

/* How many there are. */
unsigned mdns_record_count(const mdns *m);

/* Only one host may have it: then the others forget what they knew of the name. */
bool mdns_is_unique(unsigned record);

/* Of one record, or of each service, a bit each. */
uint32_t mdns_all(const mdns *m);
uint32_t mdns_each(const mdns *m, unsigned kind);

/* What goes along with the records `asked`, so that nobody has to ask for it (RFC 6763, 12). */
uint32_t mdns_along(const mdns *m, uint32_t asked);

/* Has it the name of the record? If so, `ours` is the record, to compare with. */
bool mdns_is_of(const mdns *m, unsigned record, const mdns_record *theirs, mdns_record *ours);

/* Which comes first by type and data (RFC 6762, 8.2): less than 0: a; 0: they are the same. */
int mdns_compare(const mdns_record *a, const mdns_record *b);

/* How the records of a packet are to be understood. */
typedef struct {
    uint32_t ttl_s_max; /* they live no longer, whatever they say */
    bool flush;         /* those that are unique, have the top bit: forget what you knew */
} mdns_manner;

/* The questions for all there is of the names in `set`, a bit for one record of each name. */
void mdns_put_questions(mdns_writer *w, const mdns *m, uint32_t set);

/* The records of `set`, into `section`. Answers those for which there is no room. */
uint32_t mdns_put_records(mdns_writer *w, const mdns *m, uint32_t set, unsigned section,
                          mdns_manner manner);

#endif
