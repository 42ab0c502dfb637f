/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The power is lost in each operation of a migration, at each quarter of it.
 *
 * Promised (migrate.h): the old boot starts the pack in user2 until its
 * parameters are switched, that is last, and every start begins anew. Not
 * promised: the old firmware, which is gone with the first sector.
 */
#include "cmocka_all.h"
#include "migrate_world.h"
#include <string.h>

enum { SECTOR = OTA_SECTOR_SIZE, QUARTERS = 5, BLANK_SECTORS = 3 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Small, so that a flash is copied quickly; both copies of the parameters,
 * and the boots that keep them differently. */
static const struct migrate_device devices[] = {
    {.map = 0, .slot = 2, .version = 2, .copy = 0},
    {.map = 0, .slot = 2, .version = 6, .copy = 1},
    {.map = 2, .slot = 2, .version = 7, .copy = 0},
    {.map = 2, .slot = 2, .version = 31, .copy = 1},
};

static struct migrate_world world;
static struct nor_flash before;
static struct nor_flash after;
static uint32_t operations; /* of a migration that nothing disturbs */

static void power_on(enum migrate_end end)
{
    struct ota_error err;
    nor_flash_power_on(&world.nor);
    assert_int_equal(migrate_world_boot(&world, &err), end);
}

static void init(size_t device)
{
    migrate_world_init(&world, devices[device]);
    nor_flash_copy(&before, &world.nor);
    power_on(MIGRATE_MOVED);
    operations = world.nor.operations;
    assert_true(operations > 2 * world.pack.size / SECTOR);
    power_on(MIGRATE_STARTED);
    nor_flash_copy(&after, &world.nor);
}

static void release(void)
{
    migrate_world_release(&world);
    nor_flash_release(&before);
    nor_flash_release(&after);
}

static void start_again(void)
{
    memcpy(world.nor.data, before.data, before.flash.size);
    nor_flash_power_on(&world.nor);
}

/* The fault strikes in this start. */
static void fail_with(enum ota_code code)
{
    struct ota_error err = {0};
    assert_int_equal(migrate_world_boot(&world, &err), MIGRATE_FAILED);
    assert_int_equal(err.code, code);
}

static void cut(uint32_t operation, uint32_t quarters)
{
    struct ota_error err;
    nor_flash_power_on(&world.nor);
    world.nor.cut_at = operation;
    world.nor.cut_quarters = quarters;
    assert_int_equal(migrate_world_boot(&world, &err), MIGRATE_FAILED);
    assert_true(world.nor.is_off);
    nor_flash_power_on(&world.nor);
}

/* user1 is started when all of the pack is there, and not before. */
static bool is_switched(void)
{
    int slot = migrate_world_old_boot(&world);
    assert_true(slot == 1 || slot == 2);
    assert_memory_equal(world.nor.data + ota_flash_map_slot(world.map, slot),
                        world.pack.data, world.pack.size);
    return slot == 1;
}

/* What lies behind the flag is nobody's, and may be lost with it. */
static void expect_same_end(void)
{
    uint32_t flag = ota_flash_map_parameters(world.map) + 3 * SECTOR;
    assert_memory_equal(world.nor.data, after.data, flag + 1);
    assert_memory_equal(world.nor.data + flag + SECTOR,
                        after.data + flag + SECTOR,
                        after.flash.size - flag - SECTOR);
}

/* The next start is the last that is needed, and leaves what an undisturbed
 * migration does; the one after that writes nothing. */
static void expect_recovery(void)
{
    if (!is_switched())
        power_on(MIGRATE_MOVED);
    assert_true(is_switched());
    power_on(MIGRATE_STARTED);
    assert_int_equal(world.start.image.offset, 0x7000);
    expect_same_end();
    power_on(MIGRATE_STARTED);
    assert_int_equal(world.nor.operations, 0);
}

/* --- one cut ------------------------------------------------------------ */

static void a_cut_anywhere_is_made_good(void **state)
{
    (void)state;
    for (size_t device = 0; device < COUNT(devices); device++) {
        init(device);
        uint32_t cuts = 0;
        uint32_t switched = 0;
        for (uint32_t i = 0; i < operations * QUARTERS; i++, cuts++) {
            start_again();
            cut(1 + i / QUARTERS, i % QUARTERS);
            switched += is_switched();
            expect_recovery();
        }
        assert_int_equal(cuts, operations * QUARTERS);
        /* Only the flag's own write, or its erase where that names the
         * second copy, is late enough. */
        assert_in_range(switched, 1, 2 * QUARTERS);
        release();
    }
}

static void what_was_done_is_not_done_again(void **state)
{
    (void)state;
    init(1);
    for (uint32_t operation = 1; operation <= operations; operation++) {
        start_again();
        cut(operation, 0);
        power_on(MIGRATE_MOVED);
        /* Blank sectors are erased once more. */
        uint32_t left = operations - operation + 1;
        assert_in_range(world.nor.operations, left, left + BLANK_SECTORS);
    }
    release();
}

/* --- several ------------------------------------------------------------ */

static void a_second_cut_is_made_good(void **state)
{
    (void)state;
    init(0);
    uint32_t cuts = 0;
    for (uint32_t first = 1; first < operations; first++)
        for (uint32_t second = 1;; second += 3, cuts++) {
            start_again();
            cut(first, 2);
            if (is_switched())
                break;
            struct ota_error err;
            world.nor.cut_at = second;
            world.nor.cut_quarters = 1;
            if (migrate_world_boot(&world, &err) != MIGRATE_FAILED)
                break;
            nor_flash_power_on(&world.nor);
            expect_recovery();
        }
    assert_true(cuts > operations);
    release();
}

/* As on a supply that only ever lasts for a few operations. */
static void progress_is_made_in_any_number_of_starts(void **state)
{
    (void)state;
    for (size_t device = 0; device < COUNT(devices); device++) {
        init(device);
        start_again();
        uint32_t starts = 0;
        struct ota_error err;
        enum migrate_end end;
        do {
            nor_flash_power_on(&world.nor);
            world.nor.cut_at = 3 + BLANK_SECTORS;
            world.nor.cut_quarters = starts % QUARTERS;
            end = migrate_world_boot(&world, &err);
            starts++;
            assert_true(starts <= operations);
            nor_flash_power_on(&world.nor);
        } while (end == MIGRATE_FAILED && !is_switched());
        assert_true(starts > 2);
        expect_recovery();
        release();
    }
}

/* --- a flash that fails ------------------------------------------------- */

/* One that fails to write nothing but erased bits is none. */
static void a_silent_fault_is_noticed_and_made_good(void **state)
{
    (void)state;
    uint32_t noticed = 0;
    init(1);
    for (uint32_t operation = 1; operation <= operations; operation++) {
        start_again();
        world.nor.silent_at = operation;
        struct ota_error err = {0};
        if (migrate_world_boot(&world, &err) == MIGRATE_FAILED) {
            assert_int_equal(err.code, OTA_E_FLASH_READBACK);
            noticed++;
        }
        nor_flash_power_on(&world.nor);
        expect_recovery();
    }
    assert_in_range(noticed, operations - BLANK_SECTORS, operations);
    release();
}

static void an_operation_that_fails_is_made_good(void **state)
{
    (void)state;
    struct ota_error err = {0};
    init(2);
    for (uint32_t operation = 1; operation <= operations; operation++) {
        start_again();
        world.nor.failing_at = operation;
        assert_int_equal(migrate_world_boot(&world, &err), MIGRATE_FAILED);
        assert_true(err.code == OTA_E_FLASH_WRITE ||
                    err.code == OTA_E_FLASH_ERASE);
        nor_flash_power_on(&world.nor);
        expect_recovery();
    }
    release();
}

/* Nothing can be made good then, but the pack stays what is started. */
static void a_worn_sector_never_switches(void **state)
{
    (void)state;
    init(2);
    start_again();
    world.nor.data[3 * SECTOR] &= 0xfe;
    for (int i = 0; i < 3; i++) {
        nor_flash_power_on(&world.nor);
        world.nor.worn_sector = 3 + 1;
        fail_with(OTA_E_FLASH_READBACK);
        assert_false(is_switched());
    }
    release();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_anywhere_is_made_good),
        cmocka_unit_test(what_was_done_is_not_done_again),
        cmocka_unit_test(a_second_cut_is_made_good),
        cmocka_unit_test(progress_is_made_in_any_number_of_starts),
        cmocka_unit_test(a_silent_fault_is_noticed_and_made_good),
        cmocka_unit_test(an_operation_that_fails_is_made_good),
        cmocka_unit_test(a_worn_sector_never_switches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
