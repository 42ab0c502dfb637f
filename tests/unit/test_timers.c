/* SPDX-License-Identifier: Apache-2.0 */
#include "../../src/server/timers.h"
#include "cmocka_all.h"

enum { COUNT = 1000 };

static struct timer timers[COUNT];

static uint32_t random_number(void)
{
    static uint32_t seed = 1;
    return (seed = seed * 1664525 + 1013904223) >> 8;
}

/* What goes off is due, comes in order, and nothing is left behind. */
static void check_until(struct timers *heap, uint64_t now, size_t expected)
{
    struct timer *timer;
    size_t count = 0;
    while ((timer = timers_next(heap, now)) != NULL) {
        assert_true(timer->due_ms <= now);
        assert_int_equal(timer->place, 0);
        count++;
    }
    assert_int_equal(count, expected);
}

static void each_goes_off_when_it_is_due(void **state)
{
    struct timers heap = {0};
    uint64_t due[COUNT];
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        assert_true(timers_set(&heap, &timers[i], random_number() % 10000));
    for (int round = 0; round < 5000; round++)
        assert_true(timers_set(&heap, &timers[random_number() % COUNT],
                               random_number() % 10000));
    for (size_t i = 0; i < COUNT; i += 3)
        timers_remove(&heap, &timers[i]);
    timers_remove(&heap, &timers[0]);
    for (size_t i = 0; i < COUNT; i++)
        due[i] = timers[i].place ? timers[i].due_ms : UINT64_MAX;
    for (uint64_t now = 0; now < 11000; now += 500) {
        size_t expected = 0;
        for (size_t i = 0; i < COUNT; i++)
            expected += due[i] <= now && (now < 500 || due[i] > now - 500);
        check_until(&heap, now, expected);
    }
    assert_int_equal(heap.count, 0);
    timers_release(&heap);
}

static void the_wait_ends_no_later_than_the_next(void **state)
{
    struct timers heap = {0};
    (void)state;
    assert_int_equal(timers_wait_ms(&heap, 0, 1000), 1000);
    assert_true(timers_set(&heap, &timers[0], 500));
    assert_int_equal(timers_wait_ms(&heap, 100, 1000), 400);
    assert_int_equal(timers_wait_ms(&heap, 100, 50), 50);
    assert_int_equal(timers_wait_ms(&heap, 600, 1000), 0);
    assert_true(timers_set(&heap, &timers[0], 200));
    assert_int_equal(timers_wait_ms(&heap, 100, 1000), 100);
    timers_remove(&heap, &timers[0]);
    timers_release(&heap);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_goes_off_when_it_is_due),
        cmocka_unit_test(the_wait_ends_no_later_than_the_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
