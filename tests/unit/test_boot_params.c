/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/boot_params.h"
#include <string.h>

/* One row a state: what the boot starts, what Espressif's unpacker thinks. */
static const struct {
    uint8_t version;
    uint8_t low_bits; /* usr_bin and status */
    int slot;
    int by_unpacker;
} states[] = {
    {2, 0, 1, 2}, {2, 1, 2, 1}, {2, 2, 0, 2}, {31, 0, 1, 2}, {31, 1, 2, 1},
    {3, 0, 1, 2}, {3, 1, 1, 1}, {3, 4, 1, 1}, {3, 5, 2, 2},  {4, 0, 1, 1},
    {4, 4, 1, 1}, {4, 5, 2, 2}, {5, 0, 2, 2}, {6, 1, 1, 1},  {6, 4, 1, 1},
    {6, 5, 2, 2}, {7, 0, 2, 2}, {7, 4, 1, 1}, {7, 5, 2, 2},  {7, 6, 0, 1},
    {7, 3, 0, 2}, {8, 4, 0, 1},
};

static void the_slot_is_read_as_each_boot_reads_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        uint8_t high =
            states[i].version == 2 || states[i].version == 31 ? 0x00 : 0xf8;
        struct ota_boot_params params =
            ota_boot_params_decode((uint8_t)(high | states[i].low_bits),
                                   (uint8_t)(0xe0 | states[i].version));
        assert_int_equal(params.version, states[i].version);
        assert_int_equal(ota_boot_params_slot(&params), states[i].slot);
        assert_int_equal(ota_boot_params_slot_by_unpacker(&params),
                         states[i].by_unpacker);
    }
}

static void boot_1_2_takes_only_a_whole_erased_byte_for_user1(void **state)
{
    static const uint8_t versions[] = {0x02, 0xff};
    (void)state;
    for (size_t i = 0; i < sizeof(versions); i++) {
        struct ota_boot_params erased =
            ota_boot_params_decode(0xff, versions[i]);
        struct ota_boot_params other =
            ota_boot_params_decode(0xcf, versions[i]);
        assert_int_equal(ota_boot_params_slot(&erased), 1);
        assert_int_equal(ota_boot_params_slot(&other), 0);
    }
}

static void a_switch_starts_the_other_slot(void **state)
{
    (void)state;
    for (int byte0 = 0; byte0 < 256; byte0++)
        for (uint8_t version = 2; version <= 7; version++) {
            struct ota_boot_params before =
                ota_boot_params_decode((uint8_t)byte0, version);
            int slot = ota_boot_params_slot(&before);
            if (slot == 0 || (version != 2 && !before.status))
                continue; /* after a failed start the SDK keeps the slot */
            struct ota_boot_params after = before;
            ota_boot_params_switch(&after);
            after = ota_boot_params_decode(after.byte0, after.byte1);
            assert_int_equal(ota_boot_params_slot(&after), 3 - slot);
            assert_int_equal(after.version, version);
        }
}

static void the_flag_tells_which_copy_counts(void **state)
{
    (void)state;
    const struct ota_flash_map *map = ota_flash_map_by_code(0);
    static uint8_t flash[512 * 1024];
    struct ota_boot_params params;
    struct ota_error err;
    memset(flash, 0xff, sizeof(flash));
    flash[0x7d000] = 0xfc; /* user1 */
    flash[0x7d001] = 0xe7;
    flash[0x7e000] = 0xfd; /* user2 */
    flash[0x7e001] = 0xe7;
    struct ota_source source = ota_source_memory(flash, sizeof(flash));
    assert_true(ota_boot_params_read(&params, &source, map, &err));
    assert_int_equal(params.copy, 1); /* an erased flag is not 0 */
    assert_int_equal(ota_boot_params_slot(&params), 2);
    flash[0x7f000] = 0;
    assert_true(ota_boot_params_read(&params, &source, map, &err));
    assert_int_equal(params.copy, 0);
    assert_int_equal(ota_boot_params_slot(&params), 1);
}

static void a_flash_that_is_too_short_is_refused(void **state)
{
    (void)state;
    static uint8_t flash[0x7f000];
    struct ota_boot_params params;
    struct ota_error err;
    struct ota_source source = ota_source_memory(flash, sizeof(flash));
    assert_false(
        ota_boot_params_read(&params, &source, ota_flash_map_by_code(0), &err));
    assert_int_equal(err.code, OTA_E_TRUNCATED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_slot_is_read_as_each_boot_reads_it),
        cmocka_unit_test(boot_1_2_takes_only_a_whole_erased_byte_for_user1),
        cmocka_unit_test(a_switch_starts_the_other_slot),
        cmocka_unit_test(the_flag_tells_which_copy_counts),
        cmocka_unit_test(a_flash_that_is_too_short_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
