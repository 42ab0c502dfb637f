/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/image.h"
#include "otatool/kind.h"
#include "otatool/pack.h"
#include <stdlib.h>
#include <string.h>

enum { FILE_SIZE = 0x80000 };

static uint8_t file[FILE_SIZE];

static enum ota_kind kind_of(size_t size)
{
    struct ota_source source = ota_source_memory(file, size);
    return ota_kind_of(&source);
}

/* One segment of size bytes at address; is the image's size. */
static uint32_t put_image(uint32_t offset, uint32_t address, uint32_t size)
{
    static uint8_t data[8192];
    struct ota_error err;
    const struct ota_image_part part = {address, data, size};
    const struct ota_image_plan plan = {
        .parts = &part,
        .part_count = 1,
        .segment_count = 1,
    };
    memset(data, 0, sizeof(data));
    memcpy(data, "2nd boot version : 9.9", 22);
    assert_true(
        ota_image_build(&plan, 0, file + offset, FILE_SIZE - offset, &err));
    return ota_image_built_size(&plan, 0);
}

static void put_table(uint32_t offset, uint32_t ota_0)
{
    struct ota_error err;
    struct ota_partition_table table = {
        .count = 1,
        .entries = {{.type = OTA_PARTITION_APP,
                     .subtype = OTA_PARTITION_APP_OTA_0,
                     .offset = ota_0,
                     .size = 0x10000,
                     .name = "ota_0"}},
    };
    assert_true(ota_partition_table_build(&table, NULL, file + offset, &err));
}

static int start_blank(void **state)
{
    (void)state;
    memset(file, 0xff, sizeof(file));
    return 0;
}

static void images_are_told_by_their_first_segment(void **state)
{
    (void)state;
    uint32_t size = put_image(0, 0x40210010, 64);
    assert_int_equal(kind_of(size), OTA_KIND_APP);
    assert_int_equal(kind_of(size - 1), OTA_KIND_APP);
    size = put_image(0, 0x40100000, 8000);
    assert_int_equal(kind_of(size), OTA_KIND_BOOTLOADER);
    assert_int_equal(kind_of(4), OTA_KIND_BOOTLOADER);
    file[0] = OTA_IMAGE_CONTAINER_MAGIC;
    assert_int_equal(kind_of(size), OTA_KIND_USER);
}

static void an_old_boot_is_small_and_says_so(void **state)
{
    (void)state;
    assert_int_equal(kind_of(put_image(0, 0x40100000, 4096)),
                     OTA_KIND_OLD_BOOT);
    assert_int_equal(kind_of(put_image(0, 0x40100000, 4100)),
                     OTA_KIND_BOOTLOADER);
    uint32_t size = put_image(0, 0x40100000, 4096);
    file[16]++;
    assert_int_equal(kind_of(size), OTA_KIND_BOOTLOADER);
}

static void two_apps_of_one_length_are_a_pair(void **state)
{
    (void)state;
    uint32_t size = put_image(0, 0x40207010, 64);
    put_image(size, 0x40285010, 64);
    assert_int_equal(kind_of(2 * size), OTA_KIND_APP_PAIR);
    assert_int_equal(kind_of(2 * size + 1), OTA_KIND_APP);
    assert_int_equal(kind_of(size), OTA_KIND_APP);
}

static void a_pack_has_a_table_and_reaches_its_ota_0(void **state)
{
    (void)state;
    put_image(0, 0x40100000, 8000);
    put_table(0x4000, 0x7000);
    assert_int_equal(kind_of(0x6004), OTA_KIND_PACK);
    assert_int_equal(kind_of(0x6000), OTA_KIND_BOOTLOADER);
    /* What looks like a table inside the bootloader is none. */
    put_table(0x1000, 0x7000);
    assert_int_equal(kind_of(0x6004), OTA_KIND_PACK);
    memset(file + 0x4000, 0xff, 0xc00);
    assert_int_equal(kind_of(0x6004), OTA_KIND_BOOTLOADER);
}

static void a_dump_has_the_size_of_a_flash(void **state)
{
    (void)state;
    put_image(0, 0x40100000, 8000);
    assert_int_equal(kind_of(FILE_SIZE), OTA_KIND_FLASH_DUMP);
    assert_int_equal(kind_of(FILE_SIZE / 2), OTA_KIND_BOOTLOADER);
    put_table(0x8000, 0x10000);
    assert_int_equal(kind_of(FILE_SIZE), OTA_KIND_FLASH_DUMP);
    assert_int_equal(kind_of(FILE_SIZE - 1), OTA_KIND_PACK);
}

static void a_flat_user_image_has_its_code_at_64_kb(void **state)
{
    (void)state;
    put_image(0, 0x40100000, 4200);
    file[1] = 3; /* two more segments, both empty */
    memset(file + 16 + 4200, 0, 16);
    file[3] = 2;
    assert_int_equal(kind_of(0x10000), OTA_KIND_BOOTLOADER);
    assert_int_equal(kind_of(0x10004), OTA_KIND_USER_FLAT);
    file[0xffff] = 0;
    assert_int_equal(kind_of(0x10004), OTA_KIND_BOOTLOADER);
}

static void tables_and_otadata_are_told(void **state)
{
    (void)state;
    assert_int_equal(kind_of(0x2000), OTA_KIND_OTADATA);
    memset(file, 7, 32);
    assert_int_equal(kind_of(0x2000), OTA_KIND_OTADATA);
    file[0x1fff] = 0;
    assert_int_equal(kind_of(0x2000), OTA_KIND_UNKNOWN);
    put_table(0, 0x10000);
    assert_int_equal(kind_of(0xc00), OTA_KIND_PARTITION_TABLE);
    assert_int_equal(kind_of(2), OTA_KIND_PARTITION_TABLE);
    assert_int_equal(kind_of(1), OTA_KIND_UNKNOWN);
    assert_int_equal(kind_of(0), OTA_KIND_UNKNOWN);
}

static void every_kind_has_a_name_of_its_own(void **state)
{
    (void)state;
    for (int a = 0; a < OTA_KIND_COUNT; a++)
        for (int b = 0; b < a; b++)
            assert_string_not_equal(ota_kind_name((enum ota_kind)a),
                                    ota_kind_name((enum ota_kind)b));
    assert_string_equal(ota_kind_name(OTA_KIND_COUNT), "unknown");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(images_are_told_by_their_first_segment,
                               start_blank),
        cmocka_unit_test_setup(an_old_boot_is_small_and_says_so, start_blank),
        cmocka_unit_test_setup(two_apps_of_one_length_are_a_pair, start_blank),
        cmocka_unit_test_setup(a_pack_has_a_table_and_reaches_its_ota_0,
                               start_blank),
        cmocka_unit_test_setup(a_dump_has_the_size_of_a_flash, start_blank),
        cmocka_unit_test_setup(a_flat_user_image_has_its_code_at_64_kb,
                               start_blank),
        cmocka_unit_test_setup(tables_and_otadata_are_told, start_blank),
        cmocka_unit_test(every_kind_has_a_name_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
