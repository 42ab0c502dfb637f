/* SPDX-License-Identifier: Apache-2.0 */
/* States of an entry, and how one takes another's place in flash. */
#include "cmocka_all.h"
#include "nor_flash.h"
#include "otatool/otadata.h"
#include <string.h>

enum { SECTOR = OTA_SECTOR_SIZE, QUARTERS = 5, AT = SECTOR };

static struct nor_flash nor;

static struct ota_otadata_copy read_copy(void)
{
    struct ota_source source = ota_flash_source(&nor.flash);
    struct ota_otadata otadata;
    struct ota_error err;
    assert_true(ota_otadata_parse(&otadata, &source, AT, &err));
    return otadata.copies[0];
}

static bool store(uint32_t sequence, uint32_t state, const uint8_t *record,
                  struct ota_error *err)
{
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    ota_otadata_encode(sequence, state, entry);
    return ota_otadata_store(&nor.flash, AT, entry, record, err);
}

static void init(void)
{
    nor_flash_init(&nor, 4 * SECTOR);
}

static void release(void)
{
    nor_flash_release(&nor);
}

/* --- states ------------------------------------------------------------- */

static void states_decide_what_may_start(void **state)
{
    static const struct {
        uint32_t state;
        const char *name;
        bool may_start;
    } states[] = {
        {OTA_OTADATA_NEW, "new", true},
        {OTA_OTADATA_PENDING, "pending", true},
        {OTA_OTADATA_VALID, "valid", true},
        {OTA_OTADATA_INVALID, "invalid", false},
        {OTA_OTADATA_ABORTED, "aborted", false},
        {5, "unknown", true},
        {0x80000000, "unknown", true},
        {OTA_OTADATA_UNDEFINED, "undefined", true},
    };
    struct ota_error err;
    (void)state;
    init();
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        assert_true(store(4, states[i].state, NULL, &err));
        struct ota_otadata_copy copy = read_copy();
        assert_int_equal(copy.state, states[i].state);
        assert_int_equal(copy.is_valid, states[i].may_start);
        assert_string_equal(ota_otadata_state_name(copy.state), states[i].name);
    }
    release();
}

/* The SDK v3 has nothing but a label there, and tools fill it. */
static void a_state_below_a_label_is_none(void **state)
{
    struct ota_error err;
    (void)state;
    init();
    for (uint32_t at = 4; at < 24; at++) {
        assert_true(store(4, OTA_OTADATA_ABORTED, NULL, &err));
        assert_false(read_copy().is_valid);
        nor.data[AT + at] = 0x7f;
        assert_true(read_copy().is_valid);
        assert_int_equal(read_copy().state, OTA_OTADATA_UNDEFINED);
        assert_int_equal(read_copy().stored_state, OTA_OTADATA_ABORTED);
    }
    release();
}

/* What is switched to has no trial, unless that is wanted; a label stays. */
static void a_switch_forgets_the_state(void **state)
{
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    struct ota_error err;
    int copy;
    (void)state;
    for (int has_label = 0; has_label < 2; has_label++) {
        struct ota_otadata otadata = {0};
        struct ota_otadata_copy *old = &otadata.copies[0];
        memset(old->label, has_label ? 0 : 0xff, sizeof(old->label));
        old->state = old->stored_state = OTA_OTADATA_NEW;
        assert_true(ota_otadata_switch(&otadata, 0, 2, OTA_OTADATA_UNDEFINED,
                                       &copy, entry, &err));
        assert_memory_equal(entry + 4, old->label, sizeof(old->label));
        assert_int_equal(entry[24], has_label ? 0 : 0xff);
        assert_true(ota_otadata_switch(&otadata, 0, 2, OTA_OTADATA_NEW, &copy,
                                       entry, &err));
        assert_int_equal(entry[4], 0xff);
        assert_int_equal(entry[24], 0);
    }
}

/* --- in flash ----------------------------------------------------------- */

static void what_was_there_makes_room(void **state)
{
    uint8_t record[OTA_OTADATA_RECORD_SIZE];
    struct ota_error err;
    (void)state;
    init();
    memset(record, 0x21, sizeof(record));
    memset(nor.data + AT, 0x5a, SECTOR);
    assert_true(store(4, OTA_OTADATA_NEW, record, &err));
    assert_memory_equal(nor.data + AT + OTA_OTADATA_RECORD, record,
                        sizeof(record));
    assert_int_equal(nor.data[AT + SECTOR - 1], 0xff);
    assert_true(store(6, OTA_OTADATA_VALID, NULL, &err));
    assert_int_equal(nor.data[AT + OTA_OTADATA_RECORD], 0xff);
    assert_int_equal(nor.data[AT - 1], 0xff);
    assert_int_equal(nor.data[AT + SECTOR], 0xff);
    release();
}

/* The old entry, none, or the new one with its record. */
static void expect_old_none_or_new(const uint8_t *record)
{
    struct ota_otadata_copy copy = read_copy();
    if (!copy.is_valid)
        return;
    if (copy.sequence == 4) {
        assert_int_equal(copy.state, OTA_OTADATA_VALID);
        return;
    }
    assert_int_equal(copy.sequence, 5);
    assert_int_equal(copy.state, OTA_OTADATA_PENDING);
    assert_memory_equal(nor.data + AT + OTA_OTADATA_RECORD, record,
                        OTA_OTADATA_RECORD_SIZE);
}

static void a_cut_leaves_no_entry_with_anothers_state(void **state)
{
    uint8_t record[OTA_OTADATA_RECORD_SIZE];
    struct ota_error err;
    uint32_t cuts = 0;
    (void)state;
    memset(record, 0x21, sizeof(record));
    for (bool is_cut = true; is_cut; cuts++) {
        init();
        assert_true(store(4, OTA_OTADATA_VALID, NULL, &err));
        nor_flash_power_on(&nor);
        nor.cut_at = 1 + cuts / QUARTERS;
        nor.cut_quarters = cuts % QUARTERS;
        is_cut = !store(5, OTA_OTADATA_PENDING, record, &err);
        nor_flash_power_on(&nor);
        expect_old_none_or_new(record);
        assert_true(store(5, OTA_OTADATA_PENDING, record, &err));
        assert_int_equal(read_copy().sequence, 5);
        release();
    }
    assert_in_range(cuts, 4 * QUARTERS, 6 * QUARTERS);
}

/* An erase that gets to the bits of the state first. */
static void a_part_done_erase_leaves_no_valid_entry(void **state)
{
    struct ota_error err;
    (void)state;
    init();
    assert_true(store(4, OTA_OTADATA_PENDING, NULL, &err));
    nor_flash_power_on(&nor);
    nor.cut_at = 2;
    assert_false(store(5, OTA_OTADATA_ABORTED, NULL, &err));
    memset(nor.data + AT + 24, 0xff, 4);
    nor_flash_power_on(&nor);
    assert_false(read_copy().is_valid);
    release();
}

static void a_failure_is_told(void **state)
{
    uint8_t record[OTA_OTADATA_RECORD_SIZE] = {0};
    struct ota_error err;
    (void)state;
    for (uint32_t operation = 1; operation <= 4; operation++) {
        init();
        assert_true(store(4, OTA_OTADATA_VALID, NULL, &err));
        nor_flash_power_on(&nor);
        nor.silent_at = operation;
        assert_false(store(5, OTA_OTADATA_PENDING, record, &err));
        assert_int_equal(err.code, OTA_E_FLASH_READBACK);
        release();
    }
    init();
    nor.unreadable_at = 1;
    assert_false(store(4, OTA_OTADATA_VALID, NULL, &err));
    assert_int_equal(err.code, OTA_E_FLASH_READ);
    release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_decide_what_may_start),
        cmocka_unit_test(a_state_below_a_label_is_none),
        cmocka_unit_test(a_switch_forgets_the_state),
        cmocka_unit_test(what_was_there_makes_room),
        cmocka_unit_test(a_cut_leaves_no_entry_with_anothers_state),
        cmocka_unit_test(a_part_done_erase_leaves_no_valid_entry),
        cmocka_unit_test(a_failure_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
