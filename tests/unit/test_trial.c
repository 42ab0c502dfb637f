/* SPDX-License-Identifier: Apache-2.0 */
/* Updates on trial: in place, and by a swap where only ota_0 runs. */
#include "boot_world.h"
#include "cmocka_all.h"
#include "otatool/trial.h"
#include <string.h>

enum { SECTOR = OTA_SECTOR_SIZE, QUARTERS = 5, N = BOOT_WORLD_SECTORS };
enum { OLD = 1, NEW = 2 }; /* apps by their seeds */
enum { OTA_0 = BOOT_WORLD_OTA_0, OTA_1 = BOOT_WORLD_OTA_1 };
enum { HIGH = BOOT_WORLD_OTA_1_HIGH, OTADATA = BOOT_WORLD_OTADATA };

static struct boot_world world;

static void init(uint32_t flash_size, uint32_t sectors, uint32_t old_sectors)
{
    boot_world_init(&world, flash_size);
    boot_world_put_app(&world, OTA_0, old_sectors, OLD);
    boot_world_put_app(&world, flash_size > 0x100000 ? HIGH : OTA_1, sectors,
                       NEW);
    boot_world_name(&world, 0, OTA_OTADATA_UNDEFINED);
    boot_world_name(&world, 1, OTA_OTADATA_NEW);
}

/* ota_1 runs where it lies. */
static void init_2m(void)
{
    init(0x200000, N, N);
}

static void init_1m(void)
{
    init(0x100000, N, N);
}

static void release(void)
{
    boot_world_release(&world);
}

static enum ota_trial trial(uint32_t *slot)
{
    enum ota_trial found;
    struct ota_error err;
    assert_true(
        ota_trial_read(&found, slot, &world.nor.flash, OTADATA, 2, &err));
    return found;
}

static void confirm(void)
{
    struct ota_error err;
    assert_true(ota_trial_confirm(&world.nor.flash, OTADATA, &err));
}

/* An app starts, and which: its seed. */
static void expect_app(uint32_t offset, uint32_t sectors, uint8_t seed)
{
    assert_int_equal(boot_world_power_on(&world), offset);
    assert_true(boot_world_has_app(&world, offset, sectors, seed));
}

static void expect_stays(uint32_t offset, uint8_t seed)
{
    uint32_t slot;
    for (int i = 0; i < 2; i++) {
        expect_app(offset, N, seed);
        assert_int_equal(world.nor.operations, 0);
        assert_int_not_equal(trial(&slot), OTA_TRIAL_RUNS);
    }
}

static void expect_failed_trial(void)
{
    uint32_t slot = 7;
    assert_int_equal(trial(&slot), OTA_TRIAL_FAILED);
    assert_int_equal(slot, 1);
}

/* --- in place ----------------------------------------------------------- */

static void an_app_that_confirms_itself_stays(void **state)
{
    uint32_t slot;
    (void)state;
    init_2m();
    expect_app(HIGH, N, NEW);
    assert_int_equal(world.told[OTA_BOOTLOADER_ON_TRIAL], 1);
    assert_int_equal(trial(&slot), OTA_TRIAL_RUNS);
    confirm();
    assert_int_equal(trial(&slot), OTA_TRIAL_NONE);
    expect_stays(HIGH, NEW);
    release();
}

static void one_that_does_not_is_rolled_back(void **state)
{
    (void)state;
    init_2m();
    expect_app(HIGH, N, NEW);
    expect_app(OTA_0, N, OLD);
    assert_int_equal(world.told[OTA_BOOTLOADER_ROLLS_BACK], 1);
    expect_failed_trial();
    expect_stays(OTA_0, OLD);
    expect_failed_trial();
    release();
}

/* What the SDK v3 writes: no trial, whatever its label. */
static void without_a_state_there_is_no_trial(void **state)
{
    uint32_t slot;
    (void)state;
    for (int i = 0; i < 2; i++) {
        init_2m();
        boot_world_name(&world, 0, OTA_OTADATA_UNDEFINED);
        boot_world_name(&world, 1, OTA_OTADATA_UNDEFINED);
        if (i) /* some tool's label of zeros */
            memset(world.nor.data + OTADATA + SECTOR + 4, 0, 24);
        expect_stays(HIGH, NEW);
        assert_int_equal(trial(&slot), OTA_TRIAL_NONE);
        confirm();
        assert_int_equal(world.nor.operations, 0);
        release();
    }
}

static void a_new_app_that_is_damaged_is_not_tried(void **state)
{
    (void)state;
    init_2m();
    world.nor.data[HIGH + 0x123] ^= 1;
    expect_app(OTA_0, N, OLD);
    assert_int_equal(world.nor.operations, 0);
    release();
}

static void an_app_may_say_that_it_is_no_good(void **state)
{
    (void)state;
    init_2m();
    boot_world_name(&world, 0, OTA_OTADATA_UNDEFINED);
    boot_world_name(&world, 1, OTA_OTADATA_INVALID);
    expect_stays(OTA_0, OLD);
    release();
}

/* There is no app before it: better this one than none. */
static void the_only_app_starts_after_its_trial(void **state)
{
    (void)state;
    init_2m();
    memset(world.nor.data + OTA_0, 0xff, SECTOR);
    memset(world.nor.data + OTADATA, 0xff, SECTOR);
    expect_app(HIGH, N, NEW);
    expect_app(HIGH, N, NEW);
    assert_int_equal(world.told[OTA_BOOTLOADER_ROLLS_BACK], 1);
    expect_stays(HIGH, NEW);
    expect_failed_trial();
    release();
}

/* --- by a swap ---------------------------------------------------------- */

static void the_apps_change_places(void **state)
{
    uint32_t slot;
    (void)state;
    init_1m();
    expect_app(OTA_0, N, NEW);
    assert_int_equal(world.told[OTA_BOOTLOADER_SWAPS], 1);
    assert_int_equal(world.told[OTA_BOOTLOADER_ON_TRIAL], 1);
    assert_true(boot_world_has_app(&world, OTA_1 + SECTOR, N, OLD));
    assert_int_equal(trial(&slot), OTA_TRIAL_RUNS);
    confirm();
    expect_stays(OTA_0, NEW);
    release();
}

static void and_change_back_when_there_is_no_confirmation(void **state)
{
    (void)state;
    init_1m();
    expect_app(OTA_0, N, NEW);
    expect_app(OTA_0, N, OLD);
    assert_true(boot_world_has_app(&world, OTA_1, N, NEW));
    expect_failed_trial();
    expect_stays(OTA_0, OLD);
    release();
}

/* Each sector once on the way down and once on the way back, and one free
 * one; the one that a way begins with once more, to be sure. */
static void a_swap_erases_each_sector_once(void **state)
{
    (void)state;
    init_1m();
    memset(world.nor.wear, 0, sizeof(world.nor.wear));
    expect_app(OTA_0, N, NEW);
    const uint16_t *low = world.nor.wear + OTA_0 / SECTOR;
    const uint16_t *high = world.nor.wear + OTA_1 / SECTOR;
    for (uint32_t i = 0; i <= N; i++) {
        assert_in_range(low[i], 0, i < N);
        assert_in_range(high[i], 0, i == 0 ? 0 : i < N ? 1 : 2);
    }
    assert_int_equal(world.nor.wear[OTADATA / SECTOR], 0);
    assert_int_equal(world.nor.wear[OTADATA / SECTOR + 1], 1);
    expect_app(OTA_0, N, OLD);
    for (uint32_t i = 0; i <= N; i++) {
        assert_in_range(low[i], 0, i < N ? 2 : 0);
        assert_in_range(high[i], 0, 2);
    }
    release();
}

static void apps_of_different_lengths_are_swapped(void **state)
{
    static const uint32_t sizes[][2] = {{1, N}, {N, 1}, {2, 3}, {1, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        init(0x100000, sizes[i][0], sizes[i][1]);
        expect_app(OTA_0, sizes[i][0], NEW);
        expect_app(OTA_0, sizes[i][1], OLD);
        release();
    }
}

/* --- where there is no room --------------------------------------------- */

static void expect_copied(void)
{
    uint32_t slot;
    boot_world_put_table(&world);
    expect_app(OTA_0, N, NEW);
    assert_int_equal(world.told[OTA_BOOTLOADER_NO_TRIAL], 1);
    assert_int_equal(world.told[OTA_BOOTLOADER_SWAPS], 0);
    assert_int_equal(trial(&slot), OTA_TRIAL_NONE);
    expect_stays(OTA_0, NEW);
    release();
}

static void without_a_free_sector_there_is_no_trial(void **state)
{
    (void)state;
    init_1m();
    world.pack.table.entries[4].size = N * SECTOR;
    expect_copied();
    init(0x100000, N, N + 1);
    world.pack.table.entries[1].size = N * SECTOR;
    expect_copied();
    init_1m();
    world.pack.table.entries[4].size = (N + 1) * SECTOR;
    boot_world_put_table(&world);
    expect_app(OTA_0, N, NEW);
    assert_int_equal(world.told[OTA_BOOTLOADER_SWAPS], 1);
    release();
}

/* There would be nothing to go back to. */
static void without_an_app_in_ota_0_there_is_no_trial(void **state)
{
    (void)state;
    init_1m();
    world.nor.data[OTA_0 + 0x123] ^= 1;
    expect_copied();
    init_1m();
    world.nor.data[OTA_0] = 0;
    expect_copied();
    init_1m();
    boot_world_put_app(&world, OTA_0, N, OLD);
    world.nor.data[OTA_0 + 10] ^= 1; /* linked for elsewhere */
    expect_copied();
}

/* More sectors than a journal has marks for. */
static void an_app_too_long_for_the_journal_is_copied(void **state)
{
    enum { LONG = OTA_SWAP_MOST + 1, FROM = 0x280000 };
    (void)state;
    boot_world_init(&world, 0x400000);
    world.pack.table.entries[1].size = 0xf8000;
    world.pack.table.entries[2].offset = 0x100000;
    world.pack.table.entries[3].offset = OTADATA + 0x100000;
    world.pack.table.entries[4].offset = FROM;
    world.pack.table.entries[4].size = 0x100000;
    boot_world_put_table(&world);
    for (uint32_t sectors = LONG - 1; sectors <= LONG; sectors++) {
        uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
        boot_world_put_app(&world, OTA_0, N, OLD);
        boot_world_put_app(&world, FROM, sectors, NEW);
        memset(world.nor.data + OTADATA + 0x100000, 0xff, 2 * SECTOR);
        ota_otadata_encode(2, OTA_OTADATA_NEW, entry);
        nor_flash_put(&world.nor, OTADATA + 0x100000, entry, sizeof(entry));
        expect_app(OTA_0, sectors, NEW);
        assert_int_equal(world.told[OTA_BOOTLOADER_SWAPS], sectors < LONG);
        assert_int_equal(world.told[OTA_BOOTLOADER_COPIES], sectors == LONG);
    }
    release();
}

/* --- damage ------------------------------------------------------------- */

/* After the swap the new app does not verify: back, without a start. */
static void an_app_that_is_damaged_by_the_swap_goes_back(void **state)
{
    (void)state;
    init_1m();
    while (world.told[OTA_BOOTLOADER_SWAPS_ON] == 0)
        assert_false(boot_world_start(&world).starts_app);
    world.nor.data[OTA_0] = 0;
    assert_int_equal(boot_world_power_on(&world), OTA_0);
    assert_true(boot_world_has_app(&world, OTA_0, N, OLD));
    assert_int_equal(world.told[OTA_BOOTLOADER_ON_TRIAL], 0);
    expect_failed_trial();
    release();
}

/* --- cuts --------------------------------------------------------------- */

static struct nor_flash before;

static void start_again(void)
{
    memcpy(world.nor.data, before.data, before.flash.size);
    nor_flash_power_on(&world.nor);
}

static void cut_at(uint32_t operation, uint32_t quarters)
{
    nor_flash_power_on(&world.nor);
    world.nor.cut_at = operation;
    world.nor.cut_quarters = quarters;
}

static void begin(void (*prepare)(void))
{
    prepare();
    nor_flash_copy(&before, &world.nor);
}

static void end(void)
{
    nor_flash_release(&before);
    release();
}

/* Runs until the power is lost; false when an app starts before. */
static bool run_into_cut(void)
{
    for (int i = 0; i < 12 && !world.nor.is_off; i++)
        if (boot_world_start(&world).starts_app)
            return false;
    assert_true(world.nor.is_off);
    nor_flash_power_on(&world.nor);
    return true;
}

static uint32_t other_place(void)
{
    return world.nor.flash.size > 0x100000 ? HIGH : OTA_1;
}

/* From any state the device gets to the new app on trial or to the old one,
 * and from the trial to the old one and to nothing else. */
static void expect_good_end(void)
{
    uint32_t slot;
    uint32_t offset = boot_world_power_on(&world);
    assert_true(offset == OTA_0 || offset == other_place());
    if (trial(&slot) == OTA_TRIAL_RUNS) {
        assert_true(boot_world_has_app(&world, offset, N, NEW));
        offset = boot_world_power_on(&world);
    }
    assert_int_equal(offset, OTA_0);
    assert_true(boot_world_has_app(&world, OTA_0, N, OLD));
    expect_stays(OTA_0, OLD);
}

/* The power is lost in each operation from the update's naming to the end of
 * its rollback; the trial is met on the way or not. */
static void a_cut_anywhere_ends_well(void (*prepare)(void))
{
    uint32_t cuts = 0;
    uint32_t tries = 0;
    uint32_t slot;
    begin(prepare);
    for (bool is_cut = true; is_cut; cuts++) {
        start_again();
        cut_at(1 + cuts / QUARTERS, cuts % QUARTERS);
        is_cut = run_into_cut();
        if (!is_cut && trial(&slot) == OTA_TRIAL_RUNS) {
            tries++;
            world.nor.operations = 0;
            is_cut = run_into_cut();
        }
        expect_good_end();
    }
    assert_true(cuts > 3 * QUARTERS);
    end();
}

static void a_cut_of_a_trial_in_place_ends_well(void **state)
{
    (void)state;
    a_cut_anywhere_ends_well(init_2m);
}

static void a_cut_of_a_swap_ends_well(void **state)
{
    (void)state;
    a_cut_anywhere_ends_well(init_1m);
}

/* Once started, the way back is cut. */
static void started_1m(void)
{
    init_1m();
    boot_world_power_on(&world);
}

static void a_cut_of_the_way_back_ends_well(void **state)
{
    (void)state;
    a_cut_anywhere_ends_well(started_1m);
}

static void a_second_cut_ends_well(void **state)
{
    (void)state;
    begin(init_1m);
    for (uint32_t first = 1; first < 60; first += 2)
        for (uint32_t second = 1; second < 12; second++) {
            start_again();
            cut_at(first, first % QUARTERS);
            if (!run_into_cut())
                continue;
            cut_at(second, second % QUARTERS);
            run_into_cut();
            expect_good_end();
        }
    end();
}

static void progress_is_made_in_any_number_of_starts(void **state)
{
    uint32_t starts = 0;
    (void)state;
    begin(init_1m);
    do
        cut_at(5, starts % QUARTERS);
    while (run_into_cut() && ++starts < 100);
    assert_in_range(starts, 3, 99);
    expect_good_end();
    end();
}

/* The confirmation itself is cut: the app stays, or the one before it runs;
 * where they were swapped, it stays in any case. */
static void a_cut_confirmation_starts_one_of_the_two(void **state)
{
    struct ota_error err;
    (void)state;
    for (int i = 0; i < 2; i++) {
        begin(i ? init_1m : init_2m);
        for (uint32_t cut = 0; cut < 4 * QUARTERS; cut++) {
            start_again();
            boot_world_power_on(&world);
            cut_at(1 + cut / QUARTERS, cut % QUARTERS);
            assert_false(ota_trial_confirm(&world.nor.flash, OTADATA, &err));
            nor_flash_power_on(&world.nor);
            uint32_t offset = boot_world_power_on(&world);
            bool is_new = boot_world_has_app(&world, offset, N, NEW);
            assert_true(is_new || boot_world_has_app(&world, OTA_0, N, OLD));
            expect_stays(offset, is_new ? NEW : OLD);
        }
        end();
    }
}

/* --- faults ------------------------------------------------------------- */

static void a_fault_anywhere_ends_well(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        begin(i ? init_1m : started_1m);
        for (uint32_t fault = 0; fault < 2 * 70; fault++) {
            start_again();
            world.nor.silent_at = fault % 2 ? 1 + fault / 2 : 0;
            world.nor.failing_at = fault % 2 ? 0 : 1 + fault / 2;
            for (int start = 0; start < 12; start++)
                if (boot_world_start(&world).starts_app)
                    break;
            expect_good_end();
        }
        end();
    }
}

/* One read fails: another try, and nothing is taken for damaged. */
static void a_read_that_fails_ends_well(void **state)
{
    (void)state;
    void (*const prepares[])(void) = {init_1m, init_2m, started_1m};
    for (size_t i = 0; i < 3; i++) {
        begin(prepares[i]);
        boot_world_power_on(&world);
        uint32_t reads = world.nor.reads;
        for (uint32_t read = 1; read <= reads; read += 1 + read / 40) {
            start_again();
            world.nor.unreadable_at = read;
            for (int start = 0; start < 12; start++)
                if (boot_world_start(&world).starts_app)
                    break;
            assert_int_equal(world.told[OTA_BOOTLOADER_IS_STUCK], 0);
            expect_good_end();
        }
        end();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_app_that_confirms_itself_stays),
        cmocka_unit_test(one_that_does_not_is_rolled_back),
        cmocka_unit_test(without_a_state_there_is_no_trial),
        cmocka_unit_test(a_new_app_that_is_damaged_is_not_tried),
        cmocka_unit_test(an_app_may_say_that_it_is_no_good),
        cmocka_unit_test(the_only_app_starts_after_its_trial),
        cmocka_unit_test(the_apps_change_places),
        cmocka_unit_test(and_change_back_when_there_is_no_confirmation),
        cmocka_unit_test(a_swap_erases_each_sector_once),
        cmocka_unit_test(apps_of_different_lengths_are_swapped),
        cmocka_unit_test(without_a_free_sector_there_is_no_trial),
        cmocka_unit_test(without_an_app_in_ota_0_there_is_no_trial),
        cmocka_unit_test(an_app_too_long_for_the_journal_is_copied),
        cmocka_unit_test(an_app_that_is_damaged_by_the_swap_goes_back),
        cmocka_unit_test(a_cut_of_a_trial_in_place_ends_well),
        cmocka_unit_test(a_cut_of_a_swap_ends_well),
        cmocka_unit_test(a_cut_of_the_way_back_ends_well),
        cmocka_unit_test(a_second_cut_ends_well),
        cmocka_unit_test(progress_is_made_in_any_number_of_starts),
        cmocka_unit_test(a_cut_confirmation_starts_one_of_the_two),
        cmocka_unit_test(a_fault_anywhere_ends_well),
        cmocka_unit_test(a_read_that_fails_ends_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
