/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/boot_mark.h"
#include <string.h>

enum { SIZE = 2048, OFFSET = 16 /* of the image in its source */ };

static const char mark[] = OTA_BOOT_MARK;

struct fixture {
    uint8_t code[600];
    uint8_t data[700];
    uint8_t bytes[SIZE];
    struct ota_source source;
    struct ota_image image;
};

static struct fixture f;

static int set_up(void **state)
{
    (void)state;
    memset(&f, 0, sizeof(f));
    return 0;
}

static void build(void)
{
    struct ota_image_part parts[] = {{0x40100000, f.code, sizeof(f.code)},
                                     {0x3ffe8000, f.data, sizeof(f.data)}};
    struct ota_image_plan plan = {.mode = OTA_FLASH_DIO,
                                  .entry = 0x40100000,
                                  .parts = parts,
                                  .part_count = 2,
                                  .segment_count = 2};
    struct ota_error err;
    memset(f.bytes, 0, OFFSET);
    assert_true(
        ota_image_build(&plan, 0, f.bytes + OFFSET, SIZE - OFFSET, &err));
    f.source = ota_source_memory(f.bytes, SIZE);
    assert_true(ota_image_verify(&f.image, &f.source, OFFSET, &err));
}

static bool is_ours(void)
{
    build();
    return ota_boot_is_ours(&f.image, &f.source);
}

static void a_boot_without_the_mark_is_not_ours(void **state)
{
    (void)state;
    assert_false(is_ours());
}

/* At every word, so also over the borders of the blocks that are read. */
static void the_mark_is_found_at_every_word(void **state)
{
    (void)state;
    for (size_t at = 0; at + sizeof(mark) <= sizeof(f.data); at += 4) {
        memset(f.data, 'o', sizeof(f.data));
        memcpy(f.data + at, mark, sizeof(mark));
        assert_true(is_ours());
    }
}

static void it_may_be_in_any_segment(void **state)
{
    (void)state;
    memcpy(f.code + sizeof(f.code) - 16, mark, sizeof(mark));
    assert_true(is_ours());
}

static void off_the_words_it_is_no_mark(void **state)
{
    (void)state;
    for (size_t at = 1; at < 4; at++) {
        memset(f.data, 0, sizeof(f.data));
        memcpy(f.data + 64 + at, mark, sizeof(mark));
        assert_false(is_ours());
    }
}

static void another_contract_is_not_ours(void **state)
{
    (void)state;
    memcpy(f.data + 64, "otatool boot 2", sizeof(mark));
    assert_false(is_ours());
    memcpy(f.data + 64, "otatool boot 12", sizeof(mark) + 1);
    assert_false(is_ours());
    memcpy(f.data + 64, mark, sizeof(mark));
    assert_true(is_ours());
}

/* Half at the end of one segment, half at the start of the next. */
static void segments_are_not_joined(void **state)
{
    (void)state;
    memcpy(f.code + sizeof(f.code) - 8, mark, 8);
    memcpy(f.data, mark + 8, sizeof(mark) - 8);
    assert_false(is_ours());
    memset(&f, 0, sizeof(f));
    memcpy(f.data + sizeof(f.data) - 12, mark, 12);
    assert_false(is_ours());
}

/* Data behind the image, as an app's name in a file of both. */
static void only_the_image_is_searched(void **state)
{
    (void)state;
    build();
    memcpy(f.bytes + OFFSET + f.image.size, mark, sizeof(mark));
    assert_false(ota_boot_is_ours(&f.image, &f.source));
}

static void a_source_that_cannot_be_read_is_not_ours(void **state)
{
    (void)state;
    memcpy(f.data + 640, mark, sizeof(mark));
    assert_true(is_ours());
    f.source.size = OFFSET + f.image.segments[1].offset + 600;
    assert_false(ota_boot_is_ours(&f.image, &f.source));
}

/* --- any bytes ---------------------------------------------------------- */

static bool is_held(const void *bytes, uint32_t length, uint32_t step)
{
    return ota_boot_holds(&f.image, &f.source, bytes, length, step);
}

static void bytes_are_searched_by_steps(void **state)
{
    const uint8_t needle[] = {1, 2, 3};
    (void)state;
    for (uint32_t at = 0; at + sizeof(needle) <= sizeof(f.data); at += 7) {
        memset(f.data, 0, sizeof(f.data));
        memcpy(f.data + at, needle, sizeof(needle));
        build();
        for (uint32_t step = 1; step <= 5; step++)
            assert_int_equal(is_held(needle, sizeof(needle), step),
                             at % step == 0);
    }
}

static void the_longest_are_found_too(void **state)
{
    enum { LENGTH = 256 };
    (void)state;
    for (size_t i = 0; i < sizeof(f.data); i++)
        f.data[i] = (uint8_t)(i * i / 3 + i);
    build();
    for (uint32_t at = 0; at + LENGTH <= sizeof(f.data); at++) {
        assert_true(is_held(f.data + at, LENGTH, 1));
        assert_int_equal(is_held(f.data + at, LENGTH, 4), at % 4 == 0);
    }
}

static void a_segment_shorter_than_the_bytes_holds_none(void **state)
{
    uint8_t bytes[256] = {0};
    (void)state;
    build();
    f.image.segments[0].size = 255;
    f.image.segments[1].size = 0;
    assert_false(is_held(bytes, sizeof(bytes), 1));
    f.image.segment_count = 0;
    assert_false(is_held(bytes, 1, 1));
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_boot_without_the_mark_is_not_ours),
        TEST(the_mark_is_found_at_every_word),
        TEST(it_may_be_in_any_segment),
        TEST(off_the_words_it_is_no_mark),
        TEST(another_contract_is_not_ours),
        TEST(segments_are_not_joined),
        TEST(only_the_image_is_searched),
        TEST(a_source_that_cannot_be_read_is_not_ours),
        TEST(bytes_are_searched_by_steps),
        TEST(the_longest_are_found_too),
        TEST(a_segment_shorter_than_the_bytes_holds_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
