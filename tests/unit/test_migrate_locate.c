/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "migrate_world.h"

enum { SECTOR = OTA_SECTOR_SIZE };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct migrate_world world;

static const struct migrate_device usual = {
    .map = 2, .slot = 2, .version = 6, .copy = 1};

static uint32_t parameters(void)
{
    return ota_flash_map_parameters(world.map);
}

static void power_on(enum migrate_end end)
{
    struct ota_error err;
    nor_flash_power_on(&world.nor);
    assert_int_equal(migrate_world_boot(&world, &err), end);
}

static void expect_refused(enum ota_code code)
{
    power_on(MIGRATE_REFUSED);
    assert_int_equal(world.why.code, code);
    assert_int_equal(world.nor.operations, 0);
}

static void locate(enum ota_boot_place place)
{
    struct ota_error err;
    nor_flash_power_on(&world.nor);
    assert_true(
        ota_migrate_locate(&world.site, &world.nor.flash, &world.code, &err));
    assert_int_equal(world.site.place, place);
    assert_int_equal(world.nor.operations, 0);
}

static void without_an_old_boot_we_are_at_0(void **state)
{
    (void)state;
    migrate_world_init(&world, usual);
    nor_flash_put(&world.nor, 0, world.pack.data, 0x2000);
    locate(OTA_BOOT_AT_0);
    assert_null(world.site.map);
    assert_int_equal(world.site.offset + world.site.shift, 0);
    assert_int_equal(world.site.size, 0x1730);
    migrate_world_release(&world);
}

/* Boots fall back, and then their parameters lie. */
static void the_code_decides_against_the_parameters(void **state)
{
    (void)state;
    migrate_world_init(&world, usual);
    world.nor.data[parameters() + 2 * SECTOR] = 0xfc; /* user1 */
    locate(OTA_BOOT_IN_USER2);
    assert_int_equal(world.site.offset, 0x81000);
    assert_int_equal(world.site.shift, 0x80000);
    power_on(MIGRATE_MOVED);
    power_on(MIGRATE_STARTED);
    migrate_world_release(&world);
}

/* Once it is moved, both slots hold us. */
static void of_two_the_parameters_decide(void **state)
{
    (void)state;
    migrate_world_init(&world, usual);
    power_on(MIGRATE_MOVED);
    locate(OTA_BOOT_IN_USER1);
    world.nor.data[parameters() + 3 * SECTOR] = 1;
    locate(OTA_BOOT_IN_USER2);
    migrate_world_release(&world);
}

static void another_boot_than_ours_is_not_us(void **state)
{
    (void)state;
    migrate_world_init(&world, usual);
    world.code_words[COUNT(world.code_words) - 1] ^= 1;
    expect_refused(OTA_E_MIGRATE_IDENTITY);
    world.code_words[COUNT(world.code_words) - 1] ^= 1;
    world.code.address += 4;
    expect_refused(OTA_E_MIGRATE_IDENTITY);
    migrate_world_release(&world);
}

/* As the stamp for the old clients does it. */
static void code_in_several_segments_is_found(void **state)
{
    const uint8_t *code = (const uint8_t *)world.code_words;
    struct ota_image_part parts[] = {{0x40100000, code, 0x400},
                                     {0x3ffe8000, code, 0x100},
                                     {0x40100400, code + 0x400, 0x1000}};
    struct ota_image_plan plan = {.mode = OTA_FLASH_DIO,
                                  .entry = 0x40100004,
                                  .parts = parts,
                                  .part_count = 3,
                                  .segment_count = 3};
    struct ota_error err;
    (void)state;
    migrate_world_init(&world, usual);
    assert_true(
        ota_image_build(&plan, 0, world.nor.data + 0x81000, 0x2000, &err));
    locate(OTA_BOOT_IN_USER2);
    parts[2].address += 0x1000; /* a hole in it */
    assert_true(
        ota_image_build(&plan, 0, world.nor.data + 0x81000, 0x2000, &err));
    expect_refused(OTA_E_MIGRATE_IDENTITY);
    migrate_world_release(&world);
}

static void a_map_without_two_slots_is_refused(void **state)
{
    static const uint8_t codes[] = {1, 7, 10, 15, 5}; /* 5: on 1 MB */
    (void)state;
    migrate_world_init(&world, usual);
    for (size_t i = 0; i < COUNT(codes); i++) {
        world.nor.data[3] = (uint8_t)(codes[i] << 4);
        expect_refused(OTA_E_DEVICE_MAP);
    }
    migrate_world_release(&world);
}

static void a_map_larger_than_the_chip_is_no_hindrance(void **state)
{
    (void)state;
    migrate_world_init(&world, usual);
    world.nor.data[3] = 0x40; /* 4 MB on a chip of one */
    power_on(MIGRATE_MOVED);
    power_on(MIGRATE_STARTED);
    migrate_world_release(&world);
}

/* A read that fails once: with the same code in both slots, the other one
 * must not be taken for this one. */
static void what_cannot_be_read_is_no_answer(void **state)
{
    struct ota_error err;
    (void)state;
    migrate_world_init(&world, usual);
    power_on(MIGRATE_MOVED);
    world.nor.data[parameters() + 3 * SECTOR] = 1; /* back to user2 */
    nor_flash_power_on(&world.nor);
    locate(OTA_BOOT_IN_USER2);
    uint32_t reads = world.nor.reads;
    for (uint32_t read = 1; read <= reads; read++) {
        nor_flash_power_on(&world.nor);
        world.nor.unreadable_at = read;
        assert_false(ota_migrate_locate(&world.site, &world.nor.flash,
                                        &world.code, &err));
        assert_int_equal(err.code, OTA_E_FLASH_READ);
    }
    migrate_world_release(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_an_old_boot_we_are_at_0),
        cmocka_unit_test(the_code_decides_against_the_parameters),
        cmocka_unit_test(of_two_the_parameters_decide),
        cmocka_unit_test(another_boot_than_ours_is_not_us),
        cmocka_unit_test(code_in_several_segments_is_found),
        cmocka_unit_test(a_map_without_two_slots_is_refused),
        cmocka_unit_test(a_map_larger_than_the_chip_is_no_hindrance),
        cmocka_unit_test(what_cannot_be_read_is_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
