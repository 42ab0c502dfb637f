/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of many things is due next: a heap.
 *
 * A timer that is put off is only written down and moves when its old time
 * comes, so that putting off, which each byte does, costs nothing.
 */
#ifndef OTATOOL_SERVER_TIMERS_H
#define OTATOOL_SERVER_TIMERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct timer {
    uint64_t due_ms;    /* when it shall go off */
    uint64_t placed_ms; /* where it stands in the heap, never later */
    size_t place;       /* from 1; 0: in no heap */
};

struct timers {
    struct timer **heap; /* owned; from 1 */
    size_t count;
    size_t room;
};

void timers_release(struct timers *timers);

/* Sets a timer, of the heap or not; false without memory. */
bool timers_set(struct timers *timers, struct timer *timer, uint64_t due_ms);

void timers_remove(struct timers *timers, struct timer *timer);

/* Takes the next that is due off the heap; NULL when there is none. */
struct timer *timers_next(struct timers *timers, uint64_t now_ms);

/* Milliseconds until one may be due, at most `most`. */
int timers_wait_ms(const struct timers *timers, uint64_t now_ms, int most);

/* Milliseconds of a clock that never jumps. */
uint64_t timers_clock(void);

#endif
