/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/crc32.h"
#include "otatool/pack.h"
#include "otatool/pack_file.h"
#include "sample_pack.h"
#include <stdlib.h>
#include <string.h>

static void parts_are_sorted_and_address_zero_moves(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_pack_part parts[] = {
        {.address = 0x7000, .data = (const uint8_t *)"app", .size = 3},
        {.address = 0, .data = (const uint8_t *)"boot", .size = 4},
        {.address = 0x5000, .data = (const uint8_t *)"table", .size = 5},
    };
    size_t app = 0;
    assert_true(ota_pack_arrange(parts, 3, &app, &err));
    assert_int_equal(app, 2);
    assert_int_equal(parts[0].address, 0x1000);
    assert_int_equal(ota_pack_size(parts, 3), 0x6000 + 3 + 4);
    uint8_t out[0x6007];
    ota_pack_build(parts, 3, out);
    ota_pack_seal(out, sizeof(out), ota_crc32(0, out, sizeof(out) - 4));
    assert_memory_equal(out, "boot\xff\xff", 6);
    assert_memory_equal(out + 0x4000, "table\xff", 6);
    assert_memory_equal(out + 0x6000, "app", 3);
}

static enum ota_code arrange_two(uint32_t first, uint32_t first_size,
                                 uint32_t second, size_t app)
{
    struct ota_error err = {0};
    struct ota_pack_part parts[] = {
        {.address = first, .size = first_size},
        {.address = second, .size = 16},
    };
    return ota_pack_arrange(parts, 2, &app, &err) ? OTA_OK : err.code;
}

static void parts_that_share_a_sector_are_refused(void **state)
{
    (void)state;
    assert_int_equal(arrange_two(0x2000, 1, 0x3000, 1), OTA_OK);
    assert_int_equal(arrange_two(0x2000, 0x1000, 0x3000, 1), OTA_OK);
    assert_int_equal(arrange_two(0x2000, 0x1001, 0x3000, 1),
                     OTA_E_PACK_OVERLAP);
    assert_int_equal(arrange_two(0x2000, 1, 0x2800, 1), OTA_E_PACK_OVERLAP);
    assert_int_equal(arrange_two(0x2000, 0, 0x2000, 1), OTA_OK);
}

static void the_app_must_be_last_and_not_first(void **state)
{
    (void)state;
    assert_int_equal(arrange_two(0x2000, 1, 0x3000, 0),
                     OTA_E_PACK_APP_NOT_LAST);
    size_t app = 0;
    struct ota_error err;
    struct ota_pack_part alone = {.address = 0, .size = 4};
    assert_false(ota_pack_arrange(&alone, 1, &app, &err));
    assert_int_equal(err.code, OTA_E_PACK_APP_IS_FIRST);
}

static void addresses_beyond_32_bits_are_refused(void **state)
{
    (void)state;
    assert_int_equal(arrange_two(0x2000, 1, 0xfffffff8, 1), OTA_E_PACK_ADDRESS);
}

static void a_pack_is_read_back(void **state)
{
    (void)state;
    struct sample_pack sample;
    struct ota_pack pack;
    struct ota_error err;
    sample_pack_init(&sample, 2);
    assert_true(ota_pack_file_read(&pack, sample.data, sample.size, &err));
    assert_true(pack.has_bootloader && pack.has_table && pack.has_app);
    assert_int_equal(pack.table_address, 0x5000);
    assert_int_equal(pack.app_address, 0x7000);
    assert_int_equal(pack.crc, pack.crc_actual);
    assert_int_equal(pack.app_digest, OTA_CHECK_OK);
    sample_pack_release(&sample);
}

static void every_prefix_is_read_without_harm(void **state)
{
    (void)state;
    struct sample_pack sample;
    sample_pack_init(&sample, 2);
    for (size_t size = 0; size < sample.size; size += 1 + size / 64) {
        struct ota_pack pack;
        struct ota_error err;
        uint8_t *copy = malloc(size + 1); /* so that ASan sees the end */
        memcpy(copy, sample.data, size);
        if (ota_pack_file_read(&pack, copy, size, &err))
            assert_true(pack.crc != pack.crc_actual || !pack.has_app);
        free(copy);
    }
    sample_pack_release(&sample);
}

static void a_stamp_gives_three_segments_and_the_slot(void **state)
{
    (void)state;
    static const uint8_t data[64] = {1, 2, 3, 4};
    for (uint8_t count = 1; count <= 6; count++) {
        struct ota_image_part parts[6];
        struct ota_error err;
        for (uint8_t i = 0; i < count; i++)
            parts[i] = (struct ota_image_part){
                .address = 0x40100000u + i * (uint32_t)sizeof(data),
                .data = data,
                .size = sizeof(data),
            };
        struct ota_image_plan plan = {.mode = 2,
                                      .size_frequency = 0x20,
                                      .entry = 0x40100004,
                                      .parts = parts,
                                      .part_count = count,
                                      .segment_count = count};
        uint8_t image[1024];
        uint8_t stamped[1024];
        uint32_t size = ota_image_built_size(&plan, 0);
        assert_true(ota_image_build(&plan, 0, image, sizeof(image), &err));
        struct ota_pack_stamped out = {stamped, sizeof(stamped), 0};
        assert_true(ota_pack_stamp_bootloader(image, size, 2, &out, &err));
        struct ota_source source = ota_source_memory(stamped, out.size);
        struct ota_image parsed;
        assert_true(ota_image_verify(&parsed, &source, 0, &err));
        assert_int_equal(parsed.segment_count, 3);
        assert_int_equal(parsed.size_frequency, 2);
        assert_int_equal(parsed.size, out.size);
    }
}

static void segments_that_cannot_be_joined_are_refused(void **state)
{
    (void)state;
    static const uint8_t data[16];
    struct ota_image_part parts[4];
    for (uint8_t i = 0; i < 4; i++)
        parts[i] = (struct ota_image_part){
            .address = 0x40100000u + i * 0x100u, .data = data, .size = 16};
    struct ota_image_plan plan = {.entry = 0x40100004,
                                  .parts = parts,
                                  .part_count = 4,
                                  .segment_count = 4};
    uint8_t image[256];
    uint8_t stamped[256];
    struct ota_error err;
    uint32_t size = ota_image_built_size(&plan, 0);
    assert_true(ota_image_build(&plan, 0, image, sizeof(image), &err));
    struct ota_pack_stamped out = {stamped, sizeof(stamped), 0};
    assert_false(ota_pack_stamp_bootloader(image, size, 1, &out, &err));
    assert_int_equal(err.code, OTA_E_BOOTLOADER_SEGMENTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_are_sorted_and_address_zero_moves),
        cmocka_unit_test(parts_that_share_a_sector_are_refused),
        cmocka_unit_test(the_app_must_be_last_and_not_first),
        cmocka_unit_test(addresses_beyond_32_bits_are_refused),
        cmocka_unit_test(a_pack_is_read_back),
        cmocka_unit_test(every_prefix_is_read_without_harm),
        cmocka_unit_test(a_stamp_gives_three_segments_and_the_slot),
        cmocka_unit_test(segments_that_cannot_be_joined_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
