/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "migrate_world.h"
#include "otatool/pack_file.h"
#include <stdlib.h>
#include <string.h>

enum { SECTOR = OTA_SECTOR_SIZE, KB = 1024 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct migrate_world world;

static const struct migrate_device usual = {
    .map = 2, .slot = 2, .version = 6, .copy = 1};

static uint8_t *snapshot(void)
{
    uint8_t *bytes = malloc(world.nor.flash.size);
    assert_non_null(bytes);
    memcpy(bytes, world.nor.data, world.nor.flash.size);
    return bytes;
}

static uint32_t parameters(void)
{
    return ota_flash_map_parameters(world.map);
}

static void expect_refused(enum ota_code code)
{
    struct ota_error err = {0};
    nor_flash_power_on(&world.nor);
    assert_int_equal(migrate_world_boot(&world, &err), MIGRATE_REFUSED);
    assert_int_equal(err.code, code);
    assert_int_equal(world.nor.operations, 0);
}

static void expect_moved(void)
{
    struct ota_error err;
    nor_flash_power_on(&world.nor);
    assert_int_equal(migrate_world_boot(&world, &err), MIGRATE_MOVED);
}

static void start(void)
{
    struct ota_error err;
    nor_flash_power_on(&world.nor);
    assert_int_equal(migrate_world_old_boot(&world), 1);
    assert_int_equal(migrate_world_boot(&world, &err), MIGRATE_STARTED);
    assert_int_equal(world.start.way, OTA_START_IN_PLACE);
    assert_int_equal(world.start.image.offset, 0x7000);
}

/* The first start may write, later ones do not. */
static void expect_started(void)
{
    start();
    start();
    assert_int_equal(world.nor.operations, 0);
}

/* So that a refusal writes nothing. */
static void forget_old_firmware(void)
{
    world.nor.data[ota_flash_map_slot(world.map, 3 - world.device.slot)] = 0xff;
}

/* --- what the flash holds afterwards ------------------------------------ */

static bool is_in(uint32_t at, uint32_t start, uint64_t end)
{
    return at >= start && at < end;
}

static bool is_setting(uint32_t at)
{
    const struct ota_partition_table *table = &world.pack.table;
    for (uint32_t i = 0; i < table->count; i++) {
        const struct ota_partition *row = &table->entries[i];
        if (row->type == OTA_PARTITION_DATA &&
            row->subtype != OTA_PARTITION_DATA_PHY &&
            ota_partition_end(row) <= world.nor.flash.size &&
            is_in(at, row->offset, ota_partition_end(row)))
            return true;
    }
    return false;
}

static bool is_blank(const uint8_t *sector)
{
    for (uint32_t i = 0; i < SECTOR; i++)
        if (sector[i] != 0xff)
            return false;
    return true;
}

/* The parameters are those that counted, but for two bytes; so is what the
 * old SDK keeps behind them. The other copy has forgotten about user2. */
static void expect_parameters(const uint8_t *before, bool is_settled)
{
    uint32_t start = parameters();
    uint32_t now = start + (world.device.copy ? 1u : 2u) * SECTOR;
    uint32_t then = start + (world.device.copy ? 2u : 1u) * SECTOR;
    const uint8_t *stale = world.nor.data + then;
    assert_memory_equal(world.nor.data + start, before + start, SECTOR);
    assert_int_equal(stale[0], is_settled ? before[then] & 0xfe : before[then]);
    assert_memory_equal(stale + 1, before + then + 1, SECTOR - 5);
    assert_memory_equal(world.nor.data + now + 2, before + then + 2,
                        SECTOR - 2);
    uint32_t flag = start + 3 * SECTOR;
    assert_int_equal(world.nor.data[flag], world.device.copy ? 0 : 1);
    assert_memory_equal(world.nor.data + flag + 1, before + flag + 1,
                        SECTOR - 1);
}

/* before with the pack in it: the pack is in place, settings are blank where
 * they lie outside of it, and nothing else changed. */
static void expect_flash(const uint8_t *before)
{
    uint32_t pack_end = SECTOR + (uint32_t)world.pack.size;
    assert_memory_equal(world.nor.data + SECTOR, world.pack.data,
                        world.pack.size);
    uint32_t moved = (pack_end + SECTOR - 1) / SECTOR * SECTOR;
    uint32_t size = world.nor.flash.size;
    for (uint32_t at = 0; at < size; at += SECTOR) {
        if (is_in(at, SECTOR, moved) ||
            is_in(at, parameters(), parameters() + 4 * SECTOR))
            continue;
        if (is_setting(at))
            assert_true(is_blank(world.nor.data + at));
        else
            assert_memory_equal(world.nor.data + at, before + at, SECTOR);
    }
    expect_parameters(before, true);
}

/* --- the maps ----------------------------------------------------------- */

/* Of the pack's sectors. */
static uint32_t count_different(const uint8_t *before)
{
    uint8_t sector[SECTOR];
    uint32_t count = 0;
    for (uint32_t at = 0; at < world.pack.size; at += SECTOR) {
        uint32_t user2 = ota_flash_map_slot(world.map, 2);
        memcpy(sector, before + user2 + at, SECTOR);
        count += memcmp(before + SECTOR + at, sector, SECTOR) != 0;
    }
    return count;
}

/* The parameters cost two erases more, one where the flag can be cleared. */
static void migrate_on(struct migrate_device device)
{
    migrate_world_init(&world, device);
    uint8_t *before = snapshot();
    assert_int_equal(migrate_world_old_boot(&world), 2);
    expect_moved();
    assert_int_equal(world.site.place, OTA_BOOT_IN_USER2);
    assert_int_equal(world.migration.end, SECTOR + (uint32_t)world.pack.size);
    assert_int_equal(world.migration.erases, world.nor.erases);
    assert_int_equal(world.nor.erases,
                     count_different(before) + (device.copy ? 1 : 2));
    expect_started();
    expect_flash(before);
    free(before);
    migrate_world_release(&world);
}

static void user2_moves_on_every_map(void **state)
{
    (void)state;
    for (uint8_t map = 0; map < OTA_FLASH_MAP_COUNT; map++) {
        struct migrate_device device = usual;
        device.map = map;
        if (ota_flash_map_by_code(map)->bin_size)
            migrate_on(device);
    }
}

static void user2_moves_under_every_boot(void **state)
{
    static const uint8_t versions[] = {2, 3, 4, 5, 6, 7, 31};
    (void)state;
    for (size_t i = 0; i < 2 * COUNT(versions); i++) {
        struct migrate_device device = usual;
        device.version = versions[i / 2];
        device.copy = i % 2;
        migrate_on(device);
    }
}

/* A chip may be larger than the old SDK believed. */
static void a_larger_chip_changes_nothing(void **state)
{
    struct migrate_device device = usual;
    (void)state;
    device.flash_size = 2048 * KB;
    migrate_on(device);
}

static void user1_is_in_place_on_every_map(void **state)
{
    (void)state;
    for (uint8_t map = 0; map < OTA_FLASH_MAP_COUNT; map++) {
        struct migrate_device device = usual;
        device.map = map;
        device.slot = 1;
        if (!ota_flash_map_by_code(map)->bin_size)
            continue;
        migrate_world_init(&world, device);
        expect_started();
        assert_int_equal(world.site.place, OTA_BOOT_IN_USER1);
        assert_int_equal(world.site.shift, 0);
        migrate_world_release(&world);
    }
}

/* Settings of the new world where the old one had data of its own: behind
 * the map, too. Its RF data and parameters are never blanked. */
static void settings_are_blank_wherever_they_are(void **state)
{
    struct migrate_device device = usual;
    (void)state;
    device.map = 0;
    device.flash_size = 1024 * KB;
    migrate_world_init(&world, device);
    world.pack.table.entries[1].size = 0x74000;
    world.pack.table.entries[2].offset = 0x7b000; /* over the parameters */
    world.pack.table.entries[2].size = 0x6000;
    world.pack.table.entries[3].offset = 0x90000;
    sample_pack_build(&world.pack);
    migrate_world_put_pack(&world);
    uint8_t *before = snapshot();
    expect_moved();
    expect_started();
    expect_flash(before);
    assert_true(is_blank(world.nor.data + 0x7b000));
    assert_true(is_blank(world.nor.data + 0x80000));
    assert_true(is_blank(world.nor.data + 0x91000));
    free(before);
    migrate_world_release(&world);
}

static void settings_in_the_pack_are_the_packs(void **state)
{
    (void)state;
    migrate_world_init(&world, usual);
    world.pack.table.entries[3].offset = 0x7000; /* in place of ota_0 */
    world.pack.table.entries[1].offset = world.pack.app_at = world.pack.link =
        0x9000;
    sample_pack_build(&world.pack);
    memset(world.pack.data + 0x6000, 0x3c, 0x2000);
    ota_pack_file_seal(world.pack.data, world.pack.size);
    migrate_world_put_pack(&world);
    expect_moved();
    assert_memory_equal(world.nor.data + SECTOR, world.pack.data,
                        world.pack.size);
    migrate_world_release(&world);
}

static void what_is_in_place_already_is_not_written(void **state)
{
    (void)state;
    migrate_world_init(&world, usual);
    expect_moved();
    uint32_t start = parameters();
    world.nor.data[start + 3 * SECTOR] = 1; /* back to user2 */
    expect_moved();
    assert_int_equal(world.nor.operations, 1); /* the flag */
    expect_started();
    migrate_world_release(&world);
}

struct progress {
    uint32_t ticks;
    uint32_t done;
    uint32_t total;
};

static void take_tick(void *context, uint32_t done, uint32_t total)
{
    struct progress *progress = context;
    assert_true(done >= progress->done && done <= total);
    progress->ticks++;
    progress->done = done;
    progress->total = total;
}

static void progress_is_told_before_each_sector(void **state)
{
    struct progress progress = {0};
    struct ota_error err;
    (void)state;
    migrate_world_init(&world, usual);
    expect_moved();
    world.migration.tick = take_tick;
    world.migration.context = &progress;
    assert_true(ota_migrate_run(&world.migration, &err));
    assert_int_equal(progress.total, world.pack.size);
    assert_int_equal(progress.done, world.pack.size / SECTOR * SECTOR);
    assert_int_equal(progress.ticks, (world.pack.size + SECTOR - 1) / SECTOR);
    migrate_world_release(&world);
}

/* Only the pack is moved, and none that a client takes is longer than the
 * distance of the slots: what is moved never overwrites what is to be. */
static void no_pack_overlaps_the_place_it_goes_to(void **state)
{
    (void)state;
    for (uint8_t code = 0; code < OTA_FLASH_MAP_COUNT; code++) {
        const struct ota_flash_map *map = ota_flash_map_by_code(code);
        for (int client = 0; client < OTA_CLIENT_COUNT; client++) {
            uint32_t largest;
            uint32_t least =
                ota_client_limit((enum ota_client)client, map, &largest);
            assert_true(least <= largest);
            assert_true(largest <= ota_flash_map_half(map));
        }
    }
}

/* --- verify before destroy ---------------------------------------------- */

static const struct {
    uint32_t at; /* in the pack */
    uint8_t flip;
    enum ota_code code;
} damages[] = {
    /* the header */
    {0, 0x01, OTA_E_MIGRATE_IDENTITY},
    {1, 0x10, OTA_E_MIGRATE_IDENTITY},
    {9, 0x01, OTA_E_MIGRATE_IDENTITY},
    {12, 0x04, OTA_E_MIGRATE_IDENTITY},
    /* the bootloader: code, data, checksum */
    {0x10, 0x01, OTA_E_MIGRATE_IDENTITY},
    {0x1000, 0x80, OTA_E_MIGRATE_IDENTITY},
    {0x1500, 0x01, OTA_E_MIGRATE_IDENTITY},
    {0x172f, 0x01, OTA_E_MIGRATE_IDENTITY},
    {0x3000, 0x01, OTA_E_PACK_CRC}, /* the gap behind it */
    /* the table: mark, then row 2, ota_0: subtype, place, size, name */
    {0x4000, 0x01, OTA_E_PACK_NO_TABLE},
    {0x4040, 0x01, OTA_E_PACK_NO_TABLE},
    {0x4023, 0x20, OTA_E_PACK_NO_OTA_0},
    {0x4025, 0x10, OTA_E_IMAGE_MAGIC},
    {0x4027, 0x80, OTA_E_PACK_NO_APP},
    {0x4025, 0x70, OTA_E_PACK_NO_APP},
    {0x402a, 0x07, OTA_E_PACK_CRC},
    {0x402c, 0x20, OTA_E_PACK_CRC},
    {0x4044, 0x01, OTA_E_PACK_CRC},
    /* the app: magic, segments, length of one, text, checksum, digest */
    {0x6000, 0x01, OTA_E_IMAGE_MAGIC},
    {0x6001, 0x40, OTA_E_IMAGE_SEGMENT_COUNT},
    {0x600c, 0x01, OTA_E_IMAGE_SEGMENT_LENGTH},
    {0x600f, 0x40, OTA_E_TRUNCATED},
    {0x6123, 0x01, OTA_E_IMAGE_CHECKSUM},
    {0x709f, 0x01, OTA_E_IMAGE_CHECKSUM},
    {0x70a0, 0x01, OTA_E_PACK_CRC},
    {0x70c0, 0x01, OTA_E_PACK_CRC}, /* the CRC itself */
};

static void each_damage_is_refused_with_its_reason(void **state)
{
    (void)state;
    migrate_world_init(&world, usual);
    forget_old_firmware();
    assert_int_equal(world.pack.size, 0x70c4);
    for (size_t i = 0; i < COUNT(damages); i++) {
        uint8_t *byte = world.nor.data + 0x81000 + damages[i].at;
        *byte ^= damages[i].flip;
        expect_refused(damages[i].code);
        *byte ^= damages[i].flip;
    }
    expect_moved();
    migrate_world_release(&world);
}

static void any_flipped_bit_is_refused(void **state)
{
    struct ota_error err;
    (void)state;
    migrate_world_init(&world, usual);
    forget_old_firmware();
    for (uint32_t at = 0; at < world.pack.size; at += 101) {
        uint8_t *byte = world.nor.data + 0x81000 + at;
        *byte ^= (uint8_t)(1u << at % 8);
        assert_int_equal(migrate_world_boot(&world, &err), MIGRATE_REFUSED);
        *byte ^= (uint8_t)(1u << at % 8);
    }
    assert_int_equal(world.nor.operations, 0);
    migrate_world_release(&world);
}

/* A client that was cut off, and says the file is whole nevertheless. */
static void any_missing_end_is_refused(void **state)
{
    struct ota_error err;
    (void)state;
    migrate_world_init(&world, usual);
    forget_old_firmware();
    for (uint32_t end = 0; end < world.pack.size; end += 1460) {
        memset(world.nor.data + 0x81000, 0xff, world.pack.size);
        nor_flash_put(&world.nor, 0x81000, world.pack.data, end);
        assert_int_equal(migrate_world_boot(&world, &err), MIGRATE_REFUSED);
    }
    assert_int_equal(world.nor.operations, 0);
    migrate_world_release(&world);
}

/* --- sound packs that cannot be moved ----------------------------------- */

static void refuse_pack(enum ota_code code)
{
    sample_pack_build(&world.pack);
    migrate_world_put_pack(&world);
    forget_old_firmware();
    expect_refused(code);
    migrate_world_release(&world);
}

static void an_app_too_large_for_ota_0_is_refused(void **state)
{
    (void)state;
    migrate_world_init(&world, usual);
    world.pack.table.entries[1].size = 0x1000;
    refuse_pack(OTA_E_IMAGE_TOO_LARGE);
}

static void a_pack_that_would_overwrite_itself_is_refused(void **state)
{
    struct migrate_device device = usual;
    (void)state;
    device.map = 3;
    migrate_world_init(&world, device);
    world.pack.table.entries[1].size = 0x90000;
    world.pack.app_padding = 0x7b000;
    refuse_pack(OTA_E_COPY_OVERLAP);
}

static void a_pack_over_the_old_parameters_is_refused(void **state)
{
    (void)state;
    migrate_world_init(&world, usual);
    world.pack.app_padding = 0x76000;
    refuse_pack(OTA_E_OLD_PARAMETERS);
}

static void settings_off_the_sectors_are_refused(void **state)
{
    (void)state;
    migrate_world_init(&world, usual);
    world.pack.table.entries[2].offset = 0xe0004;
    refuse_pack(OTA_E_PARTITION_ALIGNMENT);
}

/* --- giving up ---------------------------------------------------------- */

static void expect_gone_back(enum ota_code code)
{
    struct ota_error err;
    uint8_t *before = snapshot();
    nor_flash_power_on(&world.nor);
    assert_int_equal(migrate_world_boot(&world, &err), MIGRATE_WENT_BACK);
    assert_int_equal(err.code, code);
    assert_int_equal(migrate_world_old_boot(&world), 3 - world.device.slot);
    assert_memory_equal(world.nor.data, before, parameters());
    expect_parameters(before, false);
    free(before);
}

static void a_bad_pack_gives_way_to_the_old_firmware(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        struct migrate_device device = usual;
        device.slot = 1 + i % 2;
        device.copy = (uint8_t)(i / 2);
        migrate_world_init(&world, device);
        world.nor.data[ota_flash_map_slot(world.map, device.slot) + 0x6123] ^=
            1;
        expect_gone_back(OTA_E_IMAGE_CHECKSUM);
        migrate_world_release(&world);
    }
}

static void a_damaged_old_firmware_is_not_sound(void **state)
{
    (void)state;
    for (int slot = 1; slot <= 2; slot++) {
        struct migrate_device device = usual;
        device.slot = slot;
        migrate_world_init(&world, device);
        struct ota_migration migration = {.flash = &world.nor.flash,
                                          .site = &world.site};
        assert_true(ota_migrate_locate(&world.site, &world.nor.flash,
                                       &world.code, NULL));
        uint8_t *old = world.nor.data + ota_flash_map_slot(world.map, 3 - slot);
        assert_true(ota_migrate_old_is_sound(&migration));
        old[0x2100] ^= 1; /* in its RAM part */
        assert_false(ota_migrate_old_is_sound(&migration));
        old[0x2100] ^= 1;
        old[0] = 0xff;
        assert_false(ota_migrate_old_is_sound(&migration));
        migrate_world_release(&world);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(user2_moves_on_every_map),
        cmocka_unit_test(user2_moves_under_every_boot),
        cmocka_unit_test(a_larger_chip_changes_nothing),
        cmocka_unit_test(user1_is_in_place_on_every_map),
        cmocka_unit_test(settings_are_blank_wherever_they_are),
        cmocka_unit_test(settings_in_the_pack_are_the_packs),
        cmocka_unit_test(what_is_in_place_already_is_not_written),
        cmocka_unit_test(progress_is_told_before_each_sector),
        cmocka_unit_test(no_pack_overlaps_the_place_it_goes_to),
        cmocka_unit_test(each_damage_is_refused_with_its_reason),
        cmocka_unit_test(any_flipped_bit_is_refused),
        cmocka_unit_test(any_missing_end_is_refused),
        cmocka_unit_test(an_app_too_large_for_ota_0_is_refused),
        cmocka_unit_test(a_pack_that_would_overwrite_itself_is_refused),
        cmocka_unit_test(a_pack_over_the_old_parameters_is_refused),
        cmocka_unit_test(settings_off_the_sectors_are_refused),
        cmocka_unit_test(a_bad_pack_gives_way_to_the_old_firmware),
        cmocka_unit_test(a_damaged_old_firmware_is_not_sound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
