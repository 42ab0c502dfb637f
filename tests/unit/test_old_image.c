/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/old_image.h"
#include <string.h>

enum { OUT_SIZE = 0x20000 };

static uint8_t out[OUT_SIZE];
static uint8_t bytes[0x12000];

static struct ota_old_image_plan good_plan(enum ota_old_boot boot)
{
    return (struct ota_old_image_plan){
        .boot = boot,
        .map = ota_flash_map_by_code(2),
        .user = 1,
        .mode = OTA_FLASH_DIO,
        .frequency = 15,
        .entry = 0x40100004,
        .text = {0x40100000, bytes, 100},
        .data = {0x3ffe8000, bytes, 7},
        .rodata = {0x3ffe8010, bytes, 20},
        .irom = {0, bytes, 33},
    };
}

static uint32_t build(const struct ota_old_image_plan *plan)
{
    struct ota_error err;
    uint32_t size = ota_old_image_size(plan);
    assert_in_range(size, 1, OUT_SIZE);
    memset(out, 0x5a, sizeof(out));
    assert_true(ota_old_image_build(plan, out, size, &err));
    assert_int_equal(out[size], 0x5a);
    assert_false(ota_old_image_build(plan, out, size - 1, &err));
    assert_int_equal(err.code, OTA_E_BUFFER_TOO_SMALL);
    return size;
}

static enum ota_code judge(const struct ota_old_image_plan *plan)
{
    struct ota_error err;
    for (size_t i = 0; i < ota_old_image_rule_count; i++)
        if (!ota_old_image_holds(i, plan, &err))
            return err.code;
    return OTA_OK;
}

static void a_container_is_what_the_parser_verifies(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_container container;
    struct ota_old_image_plan plan = good_plan(OTA_OLD_BOOT_1_2_UP);
    struct ota_source source = ota_source_memory(out, build(&plan));
    assert_true(ota_container_verify(&container, &source, &err));
    assert_int_equal(container.user, 1);
    assert_int_equal(container.byte2, 0);
    assert_int_equal(container.irom_size, 48);
    assert_int_equal(container.image.mode, OTA_FLASH_DIO);
    assert_int_equal(container.image.size_frequency, 0x2f);
    assert_int_equal(container.crc_offset + 4, source.size);
}

static void every_prefix_of_a_container_is_refused(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_container container;
    struct ota_old_image_plan plan = good_plan(OTA_OLD_BOOT_1_2_UP);
    uint32_t size = build(&plan);
    for (uint32_t length = 0; length < size; length++) {
        struct ota_source source = ota_source_memory(out, length);
        assert_false(ota_container_verify(&container, &source, &err));
        assert_int_equal(err.code, OTA_E_TRUNCATED);
    }
}

/* The CRC covers every byte. */
static void every_flipped_bit_of_a_container_is_refused(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_container container;
    struct ota_old_image_plan plan = good_plan(OTA_OLD_BOOT_1_2_UP);
    uint32_t size = build(&plan);
    struct ota_source source = ota_source_memory(out, size);
    for (uint32_t bit = 0; bit < size * 8; bit++) {
        out[bit / 8] ^= (uint8_t)(1 << bit % 8);
        assert_false(ota_container_verify(&container, &source, &err));
        out[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(ota_container_verify(&container, &source, &err));
}

static void irom_lengths_near_the_end_of_32_bits_are_refused(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {0xffffffff, 0xfffffff0, 0xffffffe0,
                                       0x80000000, 0x00010000};
    struct ota_error err;
    struct ota_container container;
    struct ota_old_image_plan plan = good_plan(OTA_OLD_BOOT_1_2_UP);
    struct ota_source source = ota_source_memory(out, build(&plan));
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        for (size_t k = 0; k < 4; k++)
            out[12 + k] = (uint8_t)(lengths[i] >> 8 * k);
        assert_false(ota_container_parse(&container, &source, &err));
        assert_int_equal(err.code, OTA_E_TRUNCATED);
    }
}

static void without_irom_the_image_follows_the_header(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_container container;
    struct ota_old_image_plan plan = good_plan(OTA_OLD_BOOT_1_2_UP);
    plan.irom.size = 0;
    assert_int_equal(judge(&plan), OTA_E_OLD_PART_EMPTY);
    struct ota_source source = ota_source_memory(out, build(&plan));
    assert_true(ota_container_verify(&container, &source, &err));
    assert_int_equal(container.irom_offset, 8);
    assert_int_equal(container.irom_size, 0);
}

static void a_flat_image_has_its_irom_at_64_kb(void **state)
{
    (void)state;
    struct ota_old_image_plan plan = good_plan(OTA_OLD_BOOT_1_1);
    bytes[0] = 0x77;
    assert_int_equal(build(&plan), 0x10000 + 33 + 4);
    assert_int_equal(out[0], OTA_IMAGE_MAGIC);
    assert_int_equal(out[3], 1);
    assert_int_equal(out[0xffff], 0xff);
    assert_int_equal(out[0x10000], 0x77);
}

static void an_image_for_the_rom_has_neither_irom_nor_crc(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_image image;
    struct ota_old_image_plan plan = good_plan(OTA_OLD_BOOT_NONE);
    struct ota_source source = ota_source_memory(out, build(&plan));
    assert_true(ota_image_verify(&image, &source, 0, &err));
    assert_int_equal(image.size, source.size);
}

static void a_good_plan_breaks_no_rule(void **state)
{
    (void)state;
    for (int boot = OTA_OLD_BOOT_NONE; boot <= OTA_OLD_BOOT_1_2_UP; boot++) {
        struct ota_old_image_plan plan = good_plan((enum ota_old_boot)boot);
        assert_int_equal(judge(&plan), OTA_OK);
        plan.irom.address = ota_old_image_irom_address(&plan);
        assert_int_equal(judge(&plan), OTA_OK);
    }
}

static void what_a_device_does_not_survive_breaks_a_rule(void **state)
{
    (void)state;
    struct ota_old_image_plan plan = good_plan(OTA_OLD_BOOT_1_2_UP);
    plan.data.size = 0;
    assert_int_equal(judge(&plan), OTA_E_OLD_PART_EMPTY);
    plan = good_plan(OTA_OLD_BOOT_1_2_UP);
    plan.rodata.address = 0;
    assert_int_equal(judge(&plan), OTA_E_ELF_SYMBOL);
    plan.rodata.address = 0x3ffffc00;
    assert_int_equal(judge(&plan), OTA_E_OLD_RAM);
    plan = good_plan(OTA_OLD_BOOT_1_2_UP);
    plan.text.size = 0x8004;
    assert_int_equal(judge(&plan), OTA_E_OLD_RAM);
    plan = good_plan(OTA_OLD_BOOT_1_2_UP);
    plan.map = ota_flash_map_by_code(7);
    assert_int_equal(judge(&plan), OTA_E_MAP_UNUSABLE);
    plan = good_plan(OTA_OLD_BOOT_1_1);
    plan.text.size = 0x8000;
    plan.data.size = 0x8000;
    plan.rodata.address = 0x3fff0000;
    assert_int_equal(judge(&plan), OTA_E_IMAGE_TOO_LARGE);
    plan = good_plan(OTA_OLD_BOOT_1_2_UP);
    plan.irom.size = 492 * 1024;
    assert_int_equal(judge(&plan), OTA_E_IMAGE_TOO_LARGE);
}

static void a_slot_is_told_by_the_link_address(void **state)
{
    (void)state;
    static const struct {
        uint8_t map;
        uint8_t user;
        uint32_t address;
    } rows[] = {
        {0, 1, 0x40201010}, {0, 2, 0x40241010}, {2, 2, 0x40281010},
        {4, 2, 0x40281010}, {6, 1, 0x40201010}, {6, 2, 0x40201010},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct ota_old_image_plan plan = good_plan(OTA_OLD_BOOT_1_2_UP);
        plan.map = ota_flash_map_by_code(rows[i].map);
        plan.user = rows[i].user;
        assert_int_equal(ota_old_image_irom_address(&plan), rows[i].address);
        plan.irom.address = rows[i].address + 16;
        assert_int_equal(judge(&plan), OTA_E_OLD_LINK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_container_is_what_the_parser_verifies),
        cmocka_unit_test(every_prefix_of_a_container_is_refused),
        cmocka_unit_test(every_flipped_bit_of_a_container_is_refused),
        cmocka_unit_test(irom_lengths_near_the_end_of_32_bits_are_refused),
        cmocka_unit_test(without_irom_the_image_follows_the_header),
        cmocka_unit_test(a_flat_image_has_its_irom_at_64_kb),
        cmocka_unit_test(an_image_for_the_rom_has_neither_irom_nor_crc),
        cmocka_unit_test(a_good_plan_breaks_no_rule),
        cmocka_unit_test(what_a_device_does_not_survive_breaks_a_rule),
        cmocka_unit_test(a_slot_is_told_by_the_link_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
