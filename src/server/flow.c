/* SPDX-License-Identifier: Apache-2.0 */
#include "flow.h"
#include "socket.h"

enum {
    /* Between looks for an acknowledgement, which old clients send within
     * 250 ms. */
    FIRST_PAUSE_MS = 2,
    LONGEST_PAUSE_MS = 8,
    /* While there is more on its way than that one will do for. */
    EARLY_PAUSE_MS = 32,
    LAST_BYTES = 2 * 1460,
    DRIP = 1460, /* bytes a second for who has no place yet */
    LONGEST_WAIT_MS = 1000,
};

void flow_init(struct flow *flow, struct limits *limits, const uint8_t *body,
               uint32_t size)
{
    *flow = (struct flow){
        .limits = limits,
        .body = body,
        .size = size,
        .pause_ms = FIRST_PAUSE_MS,
        .bucket = {.rate = limits->rate_of_one},
        .is_admitted = true,
    };
}

void flow_wait_for_place(struct flow *flow, uint64_t now_ms)
{
    flow->is_admitted = false;
    flow->bucket = bucket_of(DRIP, now_ms);
}

bool flow_is_measured(const struct flow *flow)
{
    return flow->plan.count > 0 || !flow->is_admitted ||
           limits_slow_down(flow->limits);
}

static bool has_arrived(struct flow *flow, int fd, uint64_t now_ms)
{
    uint32_t left = socket_unacknowledged(fd);
    unsigned longest = left > LAST_BYTES ? EARLY_PAUSE_MS : LONGEST_PAUSE_MS;
    if (left == 0) {
        flow->pause_ms = FIRST_PAUSE_MS;
        return true;
    }
    if (flow->pause_ms > longest)
        flow->pause_ms = longest;
    flow->wake_ms = now_ms + flow->pause_ms;
    flow->pause_ms *= 2;
    return false;
}

static void ask_for_place(struct flow *flow, uint64_t now_ms)
{
    if (flow->is_admitted || !limits_admit(flow->limits))
        return;
    flow->is_admitted = true;
    flow->bucket = bucket_of(flow->limits->rate_of_one, now_ms);
}

static void wait_for(struct flow *flow, uint64_t wait_ms, uint64_t now_ms)
{
    if (wait_ms > LONGEST_WAIT_MS)
        wait_ms = LONGEST_WAIT_MS;
    flow->wake_ms = now_ms + wait_ms;
}

static uint32_t measure(struct flow *flow, uint32_t most, uint64_t now_ms)
{
    uint64_t size = bucket_allows(&flow->bucket, most, now_ms);
    uint64_t wait_ms = bucket_wait_ms(&flow->bucket);
    if (size > 0)
        size = limits_take(flow->limits, size, now_ms, &wait_ms);
    bucket_take(&flow->bucket, size);
    wait_for(flow, wait_ms, now_ms);
    return (uint32_t)size;
}

uint32_t flow_next(struct flow *flow, int fd, uint32_t position, uint32_t most,
                   uint64_t now_ms)
{
    if (now_ms < flow->wake_ms)
        return 0;
    if (position >= flow->passed && segments_stops_at(&flow->plan, position)) {
        if (!has_arrived(flow, fd, now_ms))
            return 0;
        flow->passed = position + 1;
    }
    uint32_t next = segments_next(&flow->plan, flow->size, position);
    ask_for_place(flow, now_ms);
    return measure(flow, next < most ? next : most, now_ms);
}

uint32_t flow_grant(struct flow *flow, int fd, uint64_t now_ms)
{
    uint32_t left = flow->size - flow->position;
    if (flow->granted == 0 && left > 0)
        flow->granted = flow_next(flow, fd, flow->position, left, now_ms);
    return flow->granted;
}

bool flow_use(struct flow *flow, uint32_t size)
{
    flow->position += size;
    flow->granted -= size;
    return flow->granted > 0 || flow->position == flow->size ||
           !limits_slow_down(flow->limits);
}
