/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/partition_table.h"
#include <string.h>

/* A table of count data partitions of one sector each. */
static void fill(struct ota_partition_table *table, uint16_t count)
{
    memset(table, 0, sizeof(*table));
    table->count = count;
    for (uint32_t i = 0; i < count; i++)
        table->entries[i] = (struct ota_partition){
            .type = OTA_PARTITION_DATA,
            .subtype = 6,
            .offset = 0x9000 + i * 0x1000,
            .size = 0x1000,
            .name = {'p', (char)('0' + i / 10), (char)('0' + i % 10)},
        };
}

static void build(uint16_t count, uint8_t out[OTA_PARTITION_TABLE_SIZE])
{
    struct ota_partition_table table;
    struct ota_error err;
    fill(&table, count);
    assert_true(ota_partition_table_build(&table, NULL, out, &err));
}

static bool parse(struct ota_partition_table *table, const uint8_t *data,
                  size_t size, struct ota_error *err)
{
    struct ota_source source = ota_source_memory(data, size);
    return ota_partition_table_parse(table, &source, 0, err);
}

static void what_was_built_is_parsed(void **state)
{
    (void)state;
    static const uint16_t counts[] = {0, 1, 5, 94, 95};
    uint8_t bytes[OTA_PARTITION_TABLE_SIZE];
    struct ota_partition_table table;
    struct ota_partition_table parsed;
    struct ota_error err;
    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        build(counts[i], bytes);
        fill(&table, counts[i]);
        assert_true(parse(&parsed, bytes, sizeof(bytes), &err));
        assert_memory_equal(&parsed, &table, sizeof(table));
    }
}

static void an_entry_lies_as_the_bootloader_reads_it(void **state)
{
    (void)state;
    static const uint8_t row[] =
        "\xaa\x50\x00\x11\x00\x00\x11\x00\x00\xc0\x0e\x00"
        "ota_1\0\0\0\0\0\0\0\0\0\0\0\x01\0\0";
    struct ota_partition_table table = {
        .count = 1,
        .entries = {{0, 0x11, 0x110000, 0xec000, "ota_1", 1}},
    };
    uint8_t bytes[OTA_PARTITION_TABLE_SIZE];
    struct ota_error err;
    assert_true(ota_partition_table_build(&table, NULL, bytes, &err));
    assert_memory_equal(bytes, row, OTA_PARTITION_ENTRY_SIZE);
    assert_int_equal(bytes[OTA_PARTITION_ENTRY_SIZE], 0xff);
}

static void more_partitions_than_fit_are_refused(void **state)
{
    (void)state;
    static const uint8_t md5[16];
    uint8_t bytes[OTA_PARTITION_TABLE_SIZE];
    struct ota_partition_table table;
    struct ota_error err;
    fill(&table, 95);
    assert_false(ota_partition_table_build(&table, md5, bytes, &err));
    assert_int_equal(err.code, OTA_E_TABLE_FULL);
    assert_int_equal(err.expected, 94);
    table.count = 96;
    assert_false(ota_partition_table_build(&table, NULL, bytes, &err));
    assert_int_equal(err.code, OTA_E_TABLE_FULL);
}

static void ninety_six_entries_leave_no_room_for_the_end(void **state)
{
    (void)state;
    uint8_t bytes[OTA_PARTITION_TABLE_SIZE];
    struct ota_partition_table table;
    struct ota_error err;
    build(95, bytes);
    memcpy(bytes + sizeof(bytes) - OTA_PARTITION_ENTRY_SIZE, bytes,
           OTA_PARTITION_ENTRY_SIZE);
    assert_false(parse(&table, bytes, sizeof(bytes), &err));
    assert_int_equal(err.code, OTA_E_TABLE_FULL);
    assert_int_equal(err.offset, 95 * OTA_PARTITION_ENTRY_SIZE);
}

static void a_table_without_an_end_mark_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[OTA_PARTITION_TABLE_SIZE];
    struct ota_partition_table table;
    struct ota_error err;
    build(5, bytes);
    assert_false(
        parse(&table, bytes, (size_t)5 * OTA_PARTITION_ENTRY_SIZE, &err));
    assert_int_equal(err.code, OTA_E_TABLE_END);
}

static void every_prefix_without_the_end_mark_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[OTA_PARTITION_TABLE_SIZE];
    struct ota_partition_table table;
    struct ota_error err;
    build(5, bytes);
    for (size_t size = 0; size < 6 * OTA_PARTITION_ENTRY_SIZE; size++)
        assert_false(parse(&table, bytes, size, &err));
    assert_true(
        parse(&table, bytes, (size_t)6 * OTA_PARTITION_ENTRY_SIZE, &err));
}

static void a_flipped_bit_shows_or_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[OTA_PARTITION_TABLE_SIZE];
    struct ota_partition_table before;
    struct ota_partition_table after;
    struct ota_error err;
    build(5, bytes);
    for (int i = 0; i < 5; i++) /* full names: every byte of a row counts */
        memset(bytes + 32 * i + 12, 'x', OTA_PARTITION_NAME_SIZE);
    assert_true(parse(&before, bytes, sizeof(bytes), &err));
    for (size_t bit = 0; bit < 6 * OTA_PARTITION_ENTRY_SIZE * (size_t)8;
         bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        if (parse(&after, bytes, sizeof(bytes), &err))
            assert_memory_not_equal(&before, &after, sizeof(before));
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void the_md5_row_is_kept_and_entries_may_follow_it(void **state)
{
    (void)state;
    uint8_t bytes[OTA_PARTITION_TABLE_SIZE];
    uint8_t row[OTA_PARTITION_ENTRY_SIZE];
    uint8_t md5[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
    struct ota_partition_table table;
    struct ota_error err;
    build(2, bytes);
    memcpy(row, bytes, sizeof(row));
    fill(&table, 2);
    assert_true(ota_partition_table_build(&table, md5, bytes, &err));
    memcpy(bytes + 3 * sizeof(row), row, sizeof(row));
    assert_true(parse(&table, bytes, sizeof(bytes), &err));
    assert_int_equal(table.count, 3);
    assert_true(table.has_md5);
    assert_int_equal(table.md5_covers, 64);
    assert_memory_equal(table.md5, md5, sizeof(md5));
}

static void an_erased_place_is_a_table_without_entries(void **state)
{
    (void)state;
    uint8_t bytes[OTA_PARTITION_TABLE_SIZE];
    struct ota_partition_table table;
    struct ota_error err;
    memset(bytes, 0xff, sizeof(bytes));
    assert_true(parse(&table, bytes, sizeof(bytes), &err));
    assert_int_equal(table.count, 0);
}

static void an_offset_outside_the_source_is_refused(void **state)
{
    (void)state;
    static const uint32_t offsets[] = {0xc00, 0xc01, 0x7fffffff, 0xffffffff,
                                       0xfffffff0};
    uint8_t bytes[OTA_PARTITION_TABLE_SIZE];
    struct ota_partition_table table;
    struct ota_error err;
    build(1, bytes);
    struct ota_source source = ota_source_memory(bytes, sizeof(bytes));
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
        assert_false(
            ota_partition_table_parse(&table, &source, offsets[i], &err));
}

static void a_partition_is_found_by_its_kind(void **state)
{
    (void)state;
    struct ota_partition_table table;
    fill(&table, 3);
    assert_ptr_equal(ota_partition_table_find(&table, 1, 6), &table.entries[0]);
    assert_null(ota_partition_table_find(&table, 0, 6));
    assert_null(ota_partition_table_find(&table, 1, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_built_is_parsed),
        cmocka_unit_test(an_entry_lies_as_the_bootloader_reads_it),
        cmocka_unit_test(more_partitions_than_fit_are_refused),
        cmocka_unit_test(ninety_six_entries_leave_no_room_for_the_end),
        cmocka_unit_test(a_table_without_an_end_mark_is_refused),
        cmocka_unit_test(every_prefix_without_the_end_mark_is_refused),
        cmocka_unit_test(a_flipped_bit_shows_or_is_refused),
        cmocka_unit_test(the_md5_row_is_kept_and_entries_may_follow_it),
        cmocka_unit_test(an_erased_place_is_a_table_without_entries),
        cmocka_unit_test(an_offset_outside_the_source_is_refused),
        cmocka_unit_test(a_partition_is_found_by_its_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
