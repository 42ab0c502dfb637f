/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/flash_map.h"

static void slots_and_parameters_lie_where_the_sdk_has_them(void **state)
{
    (void)state;
    static const struct {
        uint8_t code;
        uint32_t user2;
        uint32_t parameters;
    } cases[] = {
        {0, 0x41000, 0x7c000},   {2, 0x81000, 0xfc000},
        {3, 0x81000, 0x1fc000},  {4, 0x81000, 0x3fc000},
        {5, 0x101000, 0x1fc000}, {6, 0x101000, 0x3fc000},
        {8, 0x101000, 0x7fc000}, {9, 0x101000, 0xffc000},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct ota_flash_map *map = ota_flash_map_by_code(cases[i].code);
        assert_int_equal(ota_flash_map_slot(map, 1), 0x1000);
        assert_int_equal(ota_flash_map_slot(map, 2), cases[i].user2);
        assert_int_equal(ota_flash_map_parameters(map), cases[i].parameters);
    }
    assert_null(ota_flash_map_by_code(10));
    assert_null(ota_flash_map_by_code(15));
}

static void a_code_is_its_row(void **state)
{
    (void)state;
    for (uint8_t code = 0; code < OTA_FLASH_MAP_COUNT; code++)
        assert_int_equal(ota_flash_maps[code].code, code);
}

static void boots_know_the_maps_of_their_time(void **state)
{
    (void)state;
    static const struct {
        uint8_t code;
        int lowest;
    } cases[] = {{0, 2}, {2, 2}, {3, 2}, {4, 2}, {5, 4},
                 {6, 4}, {8, 7}, {9, 7}, {1, 9}, {7, 9}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (int version = 1; version <= 8; version++)
            assert_int_equal(ota_flash_map_boots(
                                 ota_flash_map_by_code(cases[i].code), version),
                             version >= cases[i].lowest && version <= 7);
}

static void clients_take_files_up_to_their_limit(void **state)
{
    (void)state;
    const struct ota_flash_map *one_mb = ota_flash_map_by_code(2);
    const struct ota_flash_map *eight_mb = ota_flash_map_by_code(8);
    uint32_t largest;
    assert_int_equal(ota_client_limit(OTA_CLIENT_N20, one_mb, NULL), 503804);
    assert_int_equal(ota_client_limit(OTA_CLIENT_N22, one_mb, &largest),
                     499708);
    assert_int_equal(largest, 499708);
    assert_int_equal(ota_client_limit(OTA_CLIENT_N30, one_mb, &largest),
                     434176);
    assert_int_equal(largest, 491520);
    assert_int_equal(ota_client_limit(OTA_CLIENT_N20, eight_mb, NULL), 0);
    assert_int_equal(ota_client_limit(OTA_CLIENT_R21, eight_mb, NULL), 0);
    assert_int_equal(
        ota_client_limit(OTA_CLIENT_N30, ota_flash_map_by_code(0), NULL), 0);
}

static void on_a_smaller_chip_a_map_is_that_of_its_size(void **state)
{
    (void)state;
    static const struct {
        uint8_t code;
        uint32_t megabytes;
        int same_as; /* -1: none */
    } cases[] = {{2, 1, 2}, {2, 16, 2}, {3, 1, 2}, {4, 1, 2},
                 {4, 2, 3}, {6, 2, 5},  {8, 2, 5}, {9, 4, 6},
                 {9, 8, 8}, {5, 1, -1}, {6, 1, -1}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct ota_flash_map *map =
            ota_flash_map_on(ota_flash_map_by_code(cases[i].code),
                             cases[i].megabytes * 1024 * 1024);
        if (cases[i].same_as < 0)
            assert_null(map);
        else
            assert_int_equal(map->code, cases[i].same_as);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_and_parameters_lie_where_the_sdk_has_them),
        cmocka_unit_test(a_code_is_its_row),
        cmocka_unit_test(boots_know_the_maps_of_their_time),
        cmocka_unit_test(on_a_smaller_chip_a_map_is_that_of_its_size),
        cmocka_unit_test(clients_take_files_up_to_their_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
