/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the next bytes of a body may go: behind a stop of the plan all before
 * must be acknowledged, and limits say how many bytes a second. Whoever was
 * not admitted yet is kept alive by drops, since an old device that is
 * refused may not come again.
 */
#ifndef OTATOOL_SERVER_FLOW_H
#define OTATOOL_SERVER_FLOW_H

#include "limits.h"
#include "segments.h"

struct flow {
    struct limits *limits;
    const uint8_t *body;
    uint32_t size;
    struct segments plan;
    uint32_t position; /* what was sent with flow_use ends here */
    uint32_t granted;  /* and so much more may go */
    uint32_t passed;   /* stops before this are behind us */
    unsigned pause_ms;
    struct bucket bucket;
    bool is_admitted; /* counted among the downloads of limits */
    uint64_t wake_ms; /* when to ask again */
};

void flow_init(struct flow *flow, struct limits *limits, const uint8_t *body,
               uint32_t size);

/* Lets it drip until there is a place among the downloads. */
void flow_wait_for_place(struct flow *flow, uint64_t now_ms);

/* Whether the body cannot just be handed over. */
bool flow_is_measured(const struct flow *flow);

/* Bytes that may go out at position, at most `most`; 0: not before
 * flow->wake_ms. */
uint32_t flow_next(struct flow *flow, int fd, uint32_t position, uint32_t most,
                   uint64_t now_ms);

/* The same at flow->position, as far as it was not used yet. */
uint32_t flow_grant(struct flow *flow, int fd, uint64_t now_ms);

/* So much of it was sent. False: it is another's turn. */
bool flow_use(struct flow *flow, uint32_t size);

#endif
