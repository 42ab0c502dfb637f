/* SPDX-License-Identifier: Apache-2.0 */
#include "../../src/server/segments.h"
#include "cmocka_all.h"
#include <string.h>

enum { SIZE = 20000 };

static uint8_t body[SIZE];
static struct ota_catalog_hits hits;
static const char text[] = "200 OK\r\n";

static struct segments plan(uint32_t size, uint32_t segment, int slot)
{
    segments_find_hits(&hits, body, size);
    return segments_plan(
        &(struct segments_stream){body, size, segment, slot, &hits});
}

static void stamp(uint8_t slot)
{
    memset(body, 1, SIZE);
    body[0] = 0xe9;
    body[1] = 3;
    body[3] = slot;
}

static void only_a_stamped_file_of_words_goes_at_once(void **state)
{
    (void)state;
    stamp(2);
    assert_int_equal(plan(SIZE, 1460, 2).count, 0);
    assert_int_equal(plan(SIZE, 536, 2).count, 0);
    assert_int_not_equal(plan(SIZE, 1460, 1).count, 0);
    assert_int_not_equal(plan(SIZE, 1460, 0).count, 0);
    assert_int_not_equal(plan(SIZE - 2, 1460, 2).count, 0);
    assert_int_not_equal(plan(SIZE, 1439, 2).count, 0);
    assert_int_not_equal(plan(SIZE, 532, 2).count, 0);
    body[1] = 2;
    assert_int_not_equal(plan(SIZE, 1460, 2).count, 0);
}

/* Whatever the segments are in between. */
static void the_header_comes_first_and_a_word_last(void **state)
{
    (void)state;
    memset(body, 1, SIZE);
    for (uint32_t size = 8; size < 3000; size++) {
        struct segments made = plan(size, 1460, 0);
        assert_int_equal(made.stops[0], 0);
        uint32_t last = size - made.stops[made.count - 1];
        assert_in_range(last, 4, 7);
    }
}

static void no_segment_holds_a_status_line(void **state)
{
    (void)state;
    for (uint32_t at = 600; at + 3010 < SIZE; at += 13) {
        stamp(2);
        memcpy(body + at, text, 8);
        memcpy(body + at + 3000, text, 8);
        struct segments made = plan(SIZE, 1460, 2);
        uint32_t position = 0;
        while (position < SIZE) {
            uint32_t next = segments_next(&made, SIZE, position);
            assert_true(segments_stops_at(&made, position));
            assert_true(next > 0);
            assert_null(memmem(body + position, next, text, 8));
            position += next;
        }
        assert_int_equal(position, SIZE);
    }
}

static void a_status_line_at_the_end_is_cut_too(void **state)
{
    (void)state;
    for (uint32_t gap = 0; gap < 12; gap++) {
        memset(body, 1, SIZE);
        memcpy(body + SIZE - 8 - gap, text, 8);
        struct segments made = plan(SIZE, 1460, 0);
        for (size_t i = 0; i < made.count; i++)
            assert_null(memmem(body + made.stops[i],
                               SIZE - made.stops[i] > 8 && i + 1 < made.count
                                   ? made.stops[i + 1] - made.stops[i]
                                   : SIZE - made.stops[i],
                               text, 8));
    }
}

static void tiny_files_are_no_trouble(void **state)
{
    (void)state;
    memset(body, 1, SIZE);
    for (uint32_t size = 0; size < 8; size++) {
        struct segments made = plan(size, 536, 2);
        assert_int_equal(made.count, 1);
        assert_int_equal(segments_next(&made, size, 0), size);
    }
}

static void texts_without_number_are_no_trouble(void **state)
{
    (void)state;
    for (uint32_t at = 0; at + 8 <= SIZE; at += 8)
        memcpy(body + at, text, 8);
    struct segments made = plan(SIZE, 1460, 0);
    assert_true(made.count <= SEGMENTS_STOPS);
    for (size_t i = 1; i < made.count; i++)
        assert_true(made.stops[i] > made.stops[i - 1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_stamped_file_of_words_goes_at_once),
        cmocka_unit_test(the_header_comes_first_and_a_word_last),
        cmocka_unit_test(no_segment_holds_a_status_line),
        cmocka_unit_test(a_status_line_at_the_end_is_cut_too),
        cmocka_unit_test(tiny_files_are_no_trouble),
        cmocka_unit_test(texts_without_number_are_no_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
