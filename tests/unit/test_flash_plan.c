/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/digest.h"
#include "otatool/flash_plan.h"
#include "otatool/image.h"
#include "otatool/otadata.h"
#include "otatool/pack_file.h"
#include "sample_pack.h"
#include <stdlib.h>
#include <string.h>

enum { MB = 1024 * 1024, SECTOR = 0x1000 };

static const struct ota_flash_header keep = {OTA_FLASH_KEEP, OTA_FLASH_KEEP,
                                             OTA_FLASH_KEEP};

/* A small image, digested like an app where that is asked for. */
static uint32_t build_image(uint8_t *out, uint32_t address, uint8_t header,
                            bool is_digested)
{
    static const uint8_t code[16] = {1, 2, 3};
    const struct ota_image_part part = {address, code, sizeof(code)};
    const struct ota_image_plan plan = {
        .mode = OTA_FLASH_QIO,
        .size_frequency = header,
        .entry = address,
        .parts = &part,
        .part_count = 1,
        .segment_count = 1,
    };
    uint32_t size = ota_image_built_size(&plan, 0);
    assert_true(ota_image_build(&plan, 0, out, size, NULL));
    if (!is_digested)
        return size;
    ota_sha256(out, size, out + size);
    return size + OTA_SHA256_SIZE;
}

static void add(struct ota_flash_plan *plan, uint32_t address, uint32_t size)
{
    uint8_t *data = calloc(1, size + 1);
    assert_true(ota_flash_plan_add(plan, "part", address, data, size, NULL));
    free(data);
}

static void parts_are_filled_up_to_whole_sectors(void **state)
{
    (void)state;
    struct ota_flash_plan plan = {0};
    add(&plan, 0x2000, 1);
    assert_int_equal(plan.parts[0].size, SECTOR);
    assert_int_equal(plan.parts[0].used, 1);
    assert_int_equal(plan.parts[0].data[0], 0);
    assert_int_equal(plan.parts[0].data[1], 0xff);
    assert_ptr_equal(ota_flash_plan_sector(&plan, 0x2000), plan.parts[0].data);
    assert_null(ota_flash_plan_sector(&plan, 0x1000));
    assert_null(ota_flash_plan_sector(&plan, 0x3000));
    ota_flash_plan_release(&plan);
}

static void parts_are_sorted_and_must_not_overlap(void **state)
{
    (void)state;
    struct ota_flash_plan plan = {0};
    struct ota_error err;
    add(&plan, 0x5000, SECTOR);
    add(&plan, 0, SECTOR + 1);
    assert_true(ota_flash_plan_seal(&plan, &err));
    assert_int_equal(plan.parts[0].address, 0);
    assert_int_equal(ota_flash_plan_size(&plan), 3 * SECTOR);
    add(&plan, 0x1000, 1);
    assert_false(ota_flash_plan_seal(&plan, &err));
    assert_int_equal(err.code, OTA_E_FLASH_OVERLAP);
    ota_flash_plan_release(&plan);
}

static void wrong_places_are_refused(void **state)
{
    (void)state;
    struct ota_flash_plan plan = {0};
    struct ota_error err;
    uint8_t byte = 0;
    assert_false(ota_flash_plan_add(&plan, "a", 0x1004, &byte, 1, &err));
    assert_int_equal(err.code, OTA_E_FLASH_ADDRESS);
    assert_false(ota_flash_plan_add(&plan, "a", 16 * MB, &byte, 1, &err));
    assert_int_equal(err.code, OTA_E_FLASH_BEYOND);
    assert_false(
        ota_flash_plan_add(&plan, "a", 0xfffff000, &byte, 0x1000, &err));
    assert_int_equal(err.code, OTA_E_FLASH_BEYOND);
    add(&plan, MB - SECTOR, SECTOR + 1);
    assert_false(ota_flash_plan_fit(&plan, &keep, MB, &err));
    assert_int_equal(err.code, OTA_E_FLASH_BEYOND);
    assert_true(ota_flash_plan_fit(&plan, &keep, 2 * MB, &err));
    ota_flash_plan_release(&plan);
}

static void the_number_of_parts_is_limited(void **state)
{
    (void)state;
    struct ota_flash_plan plan = {0};
    struct ota_error err;
    uint8_t byte = 0;
    for (uint32_t i = 0; i < OTA_FLASH_PLAN_PARTS; i++)
        add(&plan, i * SECTOR, 1);
    assert_false(ota_flash_plan_add(&plan, "a", MB, &byte, 1, &err));
    assert_int_equal(err.code, OTA_E_FLASH_PARTS);
    ota_flash_plan_release(&plan);
}

static void images_that_would_not_start_are_refused(void **state)
{
    (void)state;
    struct ota_flash_plan plan = {0};
    struct ota_error err;
    uint8_t image[256];
    uint32_t size = build_image(image, 0x40210010, 0x20, false);
    assert_true(ota_flash_plan_add(&plan, "a", 0x10000, image, size, NULL));
    assert_true(ota_flash_plan_verify(&plan, &err));
    plan.parts[0].address = 0x110000;
    assert_true(ota_flash_plan_verify(&plan, &err));
    plan.parts[0].address = 0x20000;
    assert_false(ota_flash_plan_verify(&plan, &err));
    assert_int_equal(err.code, OTA_E_FLASH_LINK);
    plan.parts[0].data[20] ^= 1;
    assert_false(ota_flash_plan_verify(&plan, &err));
    assert_int_equal(err.code, OTA_E_IMAGE_CHECKSUM);
    ota_flash_plan_release(&plan);
}

static void the_header_is_patched_and_the_digest_kept_right(void **state)
{
    (void)state;
    struct ota_flash_plan plan = {0};
    struct ota_flash_header header = {OTA_FLASH_DOUT, 15, OTA_FLASH_DETECT};
    struct ota_image image;
    uint8_t data[256];
    uint8_t digest[OTA_SHA256_SIZE];
    uint32_t size = build_image(data, 0x40100000, 0x22, true);
    assert_true(ota_flash_plan_add(&plan, "a", 0, data, size, NULL));
    assert_true(ota_flash_plan_fit(&plan, &header, 4 * MB, NULL));
    const struct ota_flash_part *part = &plan.parts[0];
    assert_int_equal(part->data[2], OTA_FLASH_DOUT);
    assert_int_equal(part->data[3], 0x4f);
    struct ota_source source = ota_source_memory(part->data, part->used);
    assert_true(ota_image_verify(&image, &source, 0, NULL));
    ota_sha256(part->data, image.size, digest);
    assert_memory_equal(digest, part->data + image.size, sizeof(digest));
    ota_flash_plan_release(&plan);
}

static void what_was_no_digest_is_left_alone(void **state)
{
    (void)state;
    struct ota_flash_plan plan = {0};
    struct ota_flash_header header = {OTA_FLASH_DIO, 0, OTA_FLASH_KEEP};
    uint8_t data[256];
    uint32_t size = build_image(data, 0x40100000, 0x20, false);
    memset(data + size, 0x55, OTA_SHA256_SIZE);
    assert_true(
        ota_flash_plan_add(&plan, "a", 0, data, size + OTA_SHA256_SIZE, NULL));
    assert_true(ota_flash_plan_fit(&plan, &header, MB, NULL));
    assert_memory_equal(plan.parts[0].data + size, data + size,
                        OTA_SHA256_SIZE);
    ota_flash_plan_release(&plan);
}

static void a_header_for_a_larger_flash_is_refused(void **state)
{
    (void)state;
    struct ota_flash_plan plan = {0};
    struct ota_flash_header detect = {OTA_FLASH_KEEP, OTA_FLASH_KEEP,
                                      OTA_FLASH_DETECT};
    struct ota_error err;
    uint8_t data[256];
    uint32_t size = build_image(data, 0x40100000, 0x40, false);
    assert_true(ota_flash_plan_add(&plan, "a", 0, data, size, NULL));
    assert_false(ota_flash_plan_fit(&plan, &keep, MB, &err));
    assert_int_equal(err.code, OTA_E_FLASH_HEADER);
    assert_true(ota_flash_plan_fit(&plan, &detect, MB, &err));
    assert_int_equal(plan.parts[0].data[3], 0x20);
    ota_flash_plan_release(&plan);
}

static void names_of_the_header_are_known(void **state)
{
    (void)state;
    int code;
    assert_true(ota_flash_header_mode("dio", &code));
    assert_int_equal(code, OTA_FLASH_DIO);
    assert_true(ota_flash_header_frequency("80m", &code));
    assert_int_equal(code, 15);
    assert_true(ota_flash_header_size("detect", &code));
    assert_int_equal(code, OTA_FLASH_DETECT);
    assert_true(ota_flash_header_size("2MB-c1", &code));
    assert_int_equal(code, 5);
    assert_false(ota_flash_header_size("3MB", &code));
    assert_false(ota_flash_header_mode("", &code));
}

/* --- packs --- */

static void a_pack_lies_as_after_migration(void **state)
{
    (void)state;
    struct sample_pack sample;
    struct ota_flash_plan plan = {0};
    struct ota_pack pack;
    sample_pack_init(&sample, 2);
    assert_true(
        ota_flash_plan_add_pack(&plan, "pack", sample.data, sample.size, NULL));
    assert_true(ota_flash_plan_seal(&plan, NULL));
    assert_true(ota_flash_plan_verify(&plan, NULL));
    assert_true(ota_pack_file_read(&pack, sample.data, sample.size, NULL));
    assert_memory_equal(ota_flash_plan_sector(&plan, 0), sample.data,
                        pack.bootloader.size);
    assert_memory_equal(ota_flash_plan_sector(&plan, pack.app_address),
                        sample.data + pack.app_address - OTA_PACK_BASE, SECTOR);
    const struct ota_partition *otadata = ota_partition_table_find(
        &pack.table, OTA_PARTITION_DATA, OTA_PARTITION_DATA_OTADATA);
    assert_non_null(otadata);
    const uint8_t *blank = ota_flash_plan_sector(&plan, otadata->offset);
    assert_non_null(blank);
    for (int i = 0; i < SECTOR; i++)
        assert_int_equal(blank[i], 0xff);
    ota_flash_plan_release(&plan);
    sample_pack_release(&sample);
}

static void a_stamp_gives_way_to_a_speed(void **state)
{
    (void)state;
    struct sample_pack sample;
    struct ota_flash_plan plan = {0};
    sample_pack_init(&sample, 2);
    sample.data[3] = 2;
    ota_pack_file_seal(sample.data, sample.size);
    assert_true(
        ota_flash_plan_add_pack(&plan, "pack", sample.data, sample.size, NULL));
    assert_int_equal(plan.parts[0].data[3] & 0x0f, 0);
    assert_int_equal(plan.parts[0].data[3] >> 4, 2);
    ota_flash_plan_release(&plan);
    sample_pack_release(&sample);
}

static void a_damaged_pack_is_refused(void **state)
{
    (void)state;
    struct sample_pack sample;
    struct ota_error err;
    sample_pack_init(&sample, 2);
    for (size_t size = 0; size < sample.size; size += 997) {
        struct ota_flash_plan plan = {0};
        assert_false(
            ota_flash_plan_add_pack(&plan, "pack", sample.data, size, &err));
        ota_flash_plan_release(&plan);
    }
    for (size_t i = 0; i < sample.size; i += 991) {
        struct ota_flash_plan plan = {0};
        sample.data[i] ^= 0x10;
        assert_false(ota_flash_plan_add_pack(&plan, "pack", sample.data,
                                             sample.size, &err));
        sample.data[i] ^= 0x10;
        ota_flash_plan_release(&plan);
    }
    sample_pack_release(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_filled_up_to_whole_sectors),
        cmocka_unit_test(parts_are_sorted_and_must_not_overlap),
        cmocka_unit_test(wrong_places_are_refused),
        cmocka_unit_test(the_number_of_parts_is_limited),
        cmocka_unit_test(images_that_would_not_start_are_refused),
        cmocka_unit_test(the_header_is_patched_and_the_digest_kept_right),
        cmocka_unit_test(what_was_no_digest_is_left_alone),
        cmocka_unit_test(a_header_for_a_larger_flash_is_refused),
        cmocka_unit_test(names_of_the_header_are_known),
        cmocka_unit_test(a_pack_lies_as_after_migration),
        cmocka_unit_test(a_stamp_gives_way_to_a_speed),
        cmocka_unit_test(a_damaged_pack_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
