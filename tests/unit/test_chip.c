/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/chip.h"
#include <string.h>

enum { SIZE = 0x10000, SECTOR = OTA_SECTOR_SIZE };

static struct ota_chip chip;

static int set_up(void **state)
{
    (void)state;
    assert_true(ota_chip_init(&chip, SIZE, NULL));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ota_chip_release(&chip);
    return 0;
}

static bool write_word(uint32_t offset, uint32_t word)
{
    return chip.flash.write(&chip, offset, &word, sizeof(word), NULL);
}

static uint32_t read_word(uint32_t offset)
{
    uint32_t word;
    assert_true(chip.flash.read(&chip, offset, &word, sizeof(word), NULL));
    return word;
}

static bool erase(uint32_t offset)
{
    return chip.flash.erase(&chip, offset, NULL);
}

static void write_clears_and_erase_sets(void **state)
{
    (void)state;
    assert_int_equal(read_word(8), 0xffffffff);
    assert_true(write_word(8, 0x0fffffff));
    assert_true(write_word(8, 0xfffffff0));
    assert_int_equal(read_word(8), 0x0ffffff0);
    assert_true(erase(0));
    assert_int_equal(read_word(8), 0xffffffff);
    assert_int_equal(chip.wear[0], 1);
    assert_int_equal(chip.at.counts.erases, 1);
    assert_int_equal(chip.at.counts.programs, 2);
    assert_int_equal(chip.at.counts.operations, 3);
}

static void what_no_chip_does_is_refused(void **state)
{
    uint32_t words[2] = {0};
    (void)state;
    assert_false(write_word(SIZE, 0));
    assert_false(write_word(SIZE - 2, 0));
    assert_false(erase(4));
    assert_false(erase(SIZE));
    assert_false(chip.flash.read(&chip, SIZE - 4, words, 8, NULL));
    assert_false(chip.flash.read(&chip, 0, (uint8_t *)words + 1, 4, NULL));
}

static void a_write_is_one_operation_for_each_page(void **state)
{
    uint32_t words[0x300 / 4] = {0};
    (void)state;
    assert_true(chip.flash.write(&chip, 0x80, words, sizeof(words), NULL));
    assert_int_equal(chip.at.counts.operations, 4);
    chip.granule = SECTOR;
    ota_chip_power_on(&chip);
    assert_true(chip.flash.write(&chip, 0x80, words, sizeof(words), NULL));
    assert_int_equal(chip.at.counts.operations, 1);
}

static void rolling_back_undoes_everything(void **state)
{
    (void)state;
    assert_true(write_word(0x1000, 0x12345678));
    uint64_t digest = ota_chip_digest(&chip);
    struct ota_chip_mark mark = ota_chip_mark(&chip);
    assert_true(erase(0x1000));
    assert_true(write_word(0x1000, 1));
    assert_true(write_word(0x5000, 2));
    assert_true(ota_chip_digest(&chip) != digest);
    ota_chip_rollback(&chip, &mark);
    assert_true(ota_chip_digest(&chip) == digest);
    assert_int_equal(read_word(0x1000), 0x12345678);
    assert_int_equal(read_word(0x5000), 0xffffffff);
    assert_int_equal(chip.wear[1], 0);
    assert_int_equal(chip.at.counts.erases, 0);
}

static void equal_contents_have_equal_digests(void **state)
{
    struct ota_chip other;
    uint32_t word = 77;
    (void)state;
    assert_true(ota_chip_init(&other, SIZE, NULL));
    assert_true(write_word(0x2000, word));
    ota_chip_put(&other, 0x2000, &word, sizeof(word));
    assert_true(ota_chip_digest(&chip) == ota_chip_digest(&other));
    assert_true(erase(0x2000));
    assert_true(ota_chip_digest(&chip) != ota_chip_digest(&other));
    ota_chip_release(&other);
}

/* --- tears -------------------------------------------------------------- */

static void every_tear_of_a_program_keeps_to_nor(void **state)
{
    (void)state;
    uint8_t before[OTA_CHIP_PAGE];
    uint8_t data[OTA_CHIP_PAGE];
    for (uint32_t i = 0; i < OTA_CHIP_PAGE; i++) {
        before[i] = (uint8_t)(i | 0xf0);
        data[i] = (uint8_t)(i * 7);
    }
    ota_chip_put(&chip, 0, before, sizeof(before));
    const struct ota_chip_operation operation = {OTA_CHIP_PROGRAM, 0,
                                                 OTA_CHIP_PAGE, data};
    for (int tear = 0; tear < OTA_CHIP_TEARS; tear++)
        for (uint64_t seed = 0; seed < 20; seed++) {
            struct ota_chip_mark mark = ota_chip_mark(&chip);
            ota_chip_tear(&chip, &operation, (enum ota_chip_tear)tear, seed);
            for (uint32_t i = 0; i < OTA_CHIP_PAGE; i++) {
                assert_int_equal(chip.data[i] & ~before[i], 0);
                assert_int_equal(before[i] & data[i] & ~chip.data[i], 0);
            }
            ota_chip_rollback(&chip, &mark);
            assert_memory_equal(chip.data, before, sizeof(before));
        }
}

static void a_seed_tears_alike(void **state)
{
    uint8_t first[SECTOR];
    const struct ota_chip_operation operation = {OTA_CHIP_ERASE, 0, SECTOR,
                                                 NULL};
    (void)state;
    memset(first, 0, sizeof(first));
    ota_chip_put(&chip, 0, first, sizeof(first));
    struct ota_chip_mark mark = ota_chip_mark(&chip);
    ota_chip_tear(&chip, &operation, OTA_CHIP_TEAR_SCATTERED, 5);
    memcpy(first, chip.data, SECTOR);
    ota_chip_rollback(&chip, &mark);
    ota_chip_tear(&chip, &operation, OTA_CHIP_TEAR_SCATTERED, 5);
    assert_memory_equal(chip.data, first, SECTOR);
    ota_chip_rollback(&chip, &mark);
    ota_chip_tear(&chip, &operation, OTA_CHIP_TEAR_SCATTERED, 6);
    assert_memory_not_equal(chip.data, first, SECTOR);
}

static void weak_bits_fall_back_at_the_start_after_the_next(void **state)
{
    uint32_t old = 0x0000ffff;
    const struct ota_chip_operation operation = {OTA_CHIP_ERASE, 0x3000, SECTOR,
                                                 NULL};
    (void)state;
    ota_chip_put(&chip, 0x3000, &old, sizeof(old));
    struct ota_chip_mark mark = ota_chip_mark(&chip);
    ota_chip_tear(&chip, &operation, OTA_CHIP_TEAR_WEAK, 1);
    ota_chip_power_on(&chip);
    assert_int_equal(read_word(0x3000), 0xffffffff);
    assert_true(write_word(0x3000, 0xffff0000));
    ota_chip_power_on(&chip);
    assert_int_equal(read_word(0x3000), 0);
    ota_chip_power_on(&chip);
    assert_int_equal(read_word(0x3000), 0);
    ota_chip_rollback(&chip, &mark);
    ota_chip_tear(&chip, &operation, OTA_CHIP_TEAR_WEAK, 1);
    ota_chip_power_on(&chip);
    assert_true(erase(0x3000));
    ota_chip_power_on(&chip);
    assert_int_equal(read_word(0x3000), 0xffffffff);
}

/* --- faults ------------------------------------------------------------- */

static enum ota_chip_fate fate;

static enum ota_chip_fate decide(void *context, struct ota_chip *watched,
                                 const struct ota_chip_operation *operation)
{
    (void)context, (void)watched, (void)operation;
    return fate;
}

static void the_watcher_decides(void **state)
{
    (void)state;
    chip.watch = decide;
    fate = OTA_CHIP_FAILED;
    assert_false(write_word(0, 0));
    fate = OTA_CHIP_SILENT;
    assert_true(write_word(0, 0));
    assert_int_equal(read_word(0), 0xffffffff);
    fate = OTA_CHIP_OFF;
    uint32_t word;
    assert_false(write_word(0, 0));
    fate = OTA_CHIP_DONE;
    assert_false(write_word(0, 0));
    assert_false(chip.flash.read(&chip, 0, &word, 4, NULL));
    ota_chip_power_on(&chip);
    assert_true(write_word(0, 0));
}

static void an_unreadable_sector_recovers_at_power_on(void **state)
{
    uint32_t words[2];
    (void)state;
    ota_chip_make_unreadable(&chip, 0x2000);
    assert_false(chip.flash.read(&chip, 0x2ffc, words, 4, NULL));
    assert_false(chip.flash.read(&chip, 0x1ffc, words, 8, NULL));
    assert_true(chip.flash.read(&chip, 0x1ffc, words, 4, NULL));
    assert_true(chip.flash.read(&chip, 0x3000, words, 4, NULL));
    ota_chip_power_on(&chip);
    assert_true(chip.flash.read(&chip, 0x2000, words, 4, NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(write_clears_and_erase_sets),
        TEST(what_no_chip_does_is_refused),
        TEST(a_write_is_one_operation_for_each_page),
        TEST(rolling_back_undoes_everything),
        TEST(equal_contents_have_equal_digests),
        TEST(every_tear_of_a_program_keeps_to_nor),
        TEST(a_seed_tears_alike),
        TEST(weak_bits_fall_back_at_the_start_after_the_next),
        TEST(the_watcher_decides),
        TEST(an_unreadable_sector_recovers_at_power_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
