/* SPDX-License-Identifier: Apache-2.0 */
/* Old boots, devices, fleets and pages of the native gear. */
#include "cmocka_all.h"
#include "otatool/campaign_page.h"
#include "otatool/fleet.h"
#include "otatool/old_device.h"
#include "otatool/profiles.h"
#include "sample_pack.h"
#include <stdlib.h>
#include <string.h>

static struct sample_pack sample;
static struct ota_native_pack pack;

static int set_up(void **state)
{
    (void)state;
    sample_pack_init(&sample, 2);
    assert_true(ota_native_pack_init(&pack, sample.data, sample.size, NULL));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    ota_native_pack_release(&pack);
    sample_pack_release(&sample);
    return 0;
}

struct machine {
    struct ota_native_device device;
    struct ota_chip chip;
};

static void open_machine(struct machine *machine, uint8_t map, uint8_t boot,
                         uint8_t slot, enum ota_native_boot by)
{
    const struct ota_rehearsal_device kind = {ota_flash_map_by_code(map), boot,
                                              slot, 0};
    assert_true(
        ota_native_device_init(&machine->device, &kind, &pack, by, NULL));
    assert_true(ota_chip_init(&machine->chip, kind.map->flash_size, NULL));
    ota_native_device_put(&machine->device, &machine->chip);
}

static void close_machine(struct machine *machine)
{
    ota_chip_release(&machine->chip);
    ota_native_device_release(&machine->device);
}

static enum ota_rehearsal_end run(uint8_t map, uint8_t boot, uint8_t slot,
                                  enum ota_native_boot by)
{
    struct machine machine;
    open_machine(&machine, map, boot, slot, by);
    enum ota_rehearsal_end end =
        ota_native_device_power_on(&machine.device, &machine.chip);
    close_machine(&machine);
    return end;
}

/* --- old boots ---------------------------------------------------------- */

static enum ota_old_boot_end start(struct machine *machine, uint32_t *offset)
{
    return ota_old_device_start(&machine->chip.flash,
                                machine->device.kind.boot_version, offset);
}

static void a_boot_starts_the_slot_of_its_parameters(void **state)
{
    (void)state;
    for (uint8_t boot = 2; boot <= 7; boot++)
        for (uint8_t slot = 1; slot <= 2; slot++) {
            struct machine machine;
            uint32_t offset = 0;
            open_machine(&machine, 2, boot, slot, OTA_NATIVE_OURS);
            assert_int_equal(start(&machine, &offset), OTA_OLD_BOOT_STARTS);
            assert_int_equal(offset, slot == 2 ? 0x81000 : 0x1000);
            assert_int_equal(machine.chip.at.counts.operations, 0);
            close_machine(&machine);
        }
}

/* Boot 1.2 stops for ever; later ones choose the other slot, and say so in
 * the parameters. */
static void a_slot_without_an_image_is_left(void **state)
{
    const uint32_t nothing = 0xffffffff;
    (void)state;
    for (uint8_t boot = 2; boot <= 7; boot++) {
        struct machine machine;
        uint32_t offset = 0;
        open_machine(&machine, 2, boot, 2, OTA_NATIVE_OURS);
        ota_chip_put(&machine.chip, 0x81000, &nothing, sizeof(nothing));
        enum ota_old_boot_end end = start(&machine, &offset);
        assert_int_equal(end, boot == 2 ? OTA_OLD_BOOT_STOPS
                                        : OTA_OLD_BOOT_RESTARTS);
        if (boot > 2) {
            assert_int_equal(start(&machine, &offset), OTA_OLD_BOOT_STARTS);
            assert_int_equal(offset, 0x1000);
        }
        close_machine(&machine);
    }
}

static void a_wrong_checksum_is_a_crash(void **state)
{
    const uint32_t damage = 0;
    struct machine machine;
    uint32_t offset = 0;
    (void)state;
    open_machine(&machine, 2, 6, 2, OTA_NATIVE_OURS);
    ota_chip_put(&machine.chip, 0x81100, &damage, sizeof(damage));
    assert_int_equal(start(&machine, &offset), OTA_OLD_BOOT_CRASHES);
    close_machine(&machine);
}

static void parameters_of_another_boot_are_reset_to_user1(void **state)
{
    const uint8_t foreign[4] = {5, 0x80 | 3, 0xff, 0xff};
    struct machine machine;
    uint32_t offset = 0;
    (void)state;
    open_machine(&machine, 2, 6, 2, OTA_NATIVE_OURS);
    ota_chip_put(&machine.chip, 0xfd000, foreign, sizeof(foreign));
    assert_int_equal(start(&machine, &offset), OTA_OLD_BOOT_STARTS);
    assert_int_equal(offset, 0x1000);
    assert_int_equal(machine.chip.at.counts.erases, 2);
    close_machine(&machine);
}

/* --- devices ------------------------------------------------------------ */

static void ours_migrates_every_kind(void **state)
{
    struct ota_rehearsal_device kinds[OTA_PROFILES_MAX];
    const struct ota_profiles all = {.maps = 1 << 0 | 1 << 2 | 1 << 5};
    size_t count = ota_profiles_list(&all, pack.size, kinds);
    (void)state;
    assert_int_equal(count, 24 + 24 + 16);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(run(kinds[i].map->code, kinds[i].boot_version,
                             kinds[i].slot, OTA_NATIVE_OURS),
                         OTA_REHEARSAL_APP);
}

static void the_unpacker_loses_boot_1_2(void **state)
{
    (void)state;
    for (uint8_t slot = 1; slot <= 2; slot++) {
        assert_true(
            ota_rehearsal_is_lost(run(2, 2, slot, OTA_NATIVE_UPSTREAM)));
        assert_int_equal(run(2, 6, slot, OTA_NATIVE_UPSTREAM),
                         OTA_REHEARSAL_APP);
    }
}

/* A pack with another ota_0, behind boot 1.6 in user2 of 1 MB. */
static struct ota_campaign run_unpacker(uint32_t ota_0_size, bool has_faults)
{
    const struct ota_rehearsal_device kind = {ota_flash_map_by_code(2), 6, 2,
                                              0};
    struct ota_campaign_row row = {.kind = kind};
    struct ota_campaign_pool pool = {
        .pack = &pack,
        .boot = OTA_NATIVE_UPSTREAM,
        .plan = {OTA_CUTS_RANDOM, 1, 0, 1, has_faults},
        .rows = &row,
        .count = 1};
    sample.table.entries[1].size = ota_0_size;
    sample_pack_build(&sample);
    ota_native_pack_release(&pack);
    assert_true(ota_native_pack_init(&pack, sample.data, sample.size, NULL));
    assert_true(ota_campaign_pool_run(&pool, NULL));
    return row.result;
}

static void the_unpacker_reads_past_the_end_of_the_flash(void **state)
{
    (void)state;
    struct ota_campaign fits = run_unpacker(0x77000, false);
    struct ota_campaign overlaps = run_unpacker(0x9f000, false);
    assert_int_equal(fits.end, OTA_REHEARSAL_APP);
    assert_int_equal(overlaps.end, OTA_REHEARSAL_HANGS);
    assert_int_equal(overlaps.losses[0].depth, 0);
    ota_campaign_release(&fits);
    ota_campaign_release(&overlaps);
}

static void the_unpacker_takes_a_failed_write_for_done(void **state)
{
    (void)state;
    struct ota_campaign result = run_unpacker(0x3000, true);
    assert_int_equal(result.end, OTA_REHEARSAL_APP);
    assert_true(result.lost > 16);
    for (uint32_t i = 0; i < result.loss_count; i++)
        assert_int_equal(result.losses[i].cause, OTA_CAUSE_FAILED);
    ota_campaign_release(&result);
}

static void damage_is_not_taken_for_the_app(void **state)
{
    struct machine machine;
    const uint8_t bits[4] = {0x3f, 0xff, 0xff, 0xff};
    (void)state;
    open_machine(&machine, 2, 6, 1, OTA_NATIVE_OURS);
    /* Two bits that the checksum does not see. */
    uint32_t at = pack.pack.app_address + pack.pack.app.size + 8;
    ota_chip_put(&machine.chip, at, bits, sizeof(bits));
    assert_int_equal(ota_native_device_power_on(&machine.device, &machine.chip),
                     OTA_REHEARSAL_DAMAGED);
    close_machine(&machine);
}

static void few_profiles_are_the_outermost_boots(void **state)
{
    struct ota_rehearsal_device kinds[OTA_PROFILES_MAX];
    const struct ota_profiles few = {.maps = 1 << 2 | 1 << 5, .is_few = true};
    (void)state;
    assert_int_equal(ota_profiles_list(&few, 1000, kinds), 4);
    assert_int_equal(kinds[0].boot_version, 2);
    assert_int_equal(kinds[1].boot_version, 7);
    assert_int_equal(kinds[2].boot_version, 4);
    assert_int_equal(kinds[3].slot, 2);
    assert_int_equal(ota_profiles_list(&few, 0xfffff, kinds), 0);
}

/* --- fleets and pages --------------------------------------------------- */

static void a_fleet_adds_up_and_repeats(void **state)
{
    const struct ota_rehearsal_device kinds[] = {
        {ota_flash_map_by_code(2), 2, 2, 0},
        {ota_flash_map_by_code(2), 6, 1, 1}};
    struct ota_fleet fleet = {.pack = &pack,
                              .kinds = kinds,
                              .kind_count = 2,
                              .size = 100,
                              .radio_loss = 500000,
                              .power_cut = 300000,
                              .seed = 3,
                              .policy = {2, {100, 1000}, 2, 0}};
    (void)state;
    assert_true(ota_fleet_run(&fleet, NULL));
    struct ota_fleet_wave first = ota_fleet_sum(&fleet);
    assert_int_equal(first.offered, 100);
    assert_int_equal(first.migrated + first.old + first.unreached + first.lost,
                     100);
    assert_int_equal(first.lost, 0);
    assert_in_range(first.unreached, 10, 45);
    assert_true(first.cuts > 0);
    fleet.jobs = 1;
    assert_true(ota_fleet_run(&fleet, NULL));
    struct ota_fleet_wave second = ota_fleet_sum(&fleet);
    assert_memory_equal(&first, &second, sizeof(first));
    fleet.boot = OTA_NATIVE_UPSTREAM;
    assert_true(ota_fleet_run(&fleet, NULL));
    assert_true(fleet.was_stopped);
    assert_int_equal(fleet.waves_run, 1);
}

static void the_bound_is_that_of_the_binomial(void **state)
{
    (void)state;
    /* Without a loss, 1 - 0.05^(1/n). */
    assert_true(ota_fleet_upper_bound(0, 0) == 1);
    assert_float_equal(ota_fleet_upper_bound(0, 100), 0.029513, 1e-5);
    assert_float_equal(ota_fleet_upper_bound(0, 1000000), 2.9957e-6, 1e-9);
    assert_float_equal(ota_fleet_upper_bound(1, 10), 0.39416, 1e-4);
    assert_true(ota_fleet_upper_bound(10, 10) == 1);
}

static void a_page_shows_rows_and_needs_nothing_else(void **state)
{
    const struct ota_rehearsal_device kind = {ota_flash_map_by_code(2), 2, 2,
                                              0};
    struct ota_campaign_row row = {.kind = kind};
    struct ota_campaign_pool pool = {.pack = &pack,
                                     .boot = OTA_NATIVE_OURS,
                                     .plan = {OTA_CUTS_ANY, 3, 0, 1, false},
                                     .rows = &row,
                                     .count = 1};
    char *text;
    size_t size;
    (void)state;
    assert_true(ota_campaign_pool_run(&pool, NULL));
    row.result.steps[0].lost = 1;
    const struct ota_campaign_page page = {.pack = "<b>&",
                                           .command = "otatool simulate",
                                           .gear = "native",
                                           .cuts = "any",
                                           .table = &pack.pack.table,
                                           .rows = &row,
                                           .count = 1,
                                           .states = pool.states};
    assert_true(ota_campaign_page_build(&page, &text, &size, NULL));
    assert_int_equal(strlen(text), size);
    assert_non_null(strstr(text, "&lt;b&gt;&amp;"));
    assert_null(strstr(text, "<b>"));
    assert_non_null(strstr(text, "512+512@1M, boot 1.2, user2, sector 1"));
    assert_non_null(strstr(text, "class=\"dead\""));
    assert_null(strstr(text, "http"));
    assert_null(strstr(text, "<script"));
    free(text);
    ota_campaign_release(&row.result);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_boot_starts_the_slot_of_its_parameters),
        TEST(a_slot_without_an_image_is_left),
        TEST(a_wrong_checksum_is_a_crash),
        TEST(parameters_of_another_boot_are_reset_to_user1),
        TEST(ours_migrates_every_kind),
        TEST(the_unpacker_loses_boot_1_2),
        TEST(the_unpacker_reads_past_the_end_of_the_flash),
        TEST(the_unpacker_takes_a_failed_write_for_done),
        TEST(damage_is_not_taken_for_the_app),
        TEST(few_profiles_are_the_outermost_boots),
        TEST(a_fleet_adds_up_and_repeats),
        TEST(the_bound_is_that_of_the_binomial),
        TEST(a_page_shows_rows_and_needs_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
