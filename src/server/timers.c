/* SPDX-License-Identifier: Apache-2.0 */
#include "timers.h"
#include <stdlib.h>
#include <time.h>

void timers_release(struct timers *timers)
{
    free(timers->heap);
    *timers = (struct timers){0};
}

static void put(struct timers *timers, struct timer *timer, size_t place)
{
    timers->heap[place] = timer;
    timer->place = place;
}

static void rise(struct timers *timers, struct timer *timer)
{
    size_t place = timer->place;
    while (place > 1 && timers->heap[place / 2]->placed_ms > timer->placed_ms) {
        put(timers, timers->heap[place / 2], place);
        place /= 2;
    }
    put(timers, timer, place);
}

static void sink(struct timers *timers, struct timer *timer)
{
    size_t place = timer->place;
    for (;;) {
        size_t child = 2 * place;
        if (child < timers->count &&
            timers->heap[child + 1]->placed_ms < timers->heap[child]->placed_ms)
            child++;
        if (child > timers->count ||
            timers->heap[child]->placed_ms >= timer->placed_ms)
            break;
        put(timers, timers->heap[child], place);
        place = child;
    }
    put(timers, timer, place);
}

static bool make_room(struct timers *timers)
{
    if (timers->count + 1 < timers->room)
        return true;
    size_t room = timers->room ? 2 * timers->room : 64;
    struct timer **heap = realloc(timers->heap, room * sizeof(heap[0]));
    if (!heap)
        return false;
    timers->heap = heap;
    timers->room = room;
    return true;
}

bool timers_set(struct timers *timers, struct timer *timer, uint64_t due_ms)
{
    timer->due_ms = due_ms;
    if (timer->place && due_ms >= timer->placed_ms)
        return true;
    if (!timer->place) {
        if (!make_room(timers))
            return false;
        timer->place = ++timers->count;
    }
    timer->placed_ms = due_ms;
    rise(timers, timer);
    return true;
}

void timers_remove(struct timers *timers, struct timer *timer)
{
    if (!timer->place)
        return;
    struct timer *last = timers->heap[timers->count--];
    if (last != timer) {
        put(timers, last, timer->place);
        rise(timers, last);
        sink(timers, last);
    }
    timer->place = 0;
}

struct timer *timers_next(struct timers *timers, uint64_t now_ms)
{
    while (timers->count && timers->heap[1]->placed_ms <= now_ms) {
        struct timer *first = timers->heap[1];
        if (first->due_ms <= now_ms) {
            timers_remove(timers, first);
            return first;
        }
        first->placed_ms = first->due_ms;
        sink(timers, first);
    }
    return NULL;
}

int timers_wait_ms(const struct timers *timers, uint64_t now_ms, int most)
{
    if (!timers->count)
        return most;
    uint64_t next = timers->heap[1]->placed_ms;
    if (next <= now_ms)
        return 0;
    return next - now_ms < (uint64_t)most ? (int)(next - now_ms) : most;
}

uint64_t timers_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}
