/* What a packet that has come means for us. */
#ifndef MDNS_LOOK_H
#define MDNS_LOOK_H

#include "records.h"

typedef struct {
    uint32_t asked;       /* records that somebody wants, a bit each, */
    uint32_t known;       /* and those of which he has said that he knows them */
    size_t questions_end; /* of the packet, in bytes */
    bool has_questions;
    bool alone;       /* only he wants to know */
    bool more_comes;  /* of what he knows, in another packet */
    bool is_probe;    /* he would like to have a name of ours */
    bool comes_first; /* … as we do, at the same moment, and has precedence */
    bool is_taken;    /* he has a name of ours */
} mdns_news;

/* Look at the packet of `size` bytes in m->packet, that m->from has sent. One that is broken has no
 * news, and is counted. */
mdns_news mdns_look(mdns *m, size_t size);

#endif
