/* SPDX-License-Identifier: Apache-2.0 */
#include "agent_world.h"
#include "cmocka_all.h"
#include <stdlib.h>
#include <string.h>

enum { SECTOR = OTA_SECTOR_SIZE, APP = 3 * SECTOR + 700, QUARTERS = 5 };
enum { OTADATA = 0x83000, OTA_0 = 0x7000, OTA_1 = 0x85000 };
enum { SAME_0 = 0x10000, SAME_1 = 0x110000, FACTORY = 0x1c0000 };

/* A flash, a table, and what was put there; an app by its seed. */
struct fixture {
    struct nor_flash nor;
    struct ota_partition_table table;
    struct ota_start start;
    uint32_t sector[SECTOR / 4];
};

static struct fixture f;

static void add(uint8_t type, uint8_t subtype, uint32_t offset, uint32_t size)
{
    f.table.entries[f.table.count++] = (struct ota_partition){
        .type = type, .subtype = subtype, .offset = offset, .size = size};
}

static void add_app(uint8_t subtype, uint32_t offset)
{
    add(OTA_PARTITION_APP, subtype, offset, 0x77000);
}

static void init(uint32_t flash_size, uint32_t ota_0, uint32_t ota_1)
{
    memset(&f, 0, sizeof(f));
    nor_flash_init(&f.nor, flash_size);
    add(OTA_PARTITION_DATA, OTA_PARTITION_DATA_OTADATA, OTADATA,
        OTA_OTADATA_SIZE);
    add_app(OTA_PARTITION_APP_OTA_0, ota_0);
    add_app(OTA_PARTITION_APP_OTA_0 + 1, ota_1);
}

/* One window for both slots. */
static void init_1m(void)
{
    init(0x100000, OTA_0, OTA_1);
}

/* Both slots at one place of their windows. */
static void init_2m(void)
{
    init(0x200000, SAME_0, SAME_1);
}

static void release(void)
{
    nor_flash_release(&f.nor);
}

static void put_app(uint32_t offset, uint32_t link, uint8_t seed)
{
    uint32_t size;
    uint8_t *app = agent_world_app(link, APP, seed, &size);
    nor_flash_put(&f.nor, offset, app, size);
    free(app);
}

static bool write_otadata(uint32_t slot)
{
    struct ota_source source = ota_flash_source(&f.nor.flash);
    struct ota_otadata otadata;
    int copy;
    uint8_t *sector = (uint8_t *)f.sector;
    memset(sector, 0xff, SECTOR);
    return ota_otadata_parse(&otadata, &source, OTADATA, NULL) &&
           ota_otadata_switch(&otadata, slot, 2, OTA_OTADATA_UNDEFINED, &copy,
                              sector, NULL) &&
           ota_flash_put_sector(
               &f.nor.flash, OTADATA + (uint32_t)copy * OTA_OTADATA_COPY_STRIDE,
               sector, NULL, NULL);
}

static void name_slot(uint32_t slot)
{
    assert_true(write_otadata(slot));
    nor_flash_power_on(&f.nor);
}

static void expect(uint32_t offset, enum ota_start_way way)
{
    struct ota_error err;
    assert_true(ota_update_choose(&f.start, &f.nor.flash, &f.table, &err));
    assert_int_equal(f.start.way, way);
    assert_int_equal(f.start.partition->offset, offset);
    assert_int_equal(f.start.image.offset, offset);
    assert_int_equal(f.nor.operations, 0);
}

static void expect_none(enum ota_code code)
{
    struct ota_error err = {0};
    assert_false(ota_update_choose(&f.start, &f.nor.flash, &f.table, &err));
    assert_int_equal(err.code, code);
    assert_int_equal(f.nor.operations, 0);
}

static bool copy_app(struct ota_error *err)
{
    const struct ota_update update = {.flash = &f.nor.flash,
                                      .table = &f.table,
                                      .sector = (uint8_t *)f.sector};
    return ota_update_prepare(&update, &f.start, err);
}

/* --- which slot --------------------------------------------------------- */

static void otadata_tells_the_slot(void **state)
{
    (void)state;
    init_2m();
    put_app(SAME_0, SAME_0, 1);
    put_app(SAME_1, SAME_1, 2);
    expect(SAME_0, OTA_START_IN_PLACE);
    for (uint32_t i = 0; i < 4; i++) {
        name_slot(1 - i % 2);
        expect(i % 2 ? SAME_0 : SAME_1, OTA_START_IN_PLACE);
    }
    release();
}

static void without_a_choice_factory_comes_first(void **state)
{
    (void)state;
    init_2m();
    add(OTA_PARTITION_APP, OTA_PARTITION_APP_FACTORY, FACTORY, 0x20000);
    put_app(SAME_0, SAME_0, 1);
    put_app(FACTORY, FACTORY, 2);
    expect(FACTORY, OTA_START_IN_PLACE);
    name_slot(0);
    expect(SAME_0, OTA_START_IN_PLACE);
    memset(f.nor.data + OTADATA, 0, OTA_OTADATA_SIZE);
    expect(FACTORY, OTA_START_IN_PLACE);
    f.nor.data[FACTORY + 0x100] ^= 1;
    expect(SAME_0, OTA_START_IN_PLACE);
    release();
}

static void a_damaged_choice_falls_back(void **state)
{
    (void)state;
    init_2m();
    put_app(SAME_0, SAME_0, 1);
    put_app(SAME_1, SAME_1, 2);
    for (uint32_t slot = 0; slot < 2; slot++) {
        name_slot(slot);
        uint8_t *byte = f.nor.data + (slot ? SAME_1 : SAME_0) + 0x123;
        *byte ^= 1;
        expect(slot ? SAME_0 : SAME_1, OTA_START_IN_PLACE);
        *byte ^= 1;
        expect(slot ? SAME_1 : SAME_0, OTA_START_IN_PLACE);
    }
    release();
}

static void the_first_reason_is_told(void **state)
{
    (void)state;
    init_2m();
    expect_none(OTA_E_IMAGE_MAGIC);
    put_app(SAME_1, SAME_1, 2);
    f.nor.data[SAME_1 + 0x123] ^= 1;
    name_slot(1);
    expect_none(OTA_E_IMAGE_CHECKSUM);
    f.table.count = 1;
    expect_none(OTA_E_DEVICE_NO_APP);
    f.table.count = 0;
    expect_none(OTA_E_DEVICE_NO_APP);
    release();
}

static void an_app_larger_than_its_partition_is_not_started(void **state)
{
    (void)state;
    init_2m();
    put_app(SAME_0, SAME_0, 1);
    f.table.entries[1].size = 2 * SECTOR;
    expect_none(OTA_E_IMAGE_TOO_LARGE);
    release();
}

static void slots_outside_of_the_flash_are_passed_over(void **state)
{
    (void)state;
    init(0x100000, SAME_0, SAME_1);
    put_app(SAME_0, SAME_0, 1);
    name_slot(1);
    expect(SAME_0, OTA_START_IN_PLACE);
    f.table.entries[1].offset = 0xfffff000;
    expect_none(OTA_E_TRUNCATED);
    release();
}

/* --- for which place ---------------------------------------------------- */

static void an_app_linked_elsewhere_is_not_started(void **state)
{
    (void)state;
    init_2m();
    put_app(SAME_0, SAME_0 + SECTOR, 1);
    expect_none(OTA_E_UPDATE_LINK);
    put_app(SAME_1, SAME_0 + SECTOR, 1);
    expect_none(OTA_E_UPDATE_LINK);
    release();
}

static void one_window_starts_what_is_linked_for_its_slot(void **state)
{
    (void)state;
    init_1m();
    put_app(OTA_0, OTA_0, 1);
    put_app(OTA_1, OTA_1, 2);
    name_slot(1);
    expect(OTA_1, OTA_START_IN_PLACE);
    release();
}

static void a_bootloader_is_no_app(void **state)
{
    uint8_t image[0x400];
    static const uint8_t code[0x200];
    struct ota_image_part part = {0x40100000, code, sizeof(code)};
    struct ota_image_plan plan = {.entry = 0x40100000,
                                  .parts = &part,
                                  .part_count = 1,
                                  .segment_count = 1};
    struct ota_error err;
    (void)state;
    init_1m();
    assert_true(ota_image_build(&plan, 0, image, sizeof(image), &err));
    nor_flash_put(&f.nor, OTA_0, image, ota_image_built_size(&plan, 0));
    expect_none(OTA_E_UPDATE_LINK);
    release();
}

/* --- the copy ----------------------------------------------------------- */

/* ota_1 holds the new app, linked for ota_0, where the old one is. */
static void init_copy(void)
{
    init_1m();
    put_app(OTA_0, OTA_0, 1);
    put_app(OTA_1, OTA_0, 2);
    name_slot(1);
}

static bool has_new_app(void)
{
    struct ota_source source = ota_flash_source(&f.nor.flash);
    struct ota_image image;
    return ota_image_verify(&image, &source, OTA_0, NULL) &&
           memcmp(f.nor.data + OTA_0, f.nor.data + OTA_1,
                  image.size + OTA_IMAGE_DIGEST_SIZE) == 0;
}

static void what_is_linked_for_ota_0_is_copied(void **state)
{
    struct ota_error err;
    (void)state;
    init_copy();
    expect(OTA_1, OTA_START_COPY);
    assert_true(copy_app(&err));
    assert_true(has_new_app());
    nor_flash_power_on(&f.nor);
    expect(OTA_0, OTA_START_IN_PLACE);
    release();
}

static void the_rest_of_the_flash_is_left_alone(void **state)
{
    uint32_t end = OTA_0 + (APP + 2 * SECTOR) / SECTOR * SECTOR;
    struct ota_error err;
    (void)state;
    init_copy();
    memset(f.nor.data + end, 0x33, OTADATA - end);
    memset(f.nor.data, 0x55, OTA_0);
    struct nor_flash before;
    nor_flash_copy(&before, &f.nor);
    expect(OTA_1, OTA_START_COPY);
    assert_true(copy_app(&err));
    assert_memory_equal(f.nor.data, before.data, OTA_0);
    assert_memory_equal(f.nor.data + end, before.data + end, OTADATA - end);
    assert_memory_equal(f.nor.data + OTA_1, before.data + OTA_1,
                        0x100000 - OTA_1);
    nor_flash_release(&before);
    release();
}

/* ota_0 is as it was then, and starts. */
static void a_damaged_source_is_not_copied(void **state)
{
    (void)state;
    for (uint32_t at = 0; at < APP; at += 997) {
        init_copy();
        f.nor.data[OTA_1 + at] ^= 0x10;
        struct ota_error err;
        assert_true(ota_update_choose(&f.start, &f.nor.flash, &f.table, &err));
        assert_int_equal(f.start.way, OTA_START_IN_PLACE);
        assert_int_equal(f.start.image.offset, OTA_0);
        assert_int_equal(f.nor.operations, 0);
        release();
    }
}

static void a_copy_that_is_there_costs_nothing_but_otadata(void **state)
{
    struct ota_error err;
    (void)state;
    init_copy();
    expect(OTA_1, OTA_START_COPY);
    assert_true(copy_app(&err));
    name_slot(1);
    expect(OTA_1, OTA_START_COPY);
    assert_true(copy_app(&err));
    assert_in_range(f.nor.operations, 1, 3);
    release();
}

/* Half of the source would be overwritten, or what is behind ota_0. */
static void a_copy_that_cannot_be_is_not_begun(void **state)
{
    (void)state;
    static const struct {
        uint32_t ota_0, size, ota_1;
    } tables[] = {
        {OTA_0, 3 * SECTOR, OTA_1},
        {OTA_0, APP + 100, OTA_1},
        {OTA_0, 0x77000, OTA_0 + 3 * SECTOR},
        {OTA_0 + 3 * SECTOR, 0x77000, OTA_0},
        {OTA_0, 0x77000, OTA_1 + 16},
        {OTA_0 + 16, 0x77000, OTA_1},
        {0xfe000, 0x77000, OTA_1},
    };
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        init_1m();
        f.table.entries[1].offset = tables[i].ota_0;
        f.table.entries[1].size = tables[i].size;
        f.table.entries[2].offset = tables[i].ota_1;
        put_app(tables[i].ota_1, tables[i].ota_0, 2);
        name_slot(1);
        expect_none(OTA_E_UPDATE_LINK);
        release();
    }
}

/* The last sector would reach over the end of the flash. */
static void an_app_at_the_very_end_is_not_copied(void **state)
{
    enum { LONG = 4 * SECTOR - 48, AT = 0x100000 - 4 * SECTOR };
    uint32_t size;
    (void)state;
    init_1m();
    uint8_t *app = agent_world_app(OTA_0, LONG, 2, &size);
    assert_int_equal(size, 4 * SECTOR + OTA_IMAGE_DIGEST_SIZE);
    f.table.entries[2].offset = AT;
    nor_flash_put(&f.nor, AT, app, 4 * SECTOR);
    free(app);
    name_slot(1);
    expect_none(OTA_E_UPDATE_LINK);
    release();
}

static void without_ota_0_nothing_is_moved(void **state)
{
    (void)state;
    init_1m();
    f.table.entries[1].subtype = OTA_PARTITION_APP_OTA_0 + 2;
    put_app(OTA_1, OTA_0, 2);
    expect_none(OTA_E_UPDATE_LINK);
    release();
}

static void an_entry_outside_of_the_window_is_none(void **state)
{
    static const uint32_t entries[] = {0x401ffffc, 0x40300000};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        init_1m();
        put_app(OTA_0, OTA_0, 1);
        memcpy(f.nor.data + OTA_0 + 4, &entries[i], 4);
        expect_none(OTA_E_UPDATE_LINK);
        release();
    }
}

/* --- reads that fail ---------------------------------------------------- */

static void name_slot_with(uint32_t state)
{
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    name_slot(1);
    ota_otadata_encode(2, state, entry);
    nor_flash_put(&f.nor, OTADATA, entry, sizeof(entry));
}

/* At each read, with and without a place for the reason. */
static void any_read_may_fail(void)
{
    assert_true(ota_update_choose(&f.start, &f.nor.flash, &f.table, NULL));
    uint32_t reads = f.nor.reads;
    for (uint32_t i = 0; i < 2 * reads; i++) {
        struct ota_error err = {0};
        nor_flash_power_on(&f.nor);
        f.nor.unreadable_at = 1 + i / 2;
        assert_false(ota_update_choose(&f.start, &f.nor.flash, &f.table,
                                       i % 2 ? &err : NULL));
        assert_true(i % 2 == 0 || err.code == OTA_E_FLASH_READ);
    }
    release();
}

/* No other app takes the place of one that cannot be read now. */
static void what_cannot_be_read_is_tried_again(void **state)
{
    (void)state;
    init_copy();
    name_slot_with(OTA_OTADATA_NEW);
    any_read_may_fail();
    init_2m();
    put_app(SAME_0, SAME_0, 1);
    put_app(SAME_1, SAME_1, 2);
    name_slot(1);
    f.nor.data[SAME_1 + 0x123] ^= 1;
    any_read_may_fail();
}

/* The swap is done, the app was not started yet. */
static void after_a_swap_as_well(void **state)
{
    enum { SECTORS = 4 };
    const struct ota_swap swap = {OTA_0, OTA_1, SECTORS, 2};
    uint8_t record[OTA_OTADATA_RECORD_SIZE];
    (void)state;
    init_copy();
    name_slot_with(OTA_OTADATA_PENDING);
    ota_swap_encode(&swap, record);
    nor_flash_put(&f.nor, OTADATA + OTA_OTADATA_RECORD, record, sizeof(record));
    memset(f.nor.data + OTADATA + OTA_SWAP_MARKS, 0, 2 * SECTORS * 4);
    ota_otadata_encode(3, OTA_OTADATA_PENDING, f.nor.data + OTADATA);
    any_read_may_fail();
}

/* --- cuts --------------------------------------------------------------- */

/* Power on until an app is started; that it is one of the two is known by
 * its place and by what choose verifies. */
static void expect_new_app(void)
{
    struct ota_error err;
    nor_flash_power_on(&f.nor);
    assert_true(ota_update_choose(&f.start, &f.nor.flash, &f.table, &err));
    if (f.start.way == OTA_START_COPY) {
        assert_int_equal(f.start.image.offset, OTA_1);
        assert_true(copy_app(&err));
    }
    nor_flash_power_on(&f.nor);
    expect(OTA_0, OTA_START_IN_PLACE);
    assert_true(has_new_app());
}

static uint32_t operations_of_copy(void)
{
    struct ota_error err;
    init_copy();
    expect(OTA_1, OTA_START_COPY);
    assert_true(copy_app(&err));
    uint32_t operations = f.nor.operations;
    release();
    return operations;
}

static void a_cut_copy_begins_anew(void **state)
{
    (void)state;
    uint32_t operations = operations_of_copy();
    uint32_t cuts = 0;
    for (; cuts < operations * QUARTERS; cuts++) {
        struct ota_error err;
        init_copy();
        expect(OTA_1, OTA_START_COPY);
        f.nor.cut_at = 1 + cuts / QUARTERS;
        f.nor.cut_quarters = cuts % QUARTERS;
        assert_false(copy_app(&err));
        expect_new_app();
        release();
    }
    assert_true(cuts > 2 * QUARTERS * APP / SECTOR);
}

static void a_copy_that_fails_begins_anew(void **state)
{
    (void)state;
    uint32_t operations = operations_of_copy();
    uint32_t failures = 0;
    for (uint32_t i = 0; i < 2 * operations; i++) {
        struct ota_error err;
        init_copy();
        expect(OTA_1, OTA_START_COPY);
        f.nor.silent_at = i % 2 ? 1 + i / 2 : 0;
        f.nor.failing_at = i % 2 ? 0 : 1 + i / 2;
        if (!copy_app(&err)) {
            assert_in_range(err.code, OTA_E_FLASH_READ, OTA_E_FLASH_READBACK);
            failures++;
        }
        expect_new_app();
        release();
    }
    /* An erase of the blank copy of otadata that does nothing is none. */
    assert_int_equal(failures, 2 * operations - 1);
}

static void progress_is_made_in_any_number_of_starts(void **state)
{
    (void)state;
    uint32_t starts = 0;
    struct ota_error err;
    init_copy();
    for (; starts < 20; starts++) {
        nor_flash_power_on(&f.nor);
        assert_true(ota_update_choose(&f.start, &f.nor.flash, &f.table, &err));
        if (f.start.way == OTA_START_IN_PLACE)
            break;
        f.nor.cut_at = 3;
        f.nor.cut_quarters = 1;
        if (copy_app(&err))
            break;
    }
    assert_in_range(starts, 2, 19);
    expect_new_app();
    release();
}

/* The first step of an update, which is not core's: old or new, never none. */
static void a_cut_choice_starts_old_or_new(void **state)
{
    (void)state;
    uint32_t started[2] = {0, 0};
    for (uint32_t i = 0; i < 2 * 3 * QUARTERS; i++) {
        struct ota_error err;
        init_2m();
        put_app(SAME_0, SAME_0, 1);
        put_app(SAME_1, SAME_1, 2);
        for (uint32_t slot = 0; slot < 4 + i % 2; slot++)
            name_slot(slot % 2);
        f.nor.cut_at = 1 + i / 2 / QUARTERS;
        f.nor.cut_quarters = i / 2 % QUARTERS;
        write_otadata(i % 2);
        nor_flash_power_on(&f.nor);
        assert_true(ota_update_choose(&f.start, &f.nor.flash, &f.table, &err));
        started[f.start.partition->offset == SAME_1]++;
        release();
    }
    assert_true(started[0] > 0 && started[1] > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(otadata_tells_the_slot),
        cmocka_unit_test(without_a_choice_factory_comes_first),
        cmocka_unit_test(a_damaged_choice_falls_back),
        cmocka_unit_test(the_first_reason_is_told),
        cmocka_unit_test(an_app_larger_than_its_partition_is_not_started),
        cmocka_unit_test(slots_outside_of_the_flash_are_passed_over),
        cmocka_unit_test(an_app_linked_elsewhere_is_not_started),
        cmocka_unit_test(one_window_starts_what_is_linked_for_its_slot),
        cmocka_unit_test(a_bootloader_is_no_app),
        cmocka_unit_test(what_is_linked_for_ota_0_is_copied),
        cmocka_unit_test(the_rest_of_the_flash_is_left_alone),
        cmocka_unit_test(a_damaged_source_is_not_copied),
        cmocka_unit_test(a_copy_that_is_there_costs_nothing_but_otadata),
        cmocka_unit_test(a_copy_that_cannot_be_is_not_begun),
        cmocka_unit_test(an_app_at_the_very_end_is_not_copied),
        cmocka_unit_test(without_ota_0_nothing_is_moved),
        cmocka_unit_test(an_entry_outside_of_the_window_is_none),
        cmocka_unit_test(what_cannot_be_read_is_tried_again),
        cmocka_unit_test(after_a_swap_as_well),
        cmocka_unit_test(a_cut_copy_begins_anew),
        cmocka_unit_test(a_copy_that_fails_begins_anew),
        cmocka_unit_test(progress_is_made_in_any_number_of_starts),
        cmocka_unit_test(a_cut_choice_starts_old_or_new),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
