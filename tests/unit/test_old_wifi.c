/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/old_wifi.h"
#include <string.h>

enum { SECTOR = 0x1000, RECORD = 100, FLASH = 512 * 1024, P = 0x7c000 };

/* A parameter sector as the old SDK writes it, record by record. */
static void put_settings(uint8_t *sector, uint8_t in_use, const char *name,
                         const char *password)
{
    uint8_t *record = sector + 0x140 + in_use * RECORD;
    sector[0x13c] = 2;
    sector[0x13d] = in_use;
    memset(sector + 0x13e, 0, 2 + 5 * RECORD);
    record[0] = (uint8_t)strlen(name);
    memcpy(record + 4, name, strlen(name));
    memcpy(record + 36, password, strlen(password));
}

static bool parse(struct ota_old_wifi *wifi, const uint8_t *bytes, size_t size,
                  struct ota_error *err)
{
    struct ota_source source = ota_source_memory(bytes, size);
    return ota_old_wifi_parse(wifi, &source, 0, err);
}

static void the_record_in_use_is_read(void **state)
{
    static uint8_t sector[SECTOR];
    struct ota_old_wifi wifi;
    struct ota_error err;
    (void)state;
    for (uint8_t in_use = 0; in_use < 5; in_use++) {
        put_settings(sector, in_use, "home", "secret");
        assert_true(parse(&wifi, sector, sizeof(sector), &err));
        assert_string_equal(wifi.name, "home");
        assert_int_equal(wifi.name_length, 4);
        assert_string_equal(wifi.password, "secret");
        assert_int_equal(wifi.record, in_use);
    }
}

static void names_and_passwords_may_fill_their_fields(void **state)
{
    static uint8_t sector[SECTOR];
    static const char name[] = "0123456789abcdef0123456789abcdef";
    static const char key[] = "0123456789abcdef0123456789abcdef"
                              "0123456789abcdef0123456789abcdef";
    struct ota_old_wifi wifi;
    (void)state;
    put_settings(sector, 4, name, key);
    assert_true(parse(&wifi, sector, OTA_OLD_WIFI_END, NULL));
    assert_string_equal(wifi.name, name);
    assert_string_equal(wifi.password, key);
}

static void an_open_network_has_no_password(void **state)
{
    static uint8_t sector[SECTOR];
    struct ota_old_wifi wifi;
    (void)state;
    put_settings(sector, 1, "cafe", "");
    assert_true(parse(&wifi, sector, sizeof(sector), NULL));
    assert_string_equal(wifi.password, "");
}

static void what_no_old_sdk_wrote_is_refused(void **state)
{
    static uint8_t sector[SECTOR];
    struct ota_old_wifi wifi;
    struct ota_error err;
    (void)state;
    memset(sector, 0xff, sizeof(sector)); /* erased */
    assert_false(parse(&wifi, sector, sizeof(sector), &err));
    assert_int_equal(err.code, OTA_E_OLD_WIFI);
    memset(sector, 0, sizeof(sector)); /* no name */
    assert_false(parse(&wifi, sector, sizeof(sector), &err));
    assert_int_equal(err.code, OTA_E_OLD_WIFI);
    put_settings(sector, 0, "home", "secret");
    sector[0x140] = 33;
    assert_false(parse(&wifi, sector, sizeof(sector), &err));
    put_settings(sector, 0, "home", "secret");
    sector[0x143] = 1; /* the length has four bytes */
    assert_false(parse(&wifi, sector, sizeof(sector), &err));
    put_settings(sector, 0, "home", "secret");
    sector[0x13d] = 5; /* behind the last, whatever lies there */
    sector[0x334] = 4;
    assert_false(parse(&wifi, sector, sizeof(sector), &err));
    put_settings(sector, 0, "home", "secret");
    sector[0x13c] = 6;
    assert_false(parse(&wifi, sector, sizeof(sector), &err));
}

static void every_prefix_is_refused(void **state)
{
    static uint8_t sector[SECTOR];
    struct ota_old_wifi wifi;
    struct ota_error err;
    (void)state;
    put_settings(sector, 0, "home", "secret");
    for (size_t size = 0; size < OTA_OLD_WIFI_END; size++) {
        assert_false(parse(&wifi, sector, size, &err));
        assert_int_equal(err.code, OTA_E_TRUNCATED);
    }
    assert_true(parse(&wifi, sector, OTA_OLD_WIFI_END, &err));
}

static void every_flipped_bit_is_refused_or_harmless(void **state)
{
    static uint8_t sector[OTA_OLD_WIFI_END];
    struct ota_old_wifi wifi;
    (void)state;
    put_settings(sector, 2, "home", "secret");
    for (size_t bit = 0; bit < 8 * sizeof(sector); bit++) {
        sector[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (parse(&wifi, sector, sizeof(sector), NULL)) {
            assert_in_range(wifi.name_length, 1, OTA_OLD_WIFI_NAME_SIZE);
            assert_int_equal(wifi.name[wifi.name_length], 0);
            assert_int_equal(wifi.password[OTA_OLD_WIFI_PASSWORD_SIZE], 0);
        }
        sector[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void an_offset_behind_the_end_is_refused(void **state)
{
    static const uint32_t offsets[] = {SECTOR, SECTOR + 1, 0xfffffff0};
    static uint8_t sector[SECTOR];
    struct ota_source source = ota_source_memory(sector, sizeof(sector));
    struct ota_old_wifi wifi;
    (void)state;
    for (size_t i = 0; i < 3; i++)
        assert_false(ota_old_wifi_parse(&wifi, &source, offsets[i], NULL));
}

static void the_copy_that_counts_is_read_first(void **state)
{
    static uint8_t flash[FLASH];
    const struct ota_flash_map *map = ota_flash_map_by_code(0);
    struct ota_source source = ota_source_memory(flash, sizeof(flash));
    struct ota_old_wifi wifi;
    (void)state;
    put_settings(flash + P + SECTOR, 0, "first", "");
    put_settings(flash + P + 2 * SECTOR, 0, "second", "");
    assert_true(ota_old_wifi_read(&wifi, &source, map, NULL));
    assert_string_equal(wifi.name, "first");
    flash[P + 3 * SECTOR] = 1;
    assert_true(ota_old_wifi_read(&wifi, &source, map, NULL));
    assert_string_equal(wifi.name, "second");
}

static void a_copy_that_a_boot_has_reset_is_passed_over(void **state)
{
    static uint8_t flash[FLASH];
    const struct ota_flash_map *map = ota_flash_map_by_code(0);
    struct ota_source source = ota_source_memory(flash, sizeof(flash));
    struct ota_old_wifi wifi;
    struct ota_error err;
    (void)state;
    memset(flash + P, 0xff, 4 * SECTOR);
    put_settings(flash + P + SECTOR, 0, "first", "");
    assert_true(ota_old_wifi_read(&wifi, &source, map, &err));
    assert_string_equal(wifi.name, "first");
    memset(flash + P, 0xff, 4 * SECTOR);
    assert_false(ota_old_wifi_read(&wifi, &source, map, &err));
    assert_int_equal(err.code, OTA_E_OLD_WIFI);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_record_in_use_is_read),
        cmocka_unit_test(names_and_passwords_may_fill_their_fields),
        cmocka_unit_test(an_open_network_has_no_password),
        cmocka_unit_test(what_no_old_sdk_wrote_is_refused),
        cmocka_unit_test(every_prefix_is_refused),
        cmocka_unit_test(every_flipped_bit_is_refused_or_harmless),
        cmocka_unit_test(an_offset_behind_the_end_is_refused),
        cmocka_unit_test(the_copy_that_counts_is_read_first),
        cmocka_unit_test(a_copy_that_a_boot_has_reset_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
