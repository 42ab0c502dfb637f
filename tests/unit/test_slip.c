/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/slip.h"
#include <string.h>

enum { CAPACITY = 32 };

struct heard {
    uint8_t data[64];
    struct ota_slip slip;
    unsigned frames;
    unsigned strays;
    unsigned wrong;
    char last[64]; /* the last frame, as text */
};

static void hear(struct heard *heard, const char *bytes, size_t size)
{
    if (!heard->slip.data)
        heard->slip = (struct ota_slip){.data = heard->data,
                                        .capacity = CAPACITY,
                                        .is_chained = heard->slip.is_chained};
    for (size_t i = 0; i < size; i++)
        switch (ota_slip_take(&heard->slip, (uint8_t)bytes[i])) {
        case OTA_SLIP_FRAME:
            heard->frames++;
            memcpy(heard->last, heard->data, heard->slip.size);
            heard->last[heard->slip.size] = '\0';
            break;
        case OTA_SLIP_STRAY:
            heard->strays++;
            break;
        case OTA_SLIP_WRONG:
            heard->wrong++;
            break;
        case OTA_SLIP_MORE:
            break;
        }
}

#define HEAR(heard, text) hear((heard), (text), sizeof(text) - 1)

static void what_is_sent_is_what_comes(void **state)
{
    (void)state;
    uint8_t data[256];
    uint8_t frame[OTA_SLIP_ENCODED(sizeof(data))];
    uint8_t out[sizeof(data)];
    struct ota_slip slip = {.data = out, .capacity = sizeof(out)};
    for (size_t i = 0; i < sizeof(data); i++)
        data[i] = (uint8_t)i;
    size_t size = ota_slip_encode(frame, data, sizeof(data));
    assert_int_equal(size, sizeof(data) + 2 + 2);
    for (size_t i = 0; i + 1 < size; i++)
        assert_int_equal(ota_slip_take(&slip, frame[i]), OTA_SLIP_MORE);
    assert_int_equal(ota_slip_take(&slip, frame[size - 1]), OTA_SLIP_FRAME);
    assert_int_equal(slip.size, sizeof(data));
    assert_memory_equal(out, data, sizeof(data));
}

static void text_before_a_frame_is_stray(void **state)
{
    (void)state;
    struct heard heard = {0};
    HEAR(&heard, "boot\xc0\x61\x62\xc0");
    assert_int_equal(heard.strays, 4);
    assert_int_equal(heard.frames, 1);
    assert_string_equal(heard.last, "ab");
}

static void a_lost_end_costs_one_frame(void **state)
{
    (void)state;
    struct heard heard = {0};
    HEAR(&heard, "\xc0\x61\xc0\x62\xc0\xc0\x63\xc0");
    assert_string_equal(heard.last, "c");
    assert_int_equal(heard.frames, 2);
}

static void empty_frames_are_none(void **state)
{
    (void)state;
    struct heard heard = {0};
    HEAR(&heard, "\xc0\xc0\xc0\xc0\x61\xc0");
    assert_int_equal(heard.frames, 1);
}

static void a_wrong_escape_drops_the_frame(void **state)
{
    (void)state;
    struct heard heard = {0};
    HEAR(&heard, "\xc0\x61\xdb\x61\xc0\x62\xc0");
    assert_int_equal(heard.wrong, 1);
    assert_string_equal(heard.last, "b");
    HEAR(&heard, "\xc0\x61\xdb\xc0\x64\xc0");
    assert_string_equal(heard.last, "d");
}

static void a_frame_that_is_too_long_is_dropped(void **state)
{
    (void)state;
    struct heard heard = {0};
    char bytes[40];
    memset(bytes, 'x', sizeof(bytes));
    HEAR(&heard, "\xc0");
    hear(&heard, bytes, sizeof(bytes));
    assert_int_equal(heard.wrong, 1);
    HEAR(&heard, "\xc0\xc0\x61\xc0");
    assert_string_equal(heard.last, "a");
}

static void a_frame_may_be_as_long_as_the_room(void **state)
{
    (void)state;
    struct heard heard = {0};
    char bytes[CAPACITY];
    memset(bytes, 'x', sizeof(bytes));
    HEAR(&heard, "\xc0");
    hear(&heard, bytes, sizeof(bytes));
    HEAR(&heard, "\xc0");
    assert_int_equal(heard.frames, 1);
    assert_int_equal(heard.slip.size, CAPACITY);
}

static void text_between_frames_is_stray(void **state)
{
    (void)state;
    struct heard heard = {0};
    HEAR(&heard, "\xc0\x61\xc0text\xc0\x62\xc0");
    assert_int_equal(heard.frames, 2);
    assert_int_equal(heard.strays, 4);
}

static void a_lost_end_costs_no_other_frame_where_they_are_chained(void **state)
{
    (void)state;
    struct heard heard = {.slip.is_chained = true};
    HEAR(&heard, "\xc0\x61\x62\xc0\x63\x64\xc0");
    assert_int_equal(heard.frames, 2);
    assert_string_equal(heard.last, "cd");
}

static void chained_frames_have_two_ends_between_them_as_well(void **state)
{
    (void)state;
    struct heard heard = {.slip.is_chained = true};
    HEAR(&heard, "xy\xc0\x61\xc0\xc0\x62\xdb\xdc\xc0\xc0\xc0\x63\xc0");
    assert_int_equal(heard.strays, 2);
    assert_int_equal(heard.frames, 3);
    assert_string_equal(heard.last, "c");
}

static void a_cut_escape_costs_no_other_frame(void **state)
{
    (void)state;
    struct heard heard = {.slip.is_chained = true};
    HEAR(&heard, "\xc0\x61\xdb\xc0\x63\x64\xc0");
    assert_int_equal(heard.frames, 1);
    assert_string_equal(heard.last, "cd");
}

/* The buffer may be another one from frame to frame. */
static void a_chained_frame_goes_where_data_points_then(void **state)
{
    (void)state;
    struct heard heard = {.slip.is_chained = true};
    uint8_t other[CAPACITY] = {0};
    HEAR(&heard, "\xc0\x61\x62\xc0");
    heard.slip.data = other;
    for (const char *at = "cd\xc0"; *at; at++)
        ota_slip_take(&heard.slip, (uint8_t)*at);
    assert_int_equal(heard.slip.size, 2);
    assert_memory_equal(other, "cd", 2);
    assert_memory_equal(heard.data, "ab", 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_is_what_comes),
        cmocka_unit_test(text_before_a_frame_is_stray),
        cmocka_unit_test(a_lost_end_costs_one_frame),
        cmocka_unit_test(empty_frames_are_none),
        cmocka_unit_test(a_wrong_escape_drops_the_frame),
        cmocka_unit_test(a_frame_that_is_too_long_is_dropped),
        cmocka_unit_test(a_frame_may_be_as_long_as_the_room),
        cmocka_unit_test(text_between_frames_is_stray),
        cmocka_unit_test(
            a_lost_end_costs_no_other_frame_where_they_are_chained),
        cmocka_unit_test(chained_frames_have_two_ends_between_them_as_well),
        cmocka_unit_test(a_cut_escape_costs_no_other_frame),
        cmocka_unit_test(a_chained_frame_goes_where_data_points_then),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
