/* SPDX-License-Identifier: Apache-2.0 */
/* The first start in user1: what the old world has left is settled. */
#include "cmocka_all.h"
#include "migrate_world.h"
#include "otatool/pack_file.h"
#include <string.h>

enum { SECTOR = OTA_SECTOR_SIZE, QUARTERS = 5, MARK = 8, RF = 128 };
enum { PHY = 0x6000, NVS = 0x7f000, OTADATA = 0x83000 };

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct migrate_world world;

/* The pack went to where it belongs; the old firmware is in user2. */
static const struct migrate_device direct = {
    .map = 2, .slot = 1, .version = 6, .copy = 1};
static const struct migrate_device moved = {
    .map = 2, .slot = 2, .version = 6, .copy = 0};

static uint8_t *parameters(uint32_t sector)
{
    return world.nor.data + ota_flash_map_parameters(world.map) +
           sector * SECTOR;
}

static void power_on(enum migrate_end end)
{
    struct ota_error err;
    nor_flash_power_on(&world.nor);
    assert_int_equal(migrate_world_boot(&world, &err), end);
}

static void put_rf(uint8_t first)
{
    for (uint32_t i = 0; i < RF; i++)
        parameters(0)[i] = (uint8_t)(i * 3);
    parameters(0)[0] = first;
}

/* Up to the first start in user1, which is left to the test. */
static void init(struct migrate_device device)
{
    migrate_world_init(&world, device);
    put_rf(5);
    uint32_t stale = 1u + (1u - device.copy);
    if (device.slot == 1) { /* as the SDK leaves it */
        parameters(stale)[0] = device.version == 2 ? 0xf1 : 0xfd;
        parameters(stale)[1] = (uint8_t)(0xe0 | device.version);
        parameters(stale)[SECTOR - 1] = 0xff;
    } else {
        power_on(MIGRATE_MOVED);
    }
}

static bool is_blank(uint32_t from, uint32_t size)
{
    for (uint32_t at = from; at < from + size; at++)
        if (world.nor.data[at] != 0xff)
            return false;
    return true;
}

static bool has_rf(void)
{
    static const char mark[MARK] = "PHYINIT";
    const uint8_t *phy = world.nor.data + PHY;
    return memcmp(phy, mark, MARK) == 0 &&
           memcmp(phy + MARK, parameters(0), RF) == 0 &&
           memcmp(phy + MARK + RF, mark, MARK) == 0 &&
           is_blank(PHY + MARK + RF + MARK, SECTOR - MARK - RF - MARK);
}

static void expect_settled(void)
{
    assert_true(is_blank(NVS, 0x4000));
    assert_true(is_blank(OTADATA, 0x2000));
    assert_true(has_rf());
}

/* From now on these are the app's. */
static void expect_left_alone(void)
{
    memset(world.nor.data + NVS, 0x12, SECTOR);
    memset(world.nor.data + PHY, 0x34, SECTOR);
    power_on(MIGRATE_STARTED);
    assert_int_equal(world.nor.operations, 0);
}

static void both_ways_into_user1_are_settled(void **state)
{
    static const uint8_t versions[] = {2, 3, 4, 5, 6, 7};
    (void)state;
    for (size_t i = 0; i < 4 * COUNT(versions); i++) {
        struct migrate_device device = i % 2 ? direct : moved;
        device.version = versions[i / 4];
        device.copy = i / 2 % 2;
        init(device);
        power_on(MIGRATE_STARTED);
        assert_int_equal(world.site.place, OTA_BOOT_IN_USER1);
        expect_settled();
        expect_left_alone();
        migrate_world_release(&world);
    }
}

/* Whichever copy the flag names. */
static void both_copies_name_user1_then(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        init(i ? direct : moved);
        power_on(MIGRATE_STARTED);
        for (uint8_t flag = 0; flag < 2; flag++) {
            *parameters(3) = flag;
            assert_int_equal(migrate_world_old_boot(&world), 1);
        }
        migrate_world_release(&world);
    }
}

/* An erase of it that was cut off reads so, for a while. */
static void a_flag_that_was_only_erased_is_written(void **state)
{
    (void)state;
    init(moved);
    *parameters(3) = 0xff;
    power_on(MIGRATE_STARTED);
    assert_int_equal(*parameters(3), 1);
    expect_settled();
    migrate_world_release(&world);
}

static void what_is_blank_costs_no_erase(void **state)
{
    (void)state;
    init(direct);
    memset(world.nor.data + NVS, 0xff, 0x6000);
    power_on(MIGRATE_STARTED);
    assert_int_equal(world.nor.erases, 0);
    expect_settled();
    migrate_world_release(&world);
}

/* --- RF data ------------------------------------------------------------ */

static void put_phy(const uint8_t *bytes, uint32_t size)
{
    nor_flash_put(&world.nor, PHY, bytes, size);
}

static void expect_phy_kept(const uint8_t *bytes, uint32_t size)
{
    put_phy(bytes, size);
    power_on(MIGRATE_STARTED);
    assert_memory_equal(world.nor.data + PHY, bytes, size);
    migrate_world_release(&world);
}

static void rf_data_of_the_pack_stay(void **state)
{
    uint8_t phy[MARK + RF + MARK] = "PHYINIT";
    (void)state;
    memset(phy + MARK, 7, RF);
    init(direct);
    expect_phy_kept(phy, sizeof(phy));
    memset(phy, 0, sizeof(phy));
    init(direct);
    expect_phy_kept(phy, sizeof(phy));
}

static void marks_around_nothing_ask_as_well(void **state)
{
    static const uint8_t mark[MARK] = "PHYINIT";
    (void)state;
    init(direct);
    put_phy(mark, MARK);
    nor_flash_put(&world.nor, PHY + MARK + RF, mark, MARK);
    power_on(MIGRATE_STARTED);
    assert_true(has_rf());
    migrate_world_release(&world);
}

static void what_is_no_rf_data_is_not_handed_over(void **state)
{
    static const uint8_t firsts[] = {0xff, 0x00, 0x04};
    (void)state;
    for (size_t i = 0; i < COUNT(firsts); i++) {
        init(direct);
        put_rf(firsts[i]);
        power_on(MIGRATE_STARTED);
        assert_true(is_blank(PHY, SECTOR));
        migrate_world_release(&world);
    }
}

/* A table that leaves no place for it. */
static void put_table(const struct ota_partition *phy)
{
    world.pack.table.entries[0] = *phy;
    sample_pack_build(&world.pack);
    migrate_world_put_pack(&world);
}

static void without_a_place_there_are_no_rf_data(void **state)
{
    static const struct ota_partition phys[] = {
        {.type = OTA_PARTITION_DATA,
         .subtype = 0x40,
         .offset = PHY,
         .size = SECTOR},
        {.type = OTA_PARTITION_DATA,
         .subtype = OTA_PARTITION_DATA_PHY,
         .offset = PHY,
         .size = 128},
        {.type = OTA_PARTITION_DATA,
         .subtype = OTA_PARTITION_DATA_PHY,
         .offset = PHY + 2,
         .size = SECTOR},
        {.type = OTA_PARTITION_DATA,
         .subtype = OTA_PARTITION_DATA_PHY,
         .offset = 0xff000,
         .size = 2 * SECTOR},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(phys); i++) {
        init(direct);
        put_table(&phys[i]);
        power_on(MIGRATE_STARTED);
        assert_true(is_blank(PHY, SECTOR));
        assert_true(is_blank(NVS, 0x4000));
        migrate_world_release(&world);
    }
}

/* --- what it is not due for --------------------------------------------- */

static void other_parameters_are_not_settled(void **state)
{
    static const uint8_t stale[][2] = {
        {0xfc, 0xe6}, /* user1 already */
        {0xf8, 0xe6}, /* user1 has failed: no bit to clear */
        {0xff, 0xff}, /* erased */
        {0xfe, 0xe6}, /* no slot */
        {0xfd, 0xf2}, /* no version */
    };
    (void)state;
    for (size_t i = 0; i < COUNT(stale); i++) {
        init(direct);
        memcpy(parameters(1), stale[i], 2);
        power_on(MIGRATE_STARTED);
        assert_int_equal(world.nor.operations, 0);
        migrate_world_release(&world);
    }
}

/* The parameters that count name user2, and the old boot fell back. */
static void a_fall_back_is_not_settled(void **state)
{
    (void)state;
    init(direct);
    parameters(2)[0] = 0xfd;
    power_on(MIGRATE_STARTED);
    assert_int_equal(world.nor.operations, 0);
    migrate_world_release(&world);
}

static void settings_that_cannot_be_blanked_are_passed_over(void **state)
{
    static const uint32_t offsets[] = {NVS + 16, 0xfffff000, 0xff000};
    (void)state;
    for (size_t i = 0; i < COUNT(offsets); i++) {
        init(direct);
        world.pack.table.entries[2].offset = offsets[i];
        put_table(&world.pack.table.entries[0]);
        power_on(MIGRATE_STARTED);
        assert_true(is_blank(OTADATA, 0x2000));
        migrate_world_release(&world);
    }
}

/* --- cuts and faults ---------------------------------------------------- */

static struct nor_flash before;

static void start_again(void)
{
    memcpy(world.nor.data, before.data, before.flash.size);
    nor_flash_power_on(&world.nor);
}

static uint32_t begin(const struct migrate_device *device)
{
    init(*device);
    nor_flash_copy(&before, &world.nor);
    power_on(MIGRATE_STARTED);
    return world.nor.operations;
}

static void end(void)
{
    nor_flash_release(&before);
    migrate_world_release(&world);
}

/* The old boot starts nothing but user1, and that ends well. */
static void expect_recovery(void)
{
    assert_int_equal(migrate_world_old_boot(&world), 1);
    power_on(MIGRATE_STARTED);
    expect_settled();
    expect_left_alone();
}

static void a_cut_anywhere_is_made_good(void **state)
{
    struct ota_error err;
    (void)state;
    for (int i = 0; i < 2; i++) {
        uint32_t operations = begin(i ? &direct : &moved);
        assert_true(operations > 6);
        for (uint32_t cut = 0; cut < operations * QUARTERS; cut++) {
            start_again();
            world.nor.cut_at = 1 + cut / QUARTERS;
            world.nor.cut_quarters = cut % QUARTERS;
            assert_int_equal(migrate_world_boot(&world, &err), MIGRATE_FAILED);
            nor_flash_power_on(&world.nor);
            expect_recovery();
        }
        end();
    }
}

/* Sectors that read as blank after a cut are erased again. */
static void after_a_cut_no_blank_is_trusted(void **state)
{
    struct ota_error err;
    (void)state;
    begin(&direct);
    start_again();
    world.nor.cut_at = 4;
    world.nor.cut_quarters = 4;
    assert_int_equal(migrate_world_boot(&world, &err), MIGRATE_FAILED);
    power_on(MIGRATE_STARTED);
    assert_int_equal(world.nor.erases, 6);
    end();
}

static void a_fault_anywhere_is_made_good(void **state)
{
    struct ota_error err;
    (void)state;
    uint32_t operations = begin(&direct);
    for (uint32_t i = 0; i < 2 * operations; i++) {
        start_again();
        world.nor.silent_at = i % 2 ? 1 + i / 2 : 0;
        world.nor.failing_at = i % 2 ? 0 : 1 + i / 2;
        assert_int_equal(migrate_world_boot(&world, &err), MIGRATE_FAILED);
        expect_recovery();
    }
    end();
}

static void a_read_that_fails_is_made_good(void **state)
{
    struct ota_error err;
    (void)state;
    begin(&direct);
    uint32_t reads = world.nor.reads;
    for (uint32_t read = 1; read <= reads; read++) {
        start_again();
        world.nor.unreadable_at = read;
        assert_int_not_equal(migrate_world_boot(&world, &err), MIGRATE_STARTED);
        assert_int_equal(err.code, OTA_E_FLASH_READ);
        expect_recovery();
    }
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_into_user1_are_settled),
        cmocka_unit_test(both_copies_name_user1_then),
        cmocka_unit_test(a_flag_that_was_only_erased_is_written),
        cmocka_unit_test(what_is_blank_costs_no_erase),
        cmocka_unit_test(rf_data_of_the_pack_stay),
        cmocka_unit_test(marks_around_nothing_ask_as_well),
        cmocka_unit_test(what_is_no_rf_data_is_not_handed_over),
        cmocka_unit_test(without_a_place_there_are_no_rf_data),
        cmocka_unit_test(other_parameters_are_not_settled),
        cmocka_unit_test(a_fall_back_is_not_settled),
        cmocka_unit_test(settings_that_cannot_be_blanked_are_passed_over),
        cmocka_unit_test(a_cut_anywhere_is_made_good),
        cmocka_unit_test(after_a_cut_no_blank_is_trusted),
        cmocka_unit_test(a_fault_anywhere_is_made_good),
        cmocka_unit_test(a_read_that_fails_is_made_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
