/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/crc32.h"
#include "otatool/otadata.h"
#include <string.h>

/* A copy: its sequence and whether its check is right. */
struct copy {
    uint32_t sequence;
    enum { ERASED, RIGHT, WRONG } check;
};
#define BLANK                                                                  \
    {                                                                          \
        0xffffffffu, ERASED                                                    \
    }
#define GOOD(sequence_)                                                        \
    {                                                                          \
        (sequence_), RIGHT                                                     \
    }
#define BAD(sequence_)                                                         \
    {                                                                          \
        (sequence_), WRONG                                                     \
    }

/* What esp_ota_ops.c reads (GET: slot) and writes (SET: copy, sequence). */
static const struct {
    enum { GET, SET } what;
    struct copy a;
    struct copy b;
    uint32_t slots;
    uint32_t slot;
    int written;
    uint32_t sequence;
} cases[] = {
    /* get_empty */ {GET, BLANK, BLANK, 2, 0, 0, 0},
    /* set_empty_11 */ {SET, BLANK, BLANK, 2, 1, 0, 2},
    /* get_a1 */ {GET, GOOD(1), BLANK, 2, 0, 0, 0},
    /* get_a2 */ {GET, GOOD(2), BLANK, 2, 1, 0, 0},
    /* get_b1 */ {GET, BLANK, GOOD(1), 2, 0, 0, 0},
    /* set_b1_10 */ {SET, BLANK, GOOD(1), 2, 0, 0, 1},
    /* set_b1_11 */ {SET, BLANK, GOOD(1), 2, 1, 0, 2},
    /* set_b2_11 */ {SET, BLANK, GOOD(2), 2, 1, 0, 2},
    /* get_a1b2 */ {GET, GOOD(1), GOOD(2), 2, 1, 0, 0},
    /* set_a1b2_11 */ {SET, GOOD(1), GOOD(2), 2, 1, 0, 2},
    /* get_a3b2 */ {GET, GOOD(3), GOOD(2), 2, 0, 0, 0},
    /* set_a3b2_10 */ {SET, GOOD(3), GOOD(2), 2, 0, 1, 3},
    /* get_a5b6 */ {GET, GOOD(5), GOOD(6), 2, 1, 0, 0},
    /* set_a5b6_10 */ {SET, GOOD(5), GOOD(6), 2, 0, 0, 7},
    /* get_a7b7 */ {GET, GOOD(7), GOOD(7), 2, 0, 0, 0},
    /* set_a7b7_11 */ {SET, GOOD(7), GOOD(7), 2, 1, 1, 8},
    /* get_a1bad */ {GET, BAD(1), BLANK, 2, 0, 0, 0},
    /* set_a1bad_10 */ {SET, BAD(1), BLANK, 2, 0, 0, 1},
    /* set_a1bad_11 */ {SET, BAD(1), BLANK, 2, 1, 0, 2},
    /* get_badbad */ {GET, BAD(1), BAD(2), 2, 0, 0, 0},
    /* set_badbad_10 */ {SET, BAD(1), BAD(2), 2, 0, 0, 1},
    /* set_badbad_11 */ {SET, BAD(1), BAD(2), 2, 1, 0, 2},
    /* get_a1b2bad */ {GET, GOOD(1), BAD(2), 2, 0, 0, 0},
    /* set_a1b2bad_11 */ {SET, GOOD(1), BAD(2), 2, 1, 1, 2},
    /* set_a1badb2_11 */ {SET, BAD(1), GOOD(2), 2, 1, 0, 2},
    /* get_a0 */ {GET, GOOD(0), BLANK, 2, 1, 0, 0},
    /* set_a0_10 */ {SET, GOOD(0), BLANK, 2, 0, 1, 1},
    /* get_ab0 */ {GET, GOOD(0), GOOD(0), 2, 1, 0, 0},
    /* set_ab0_11 */ {SET, GOOD(0), GOOD(0), 2, 1, 1, 0},
    /* get_affff */ {GET, GOOD(0xffffffffu), BLANK, 2, 0, 0, 0},
    /* set_affff_10 */ {SET, GOOD(0xffffffffu), BLANK, 2, 0, 0, 1},
    /* get_a80000001 */ {GET, GOOD(0x80000001u), GOOD(1), 2, 0, 0, 0},
    /* get_zeros */ {GET, BAD(0), BAD(0), 2, 0, 0, 0},
    /* set_zeros_11 */ {SET, BAD(0), BAD(0), 2, 1, 0, 2},
    /* set3_empty_10 */ {SET, BLANK, BLANK, 3, 0, 0, 1},
    /* set3_empty_11 */ {SET, BLANK, BLANK, 3, 1, 0, 2},
    /* set3_empty_12 */ {SET, BLANK, BLANK, 3, 2, 0, 3},
    /* get3_a1 */ {GET, GOOD(1), BLANK, 3, 0, 0, 0},
    /* set3_a1b2_10 */ {SET, GOOD(1), GOOD(2), 3, 0, 0, 4},
    /* get3_a1b2 */ {GET, GOOD(1), GOOD(2), 3, 1, 0, 0},
    /* set3_a3b2_10 */ {SET, GOOD(3), GOOD(2), 3, 0, 1, 4},
    /* set3_a3b2_11 */ {SET, GOOD(3), GOOD(2), 3, 1, 1, 5},
    /* set3_a3b2_12 */ {SET, GOOD(3), GOOD(2), 3, 2, 1, 3},
    /* get3_a3b2 */ {GET, GOOD(3), GOOD(2), 3, 2, 0, 0},
    /* set3_a5b6_10 */ {SET, GOOD(5), GOOD(6), 3, 0, 0, 7},
    /* set3_b2_10 */ {SET, BLANK, GOOD(2), 3, 0, 0, 4},
    /* set3_b2_11 */ {SET, BLANK, GOOD(2), 3, 1, 0, 2},
    /* set3_b2_12 */ {SET, BLANK, GOOD(2), 3, 2, 0, 3},
    /* get3_b2 */ {GET, BLANK, GOOD(2), 3, 1, 0, 0},
};

enum { SIZE = OTA_OTADATA_SIZE, LABEL_BYTE = 0xa5 };

static void put(uint8_t *bytes, struct copy copy)
{
    uint32_t crc = ota_crc32_sequence(copy.sequence);
    if (copy.check == ERASED)
        return;
    if (copy.check == WRONG)
        crc ^= 1;
    memset(bytes + 4, LABEL_BYTE, OTA_OTADATA_LABEL_SIZE);
    for (int i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(copy.sequence >> 8 * i);
        bytes[28 + i] = (uint8_t)(crc >> 8 * i);
    }
}

static void make(uint8_t bytes[SIZE], struct copy a, struct copy b)
{
    memset(bytes, 0xff, SIZE);
    put(bytes, a);
    put(bytes + OTA_OTADATA_COPY_STRIDE, b);
}

static struct ota_otadata read_otadata(const uint8_t *bytes)
{
    struct ota_otadata otadata;
    struct ota_error err;
    struct ota_source source = ota_source_memory(bytes, SIZE);
    assert_true(ota_otadata_parse(&otadata, &source, 0, &err));
    return otadata;
}

/* The SDK's application has no place for "factory or the first". */
static uint32_t started(const struct ota_otadata *otadata, uint32_t slots)
{
    uint32_t slot = 0;
    ota_otadata_choose(otadata, slots, false, &slot);
    return slot;
}

static void it_reads_and_switches_as_the_sdk_does(void **state)
{
    (void)state;
    uint8_t bytes[SIZE];
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    struct ota_error err;
    int copy;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        make(bytes, cases[i].a, cases[i].b);
        struct ota_otadata otadata = read_otadata(bytes);
        if (cases[i].what == GET) {
            assert_int_equal(started(&otadata, cases[i].slots), cases[i].slot);
            continue;
        }
        assert_true(ota_otadata_switch(&otadata, cases[i].slot, cases[i].slots,
                                       OTA_OTADATA_UNDEFINED, &copy, entry,
                                       &err));
        assert_int_equal(copy, cases[i].written);
        assert_memory_equal(entry + 4,
                            bytes + (size_t)copy * OTA_OTADATA_COPY_STRIDE + 4,
                            OTA_OTADATA_LABEL_SIZE);
        memcpy(bytes + (size_t)copy * OTA_OTADATA_COPY_STRIDE, entry,
               sizeof(entry));
        otadata = read_otadata(bytes);
        assert_int_equal(otadata.copies[copy].sequence, cases[i].sequence);
        assert_true(otadata.copies[copy].is_valid);
    }
}

static void a_switch_starts_the_slot_whatever_was_before(void **state)
{
    (void)state;
    static const struct copy before[] = {
        BLANK, GOOD(0), GOOD(1), GOOD(2), GOOD(7), BAD(3), GOOD(0x80000000u)};
    enum { COUNT = sizeof(before) / sizeof(before[0]) };
    uint8_t bytes[SIZE];
    struct ota_error err;
    for (uint32_t i = 0; i < COUNT * COUNT * 16; i++) {
        uint32_t slots = i % 16 + 1;
        make(bytes, before[i / 16 % COUNT], before[i / 16 / COUNT]);
        for (uint32_t slot = 0; slot < slots; slot++) {
            struct ota_otadata otadata = read_otadata(bytes);
            int copy;
            uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
            assert_true(ota_otadata_switch(&otadata, slot, slots,
                                           OTA_OTADATA_UNDEFINED, &copy, entry,
                                           &err));
            memcpy(bytes + (size_t)copy * OTA_OTADATA_COPY_STRIDE, entry,
                   sizeof(entry));
            otadata = read_otadata(bytes);
            assert_int_equal(started(&otadata, slots), slot);
        }
    }
}

static void a_slot_that_is_not_there_is_refused(void **state)
{
    (void)state;
    struct ota_otadata otadata = {0};
    struct ota_error err;
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    int copy;
    assert_false(ota_otadata_switch(&otadata, 2, 2, OTA_OTADATA_UNDEFINED,
                                    &copy, entry, &err));
    assert_int_equal(err.code, OTA_E_OTADATA_SLOT);
    assert_false(ota_otadata_switch(&otadata, 0, 0, OTA_OTADATA_UNDEFINED,
                                    &copy, entry, &err));
}

static void a_used_up_sequence_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[SIZE];
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    struct ota_error err;
    int copy;
    make(bytes, (struct copy)GOOD(0xfffffffeu), (struct copy)BLANK);
    struct ota_otadata otadata = read_otadata(bytes);
    assert_int_equal(started(&otadata, 2), 1);
    assert_false(ota_otadata_switch(&otadata, 0, 2, OTA_OTADATA_UNDEFINED,
                                    &copy, entry, &err));
    assert_int_equal(err.code, OTA_E_OTADATA_SEQUENCE);
    assert_true(ota_otadata_switch(&otadata, 1, 2, OTA_OTADATA_UNDEFINED, &copy,
                                   entry, &err));
}

static void without_a_valid_copy_factory_or_the_first_slot_starts(void **state)
{
    (void)state;
    struct ota_otadata otadata = {0};
    uint32_t slot = 7;
    assert_int_equal(ota_otadata_choose(&otadata, 2, true, &slot),
                     OTA_OTADATA_FACTORY);
    assert_int_equal(ota_otadata_choose(&otadata, 2, false, &slot),
                     OTA_OTADATA_FIRST_SLOT);
    assert_int_equal(slot, 7);
}

static void every_flipped_bit_of_a_copy_makes_it_invalid(void **state)
{
    (void)state;
    uint8_t bytes[SIZE];
    make(bytes, (struct copy)GOOD(3), (struct copy)GOOD(2));
    for (size_t bit = 0; bit < OTA_OTADATA_ENTRY_SIZE * (size_t)8; bit++) {
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
        struct ota_otadata otadata = read_otadata(bytes);
        bool is_label = bit / 8 >= 4 && bit / 8 < 28;
        assert_int_equal(otadata.copies[0].is_valid, is_label);
        assert_int_equal(started(&otadata, 2), is_label ? 0 : 1);
        bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

static void every_prefix_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[SIZE];
    struct ota_otadata otadata;
    struct ota_error err;
    make(bytes, (struct copy)GOOD(1), (struct copy)GOOD(2));
    for (size_t size = 0;
         size < OTA_OTADATA_COPY_STRIDE + OTA_OTADATA_ENTRY_SIZE; size++) {
        struct ota_source source = ota_source_memory(bytes, size);
        assert_false(ota_otadata_parse(&otadata, &source, 0, &err));
    }
}

static void an_offset_near_the_end_of_numbers_is_refused(void **state)
{
    (void)state;
    uint8_t bytes[SIZE];
    struct ota_otadata otadata;
    struct ota_error err;
    make(bytes, (struct copy)BLANK, (struct copy)BLANK);
    struct ota_source source = ota_source_memory(bytes, sizeof(bytes));
    assert_false(ota_otadata_parse(&otadata, &source, 0xffffffff, &err));
    assert_false(ota_otadata_parse(&otadata, &source, 0xfffff000, &err));
}

static void slots_are_counted_as_bootloader_and_app_count_them(void **state)
{
    (void)state;
    struct ota_partition_table table = {
        .count = 4,
        .entries = {{.subtype = OTA_PARTITION_APP_FACTORY},
                    {.subtype = OTA_PARTITION_APP_OTA_0},
                    {.subtype = OTA_PARTITION_APP_OTA_0 + 2},
                    {.subtype = OTA_PARTITION_APP_TEST}},
    };
    assert_int_equal(ota_otadata_slots(&table), 2);
    assert_int_equal(ota_otadata_consecutive_slots(&table), 1);
    table.entries[1].type = OTA_PARTITION_DATA;
    assert_int_equal(ota_otadata_slots(&table), 1);
    assert_int_equal(ota_otadata_consecutive_slots(&table), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_reads_and_switches_as_the_sdk_does),
        cmocka_unit_test(a_switch_starts_the_slot_whatever_was_before),
        cmocka_unit_test(a_slot_that_is_not_there_is_refused),
        cmocka_unit_test(a_used_up_sequence_is_refused),
        cmocka_unit_test(without_a_valid_copy_factory_or_the_first_slot_starts),
        cmocka_unit_test(every_flipped_bit_of_a_copy_makes_it_invalid),
        cmocka_unit_test(every_prefix_is_refused),
        cmocka_unit_test(an_offset_near_the_end_of_numbers_is_refused),
        cmocka_unit_test(slots_are_counted_as_bootloader_and_app_count_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
