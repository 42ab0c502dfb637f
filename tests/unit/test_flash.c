/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "nor_flash.h"
#include <string.h>

enum { SIZE = 4 * OTA_SECTOR_SIZE, SECTOR = OTA_SECTOR_SIZE };

static struct nor_flash nor;
static uint32_t words[SECTOR / 4];

static int set_up(void **state)
{
    (void)state;
    nor_flash_init(&nor, SIZE);
    for (uint32_t i = 0; i < SIZE; i++)
        nor.data[i] = (uint8_t)(i * 7 + i / 256);
    memset(words, 0, sizeof(words));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    nor_flash_release(&nor);
    return 0;
}

/* What each of the three says of a place. */
static void expect_refused(uint32_t offset, void *data, uint32_t size)
{
    struct ota_error err;
    assert_false(ota_flash_read(&nor.flash, offset, data, size, &err));
    assert_int_equal(err.code, OTA_E_FLASH_READ);
    assert_int_equal(err.offset, offset);
    assert_false(ota_flash_write(&nor.flash, offset, data, size, &err));
    assert_int_equal(err.code, OTA_E_FLASH_WRITE);
    assert_int_equal(err.offset, offset);
    assert_int_equal(nor.operations + nor.reads, 0);
}

static void nothing_outside_reaches_the_chip(void **state)
{
    (void)state;
    expect_refused(SIZE, words, 4);
    expect_refused(SIZE - 4, words, 8);
    expect_refused(SIZE + 4, words, 0);
    expect_refused(0, words, SIZE + 4);
    expect_refused(4, words, 0xfffffffc);
    expect_refused(0xfffffffc, words, 4);
    expect_refused(0xfffffffc, words, 8);
}

static void nothing_unaligned_reaches_the_chip(void **state)
{
    (void)state;
    for (uint32_t i = 1; i < 4; i++) {
        expect_refused(i, words, 4);
        expect_refused(0, words, i);
        expect_refused(0, (uint8_t *)words + i, 4);
    }
}

static void the_last_word_is_inside(void **state)
{
    (void)state;
    struct ota_error err;
    assert_true(ota_flash_read(&nor.flash, SIZE - 4, words, 4, &err));
    assert_memory_equal(words, nor.data + SIZE - 4, 4);
    words[0] = 0;
    assert_true(ota_flash_write(&nor.flash, SIZE - 4, words, 4, &err));
    assert_memory_equal(words, nor.data + SIZE - 4, 4);
    assert_true(ota_flash_erase(&nor.flash, SIZE - SECTOR, &err));
    assert_int_equal(nor.data[SIZE - 1], 0xff);
}

static void only_whole_sectors_are_erased(void **state)
{
    (void)state;
    static const uint32_t wrong[] = {4, SECTOR - 4, SECTOR + 1, SIZE,
                                     0xfffff000};
    struct ota_error err;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        assert_false(ota_flash_erase(&nor.flash, wrong[i], &err));
        assert_int_equal(err.code, OTA_E_FLASH_ERASE);
        assert_int_equal(err.offset, wrong[i]);
    }
    assert_int_equal(nor.operations, 0);
}

/* --- as a source -------------------------------------------------------- */

static void a_source_reads_any_bytes(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 1, 2, 3, 4, 5, 255, 256, 257, 1001};
    struct ota_source source = ota_flash_source(&nor.flash);
    struct ota_error err;
    uint8_t bytes[1001];
    assert_int_equal(source.size, SIZE);
    for (uint32_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
        for (uint32_t from = 0; from < 9; from++) {
            uint32_t end = SIZE - from - sizes[i];
            assert_true(ota_source_read(&source, from, bytes, sizes[i], &err));
            assert_memory_equal(bytes, nor.data + from, sizes[i]);
            assert_true(ota_source_read(&source, end, bytes, sizes[i], &err));
            assert_memory_equal(bytes, nor.data + end, sizes[i]);
        }
}

static void a_source_ends_with_the_chip(void **state)
{
    (void)state;
    struct ota_source source = ota_flash_source(&nor.flash);
    struct ota_error err;
    uint8_t bytes[8];
    assert_false(ota_source_read(&source, SIZE - 7, bytes, 8, &err));
    assert_int_equal(err.code, OTA_E_TRUNCATED);
    assert_false(ota_source_read(&source, 0xffffffff, bytes, 8, &err));
    nor.is_off = true;
    assert_false(ota_source_read(&source, 0, bytes, 8, &err));
    assert_int_equal(err.code, OTA_E_FLASH_READ);
}

/* --- what the chip did not do ------------------------------------------- */

static void a_bit_that_cannot_be_set_is_noticed(void **state)
{
    (void)state;
    struct ota_error err;
    nor.data[0x100] = 0xff;
    nor.data[0x17b] = 0;
    memset(words, 0xff, sizeof(words));
    assert_false(ota_flash_write(&nor.flash, 0x17b / 4 * 4, words, 4, &err));
    assert_int_equal(err.code, OTA_E_FLASH_READBACK);
}

static void the_first_byte_that_differs_is_told(void **state)
{
    (void)state;
    struct ota_error err;
    memset(nor.data, 0xff, SECTOR);
    nor.data[1000] = 0x7f;
    memset(words, 0xf0, sizeof(words));
    assert_false(ota_flash_write(&nor.flash, 0, words, SECTOR, &err));
    assert_int_equal(err.code, OTA_E_FLASH_READBACK);
    assert_int_equal(err.offset, 1000);
}

static void silent_faults_are_noticed(void **state)
{
    (void)state;
    struct ota_error err;
    nor.silent_at = 1;
    assert_false(ota_flash_write(&nor.flash, 0x40, words, 64, &err));
    assert_int_equal(err.code, OTA_E_FLASH_READBACK);
    nor_flash_power_on(&nor);
    nor.silent_at = 1;
    assert_false(ota_flash_erase(&nor.flash, SECTOR, &err));
    assert_int_equal(err.code, OTA_E_FLASH_READBACK);
    nor_flash_power_on(&nor);
    nor.data[2 * SECTOR] = 0;
    nor.worn_sector = 3;
    assert_false(ota_flash_erase(&nor.flash, 2 * SECTOR, &err));
    assert_int_equal(err.code, OTA_E_FLASH_READBACK);
    assert_int_equal(err.offset, 2 * SECTOR);
}

static void what_the_chip_says_is_passed_on(void **state)
{
    (void)state;
    struct ota_error err;
    nor.failing_at = 1;
    assert_false(ota_flash_write(&nor.flash, 0, words, 4, &err));
    assert_int_equal(err.code, OTA_E_FLASH_WRITE);
    nor_flash_power_on(&nor);
    nor.failing_at = 1;
    assert_false(ota_flash_erase(&nor.flash, 0, &err));
    assert_int_equal(err.code, OTA_E_FLASH_ERASE);
    assert_int_equal(nor.operations, 1);
}

/* --- a sector as wanted ------------------------------------------------- */

static void put(uint32_t writes, uint32_t erases)
{
    struct ota_error err;
    uint32_t counted = 7;
    nor_flash_power_on(&nor);
    assert_true(
        ota_flash_put_sector(&nor.flash, SECTOR, words, &counted, &err));
    assert_memory_equal(nor.data + SECTOR, words, SECTOR);
    assert_int_equal(nor.writes, writes);
    assert_int_equal(nor.erases, erases);
    assert_int_equal(counted, 7 + erases);
}

static void only_a_sector_that_differs_is_written(void **state)
{
    (void)state;
    put(1, 1);
    put(0, 0);
    words[SECTOR / 4 - 1] ^= 0x80000000;
    put(1, 1);
    words[0] ^= 1;
    put(1, 1);
    put(0, 0);
    assert_int_equal(nor.wear[1], 3);
}

/* An erase that was cut off may read as one that was not. */
static void a_sector_that_reads_as_erased_is_erased(void **state)
{
    (void)state;
    memset(nor.data + SECTOR, 0xff, SECTOR);
    put(1, 1);
}

static void what_is_there_is_compared(void **state)
{
    struct ota_error err;
    bool is_same;
    (void)state;
    memset(nor.data + SECTOR, 0xff, SECTOR);
    assert_true(
        ota_flash_compare(&nor.flash, SECTOR, NULL, SECTOR, &is_same, &err));
    assert_true(is_same);
    nor.data[2 * SECTOR - 1] = 0xfe;
    assert_true(
        ota_flash_compare(&nor.flash, SECTOR, NULL, SECTOR, &is_same, &err));
    assert_false(is_same);
    assert_true(ota_flash_compare(&nor.flash, SECTOR, nor.data + SECTOR, SECTOR,
                                  &is_same, &err));
    assert_true(is_same);
    assert_false(
        ota_flash_compare(&nor.flash, SIZE, NULL, SECTOR, &is_same, &err));
    assert_int_equal(err.code, OTA_E_FLASH_READ);
}

static void a_put_leaves_its_neighbours(void **state)
{
    (void)state;
    uint8_t before[SIZE];
    memcpy(before, nor.data, SIZE);
    put(1, 1);
    assert_memory_equal(nor.data, before, SECTOR);
    assert_memory_equal(nor.data + 2 * SECTOR, before + 2 * SECTOR, 2 * SECTOR);
}

static void a_put_that_fails_says_so(void **state)
{
    (void)state;
    struct ota_error err;
    memset(words, 0xff, sizeof(words));
    words[0] = 1;
    for (uint32_t operation = 1; operation <= 2; operation++) {
        nor_flash_power_on(&nor);
        memset(nor.data + SECTOR, 0x55, SECTOR);
        nor.silent_at = operation;
        assert_false(
            ota_flash_put_sector(&nor.flash, SECTOR, words, NULL, &err));
        assert_int_equal(err.code, OTA_E_FLASH_READBACK);
        assert_int_equal(nor.operations, operation);
    }
    nor_flash_power_on(&nor);
    assert_true(ota_flash_put_sector(&nor.flash, SECTOR, words, NULL, &err));
}

static void a_put_outside_does_nothing(void **state)
{
    (void)state;
    struct ota_error err;
    assert_false(ota_flash_put_sector(&nor.flash, SIZE, words, NULL, &err));
    assert_false(ota_flash_put_sector(&nor.flash, 16, words, NULL, &err));
    assert_false(
        ota_flash_put_sector(&nor.flash, 0xfffff000, words, NULL, &err));
    assert_int_equal(nor.operations, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_outside_reaches_the_chip),
        TEST(nothing_unaligned_reaches_the_chip),
        TEST(the_last_word_is_inside),
        TEST(only_whole_sectors_are_erased),
        TEST(a_source_reads_any_bytes),
        TEST(a_source_ends_with_the_chip),
        TEST(a_bit_that_cannot_be_set_is_noticed),
        TEST(the_first_byte_that_differs_is_told),
        TEST(silent_faults_are_noticed),
        TEST(what_the_chip_says_is_passed_on),
        TEST(only_a_sector_that_differs_is_written),
        TEST(a_sector_that_reads_as_erased_is_erased),
        TEST(what_is_there_is_compared),
        TEST(a_put_leaves_its_neighbours),
        TEST(a_put_that_fails_says_so),
        TEST(a_put_outside_does_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
