/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "nor_flash.h"
#include "otatool/old_rf.h"
#include <string.h>

enum { FLASH = 1024 * 1024, P = FLASH - 0x4000, PHY = 0x6000, QUARTERS = 4 };

static const struct ota_partition phy = {.offset = PHY, .size = 0x1000};

struct world {
    struct nor_flash nor;
    uint8_t old[OTA_OLD_RF_SIZE];
    _Alignas(4) uint8_t sector[OTA_SECTOR_SIZE];
};

/* A phy partition as the SDK's build makes it. */
static void put_phy(struct nor_flash *nor, uint8_t value)
{
    uint8_t bytes[OTA_PHY_SIZE] = "PHYINIT";
    memset(bytes + 8, value, OTA_OLD_RF_SIZE);
    memcpy(bytes + 136, "PHYINIT", 8);
    nor_flash_put(nor, PHY, bytes, sizeof(bytes));
}

static void init(struct world *world)
{
    nor_flash_init(&world->nor, FLASH);
    for (uint32_t i = 0; i < OTA_OLD_RF_SIZE; i++)
        world->old[i] = (uint8_t)(5 + 7 * i);
    nor_flash_put(&world->nor, P, world->old, sizeof(world->old));
    put_phy(&world->nor, 0x11);
}

static enum ota_old_rf_result load(struct world *world, struct ota_error *err)
{
    return ota_old_rf_load(&world->nor.flash, ota_flash_map_by_code(2), &phy,
                           world->sector, err);
}

static bool has_old_data(const struct world *world)
{
    const uint8_t *bytes = world->nor.data + PHY;
    return memcmp(bytes, "PHYINIT", 8) == 0 &&
           memcmp(bytes + 8, world->old, OTA_OLD_RF_SIZE) == 0 &&
           memcmp(bytes + 136, "PHYINIT", 8) == 0;
}

static void the_old_data_lie_between_the_marks(void **state)
{
    struct world world;
    struct ota_error err;
    (void)state;
    init(&world);
    assert_int_equal(load(&world, &err), OTA_OLD_RF_WRITTEN);
    assert_true(has_old_data(&world));
    nor_flash_release(&world.nor);
}

static void it_is_done_once(void **state)
{
    struct world world;
    struct ota_error err;
    (void)state;
    init(&world);
    assert_int_equal(load(&world, &err), OTA_OLD_RF_WRITTEN);
    nor_flash_power_on(&world.nor);
    assert_int_equal(load(&world, &err), OTA_OLD_RF_DONE);
    assert_int_equal(world.nor.operations, 0);
    put_phy(&world.nor, 0x22); /* somebody knows better */
    assert_int_equal(load(&world, &err), OTA_OLD_RF_DONE);
    assert_int_equal(world.nor.data[PHY + 8], 0x22);
    nor_flash_release(&world.nor);
}

static void without_old_data_nothing_is_written(void **state)
{
    static const uint8_t firsts[] = {0x00, 0xff, 0xe9};
    (void)state;
    for (size_t i = 0; i < sizeof(firsts); i++) {
        struct world world;
        struct ota_error err;
        init(&world);
        nor_flash_put(&world.nor, P, &firsts[i], 1);
        assert_int_equal(load(&world, &err), OTA_OLD_RF_FAILED);
        assert_int_equal(err.code, OTA_E_OLD_RF);
        assert_int_equal(world.nor.operations, 0);
        nor_flash_release(&world.nor);
    }
}

static void a_partition_in_the_wrong_place_is_refused(void **state)
{
    static const struct {
        struct ota_partition phy;
        enum ota_code code;
    } rows[] = {
        {{.offset = PHY + 4, .size = 0x2000}, OTA_E_PARTITION_ALIGNMENT},
        {{.offset = PHY, .size = 144}, OTA_E_PARTITION_ALIGNMENT},
        {{.offset = FLASH, .size = 0x1000}, OTA_E_PARTITION_BEYOND_FLASH},
        {{.offset = 0xfffff000, .size = 0x1000}, OTA_E_PARTITION_BEYOND_FLASH},
        {{.offset = P, .size = 0x1000}, OTA_E_OLD_PARAMETERS},
        {{.offset = FLASH - 0x1000, .size = 0x1000}, OTA_E_OLD_PARAMETERS},
    };
    struct world world;
    struct ota_error err;
    (void)state;
    init(&world);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        assert_int_equal(ota_old_rf_load(&world.nor.flash,
                                         ota_flash_map_by_code(2), &rows[i].phy,
                                         world.sector, &err),
                         OTA_OLD_RF_FAILED);
        assert_int_equal(err.code, rows[i].code);
    }
    assert_int_equal(world.nor.operations, 0);
    nor_flash_release(&world.nor);
}

/* In each operation, with nothing to all of it done. */
static void it_goes_on_after_a_power_cut_at_any_moment(void **state)
{
    struct world world;
    struct ota_error err;
    uint32_t cuts = 0;
    bool was_cut = true;
    (void)state;
    for (uint32_t at = 1; was_cut; at++)
        for (uint32_t quarters = 0; quarters <= QUARTERS; quarters++) {
            init(&world);
            world.nor.cut_at = at;
            world.nor.cut_quarters = quarters;
            was_cut = load(&world, &err) == OTA_OLD_RF_FAILED;
            cuts += was_cut;
            nor_flash_power_on(&world.nor);
            assert_int_not_equal(load(&world, &err), OTA_OLD_RF_FAILED);
            assert_true(has_old_data(&world));
            assert_int_equal(load(&world, &err), OTA_OLD_RF_DONE);
            nor_flash_release(&world.nor);
        }
    assert_int_equal(cuts, 3 * (QUARTERS + 1)); /* erase, data, mark */
}

static void an_operation_that_fails_is_told(void **state)
{
    (void)state;
    for (uint32_t at = 1; at <= 3; at++)
        for (int is_silent = 0; is_silent < 2; is_silent++) {
            struct world world;
            struct ota_error err;
            init(&world);
            *(is_silent ? &world.nor.silent_at : &world.nor.failing_at) = at;
            assert_int_equal(load(&world, &err), OTA_OLD_RF_FAILED);
            nor_flash_power_on(&world.nor);
            assert_int_equal(load(&world, &err), OTA_OLD_RF_WRITTEN);
            assert_true(has_old_data(&world));
            nor_flash_release(&world.nor);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_old_data_lie_between_the_marks),
        cmocka_unit_test(it_is_done_once),
        cmocka_unit_test(without_old_data_nothing_is_written),
        cmocka_unit_test(a_partition_in_the_wrong_place_is_refused),
        cmocka_unit_test(it_goes_on_after_a_power_cut_at_any_moment),
        cmocka_unit_test(an_operation_that_fails_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
