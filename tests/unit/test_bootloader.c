/* SPDX-License-Identifier: Apache-2.0 */
/* The flow from power-on to the jump, where it is rarely gone; and each read
 * of the flash failing once on every way. */
#include "boot_world.h"
#include "cmocka_all.h"
#include "migrate_world.h"
#include "otatool/trial.h"
#include <string.h>

enum { SECTOR = OTA_SECTOR_SIZE, N = 2, OLD = 1, NEW = 2 };
enum { OTA_0 = BOOT_WORLD_OTA_0, OTA_1 = BOOT_WORLD_OTA_1 };
enum { OTADATA = BOOT_WORLD_OTADATA, GIVE_UP_S = 5, RETRY_S = 1 };

static struct boot_world world;
static struct migrate_world old_world;

static void init(void)
{
    boot_world_init(&world, 0x100000);
    boot_world_put_app(&world, OTA_0, N, OLD);
    boot_world_put_app(&world, OTA_1, N, NEW);
}

static void expect_app(uint8_t seed)
{
    assert_int_equal(boot_world_power_on(&world), OTA_0);
    assert_true(boot_world_has_app(&world, OTA_0, N, seed));
}

/* --- told and asked ----------------------------------------------------- */

static void nobody_needs_to_listen(void **state)
{
    (void)state;
    init();
    nor_flash_power_on(&world.nor);
    boot_world_start(&world);
    world.loader.tell = NULL;
    struct ota_bootloader_next next = ota_bootloader_run(&world.loader);
    assert_true(next.starts_app);
    assert_int_equal(next.offset, OTA_0);
    assert_int_equal(next.entry, 0x40200014 + OTA_0);
    boot_world_release(&world);
}

struct ticks {
    uint32_t count;
    uint32_t done;
    uint32_t total;
};

static void take_tick(void *context, uint32_t done, uint32_t total)
{
    struct ticks *ticks = context;
    assert_true(done <= total);
    ticks->count++;
    ticks->done = done;
    ticks->total = total;
}

/* For a watchdog: before each sector of a swap, and of settings. */
static void ticks_come_before_each_sector(void **state)
{
    struct ticks ticks = {0};
    (void)state;
    init();
    boot_world_name(&world, 1, OTA_OTADATA_NEW);
    boot_world_start(&world); /* begins the swap */
    world.loader.tell = NULL;
    world.loader.tick = take_tick;
    world.loader.context = &ticks;
    assert_false(ota_bootloader_run(&world.loader).starts_app);
    assert_int_equal(ticks.count, 2 * N);
    assert_int_equal(ticks.total, 2 * N * SECTOR);
    boot_world_release(&world);

    const struct migrate_device device = {.map = 2, .slot = 2, .version = 6};
    struct ota_error err;
    migrate_world_init(&old_world, device);
    assert_int_equal(migrate_world_boot(&old_world, &err), MIGRATE_MOVED);
    ticks.count = 0;
    nor_flash_power_on(&old_world.nor);
    old_world.loader.tell = NULL;
    old_world.loader.tick = take_tick;
    old_world.loader.context = &ticks;
    assert_true(ota_bootloader_run(&old_world.loader).starts_app);
    assert_int_equal(ticks.count, old_world.nor.erases);
    assert_in_range(ticks.count, 1, 6);
    migrate_world_release(&old_world);
}

/* --- nothing to start --------------------------------------------------- */

static void at_0_there_is_no_old_firmware_to_go_back_to(void **state)
{
    (void)state;
    init();
    memset(world.nor.data + OTA_0, 0xff, SECTOR);
    memset(world.nor.data + OTA_1, 0xff, SECTOR);
    struct ota_bootloader_next next = boot_world_start(&world);
    assert_false(next.starts_app);
    assert_int_equal(next.wait_s, GIVE_UP_S);
    assert_int_equal(world.told[OTA_BOOTLOADER_FAILED], 1);
    assert_int_equal(world.told[OTA_BOOTLOADER_IS_STUCK], 0);
    assert_int_equal(world.why.code, OTA_E_IMAGE_MAGIC);
    assert_int_equal(world.nor.operations, 0);
    boot_world_release(&world);
}

static void going_back_that_fails_is_tried_again(void **state)
{
    const struct migrate_device device = {
        .map = 2, .slot = 2, .version = 6, .copy = 1};
    struct ota_error err;
    (void)state;
    migrate_world_init(&old_world, device);
    old_world.nor.data[0x81000 + 0x6123] ^= 1;
    old_world.nor.failing_at = 1;
    assert_int_equal(migrate_world_boot(&old_world, &err), MIGRATE_REFUSED);
    assert_int_equal(old_world.told[OTA_BOOTLOADER_FAILED], 2);
    nor_flash_power_on(&old_world.nor);
    assert_int_equal(migrate_world_boot(&old_world, &err), MIGRATE_WENT_BACK);
    migrate_world_release(&old_world);
}

/* A table may say more than there is. */
static void an_app_slot_beyond_the_flash_is_cut_short(void **state)
{
    const struct migrate_device device = {.map = 2, .slot = 2, .version = 6};
    struct ota_error err;
    (void)state;
    migrate_world_init(&old_world, device);
    old_world.pack.table.entries[1].size = 0xffff0000;
    sample_pack_build(&old_world.pack);
    migrate_world_put_pack(&old_world);
    assert_int_equal(migrate_world_boot(&old_world, &err), MIGRATE_MOVED);
    assert_int_equal(migrate_world_boot(&old_world, &err), MIGRATE_STARTED);
    assert_int_equal(old_world.migration.end, 0x100000);
    migrate_world_release(&old_world);
}

/* --- moved apps without otadata ----------------------------------------- */

static void the_only_app_is_copied_down_without_a_name(void **state)
{
    (void)state;
    init();
    memset(world.nor.data + OTA_0, 0xff, SECTOR);
    expect_app(NEW);
    assert_int_equal(world.told[OTA_BOOTLOADER_COPIES], 1);
    assert_int_equal(world.told[OTA_BOOTLOADER_NO_TRIAL], 0);
    boot_world_release(&world);
}

static void otadata_is_not_needed_for_a_copy(void **state)
{
    (void)state;
    init();
    world.pack.table.entries[3].subtype = 0x40;
    boot_world_put_table(&world);
    memset(world.nor.data + OTA_0, 0xff, SECTOR);
    expect_app(NEW);
    boot_world_release(&world);
}

static void otadata_outside_of_the_flash_names_nothing(void **state)
{
    (void)state;
    init();
    world.pack.table.entries[3].offset = 0xfffff000;
    boot_world_put_table(&world);
    expect_app(OLD);
    world.pack.table.entries[3].offset = 0x100000;
    boot_world_put_table(&world);
    expect_app(OLD);
    boot_world_release(&world);
}

static void otadata_without_slots_names_nothing(void **state)
{
    (void)state;
    init();
    boot_world_name(&world, 1, OTA_OTADATA_PENDING);
    world.pack.table.entries[1].subtype = OTA_PARTITION_APP_FACTORY;
    world.pack.table.count = 4;
    boot_world_put_table(&world);
    expect_app(OLD);
    assert_int_equal(world.nor.operations, 0);
    boot_world_release(&world);
}

/* --- sequences ---------------------------------------------------------- */

/* No device gets there in its life; if it did, it would say so. */
static void a_used_up_sequence_is_told(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 2; i++) {
        uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
        init();
        ota_otadata_encode(
            0xfffffffe, i ? (uint32_t)OTA_OTADATA_NEW : OTA_OTADATA_UNDEFINED,
            entry);
        nor_flash_put(&world.nor, OTADATA, entry, sizeof(entry));
        assert_int_equal(boot_world_start(&world).wait_s, RETRY_S);
        assert_int_equal(world.why.code, OTA_E_OTADATA_SEQUENCE);
        boot_world_release(&world);
    }
}

/* An older trial that failed is not the newest news. */
static void only_the_newest_failed_trial_is_told(void **state)
{
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    enum ota_trial trial;
    uint32_t slot;
    struct ota_error err;
    (void)state;
    init();
    for (uint32_t sequence = 3; sequence <= 6; sequence++) {
        ota_otadata_encode(4, OTA_OTADATA_VALID, entry);
        nor_flash_put(&world.nor, OTADATA, entry, sizeof(entry));
        ota_otadata_encode(sequence, OTA_OTADATA_ABORTED, entry);
        entry[28] ^= sequence == 6;
        nor_flash_put(&world.nor, OTADATA + SECTOR, entry, sizeof(entry));
        assert_true(
            ota_trial_read(&trial, &slot, &world.nor.flash, OTADATA, 2, &err));
        assert_int_equal(trial,
                         sequence == 5 ? OTA_TRIAL_FAILED : OTA_TRIAL_NONE);
    }
    assert_false(
        ota_trial_read(&trial, &slot, &world.nor.flash, 0xfffff000, 2, &err));
    assert_false(ota_trial_confirm(&world.nor.flash, 0xfffff000, &err));
    boot_world_release(&world);
}

/* --- a chip that is smaller than it says -------------------------------- */

static bool (*write_nor)(void *context, uint32_t offset, const void *data,
                         uint32_t size, struct ota_error *err);

/* The write of one sector lands on another as well. */
static bool write_twice(void *context, uint32_t offset, const void *data,
                        uint32_t size, struct ota_error *err)
{
    enum { FIRST = 0x2000, SECOND = 0x5000 };
    struct nor_flash *nor = context;
    if (offset == SECOND)
        nor->data[FIRST + 0x123] ^= 1;
    return write_nor(context, offset, data, size, err);
}

static void a_sector_that_changes_later_is_noticed(void **state)
{
    const struct migrate_device device = {.map = 2, .slot = 2, .version = 6};
    struct ota_error err;
    (void)state;
    migrate_world_init(&old_world, device);
    write_nor = old_world.nor.flash.write;
    old_world.nor.flash.write = write_twice;
    assert_int_equal(migrate_world_boot(&old_world, &err), MIGRATE_FAILED);
    assert_int_equal(err.code, OTA_E_PACK_CRC);
    assert_int_equal(migrate_world_old_boot(&old_world), 2);
    old_world.nor.flash.write = write_nor;
    assert_int_equal(migrate_world_boot(&old_world, &err), MIGRATE_MOVED);
    migrate_world_release(&old_world);
}

/* --- reads that fail ---------------------------------------------------- */

static struct nor_flash before;

static void prepare_swap(void)
{
    init();
    boot_world_name(&world, 0, OTA_OTADATA_UNDEFINED);
    boot_world_name(&world, 1, OTA_OTADATA_NEW);
}

static void prepare_way_back(void)
{
    prepare_swap();
    boot_world_power_on(&world);
}

static void prepare_copy(void)
{
    init();
    boot_world_name(&world, 1, OTA_OTADATA_UNDEFINED);
}

static void prepare_roll_back(void)
{
    init();
    boot_world_name(&world, 0, OTA_OTADATA_PENDING);
}

/* One of the two starts in any case, and the failure is told. */
static void one_read_of_the_new_world(void (*prepare)(void))
{
    prepare();
    nor_flash_copy(&before, &world.nor);
    boot_world_power_on(&world);
    uint32_t reads = world.nor.reads;
    for (uint32_t read = 1; read <= reads; read++) {
        memcpy(world.nor.data, before.data, before.flash.size);
        nor_flash_power_on(&world.nor);
        world.nor.unreadable_at = read;
        memset(world.told, 0, sizeof(world.told));
        bool starts = false;
        for (int i = 0; i < 12 && !starts; i++)
            starts = boot_world_start(&world).starts_app;
        assert_true(starts);
        assert_int_equal(world.told[OTA_BOOTLOADER_FAILED], 1);
        assert_int_equal(world.why.code, OTA_E_FLASH_READ);
        assert_true(boot_world_has_app(&world, OTA_0, N, NEW) ||
                    boot_world_has_app(&world, OTA_0, N, OLD));
    }
    nor_flash_release(&before);
    boot_world_release(&world);
}

static void any_read_of_the_new_world_may_fail(void **state)
{
    (void)state;
    void (*const prepares[])(void) = {prepare_swap, prepare_way_back,
                                      prepare_copy, prepare_roll_back};
    for (size_t i = 0; i < sizeof(prepares) / sizeof(prepares[0]); i++)
        one_read_of_the_new_world(prepares[i]);
}

/* With both ways of the flag. */
static void any_read_of_a_migration_may_fail(void **state)
{
    struct ota_error err;
    (void)state;
    for (uint8_t copy = 0; copy < 2; copy++) {
        const struct migrate_device device = {
            .map = 0, .slot = 2, .version = 6, .copy = copy};
        migrate_world_init(&old_world, device);
        nor_flash_copy(&before, &old_world.nor);
        nor_flash_power_on(&old_world.nor);
        assert_int_equal(migrate_world_boot(&old_world, &err), MIGRATE_MOVED);
        uint32_t reads = old_world.nor.reads;
        for (uint32_t read = 1; read <= reads; read++) {
            memcpy(old_world.nor.data, before.data, before.flash.size);
            nor_flash_power_on(&old_world.nor);
            old_world.nor.unreadable_at = read;
            assert_int_not_equal(migrate_world_boot(&old_world, &err),
                                 MIGRATE_WENT_BACK);
            assert_int_equal(err.code, OTA_E_FLASH_READ);
            /* It may be that only the last reading back has failed. */
            if (migrate_world_old_boot(&old_world) == 2)
                assert_int_equal(migrate_world_boot(&old_world, &err),
                                 MIGRATE_MOVED);
            assert_int_equal(migrate_world_boot(&old_world, &err),
                             MIGRATE_STARTED);
        }
        nor_flash_release(&before);
        migrate_world_release(&old_world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_needs_to_listen),
        cmocka_unit_test(ticks_come_before_each_sector),
        cmocka_unit_test(at_0_there_is_no_old_firmware_to_go_back_to),
        cmocka_unit_test(going_back_that_fails_is_tried_again),
        cmocka_unit_test(an_app_slot_beyond_the_flash_is_cut_short),
        cmocka_unit_test(the_only_app_is_copied_down_without_a_name),
        cmocka_unit_test(otadata_is_not_needed_for_a_copy),
        cmocka_unit_test(otadata_outside_of_the_flash_names_nothing),
        cmocka_unit_test(otadata_without_slots_names_nothing),
        cmocka_unit_test(a_used_up_sequence_is_told),
        cmocka_unit_test(only_the_newest_failed_trial_is_told),
        cmocka_unit_test(a_sector_that_changes_later_is_noticed),
        cmocka_unit_test(any_read_of_the_new_world_may_fail),
        cmocka_unit_test(any_read_of_a_migration_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
