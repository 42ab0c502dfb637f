/* SPDX-License-Identifier: Apache-2.0 */
#include "chip/slip.h"
#include "cmocka_all.h"
#include <string.h>

enum { ROOM = 8 };

static uint8_t room[ROOM];
static struct slip slip;

static int set_up(void **state)
{
    (void)state;
    slip = (struct slip){.buffer = room, .size = ROOM};
    return 0;
}

/* How many packets size bytes of line are; the last stays in room. */
static uint32_t take(const char *line, uint32_t size)
{
    uint32_t packets = 0;
    for (uint32_t i = 0; i < size; i++)
        packets += slip_take(&slip, (uint8_t)line[i]);
    return packets;
}

#define TAKE(line) take(line, sizeof(line) - 1)

static void a_packet_comes_out_as_it_went_in(void **state)
{
    (void)state;
    assert_int_equal(TAKE("\xc0"
                          "abc\xc0"),
                     1);
    assert_int_equal(slip.used, 3);
    assert_memory_equal(room, "abc", 3);
}

static void escapes_are_undone(void **state)
{
    (void)state;
    assert_int_equal(TAKE("\xc0\xdb\xdc\xdb\xdd\xc0"), 1);
    assert_int_equal(slip.used, 2);
    assert_memory_equal(room, "\xc0\xdb", 2);
}

static void what_comes_before_the_first_is_passed_over(void **state)
{
    (void)state;
    assert_int_equal(TAKE("boot\xc0"
                          "a\xc0"),
                     1);
    assert_memory_equal(room, "a", 1);
}

static void a_lost_end_costs_no_other_packet(void **state)
{
    (void)state;
    assert_int_equal(TAKE("\xc0"
                          "ab"
                          "\xc0"
                          "cd\xc0"),
                     2);
    assert_memory_equal(room, "cd", 2);
}

static void a_cut_packet_costs_no_other_packet(void **state)
{
    (void)state;
    assert_int_equal(TAKE("\xc0"
                          "a\xdb\xc0"
                          "cd\xc0"),
                     1);
    assert_memory_equal(room, "cd", 2);
}

static void empty_packets_are_none(void **state)
{
    (void)state;
    assert_int_equal(TAKE("\xc0\xc0\xc0"
                          "a\xc0"),
                     1);
    assert_int_equal(slip.used, 1);
}

static void a_packet_may_be_as_long_as_the_room(void **state)
{
    (void)state;
    assert_int_equal(TAKE("\xc0"
                          "12345678\xc0"),
                     1);
    assert_int_equal(slip.used, ROOM);
}

static void what_is_too_long_is_dropped_and_the_next_comes(void **state)
{
    (void)state;
    assert_int_equal(TAKE("\xc0"
                          "123456789\xc0\xc0"
                          "ab\xc0"),
                     1);
    assert_memory_equal(room, "ab", 2);
}

static void a_wrong_escape_is_dropped_and_the_next_comes(void **state)
{
    (void)state;
    assert_int_equal(TAKE("\xc0"
                          "a\xdb"
                          "b\xc0\xc0"
                          "c\xc0"),
                     1);
    assert_memory_equal(room, "c", 1);
}

static void each_byte_comes_back_from_its_escape(void **state)
{
    (void)state;
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint8_t sent[SLIP_MOST_BYTES];
        uint32_t count = slip_escape((uint8_t)byte, sent);
        slip_take(&slip, SLIP_END);
        for (uint32_t i = 0; i < count; i++)
            assert_false(slip_take(&slip, sent[i]));
        assert_true(slip_take(&slip, SLIP_END));
        assert_int_equal(slip.used, 1);
        assert_int_equal(room[0], byte);
    }
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_packet_comes_out_as_it_went_in),
        TEST(escapes_are_undone),
        TEST(what_comes_before_the_first_is_passed_over),
        TEST(a_lost_end_costs_no_other_packet),
        TEST(a_cut_packet_costs_no_other_packet),
        TEST(empty_packets_are_none),
        TEST(a_packet_may_be_as_long_as_the_room),
        TEST(what_is_too_long_is_dropped_and_the_next_comes),
        TEST(a_wrong_escape_is_dropped_and_the_next_comes),
        TEST(each_byte_comes_back_from_its_escape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
