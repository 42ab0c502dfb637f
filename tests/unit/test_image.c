/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/image.h"
#include <string.h>

enum { OUT_SIZE = 4096 };

static const uint8_t code[] = "some code for the chip to run!!";
static const struct ota_image_part two_parts[] = {
    {0x40100000, code, 32},
    {0x3ffe8000, code, 5},
};

static const struct ota_image_plan two_segments = {
    .mode = OTA_FLASH_DIO,
    .size_frequency = 0x40,
    .entry = 0x40100004,
    .parts = two_parts,
    .part_count = 2,
    .segment_count = 2,
};

static uint32_t build(const struct ota_image_plan *plan, uint32_t base,
                      uint8_t *out)
{
    struct ota_error err;
    assert_true(ota_image_build(plan, base, out, OUT_SIZE, &err));
    return ota_image_built_size(plan, base);
}

static void what_was_built_is_parsed(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_image image;
    uint8_t out[OUT_SIZE];
    uint32_t size = build(&two_segments, 0, out);
    struct ota_source source = ota_source_memory(out, size);
    assert_true(ota_image_verify(&image, &source, 0, &err));
    assert_int_equal(image.segment_count, 2);
    assert_int_equal(image.mode, OTA_FLASH_DIO);
    assert_int_equal(image.size_frequency, 0x40);
    assert_int_equal(image.entry, 0x40100004);
    assert_int_equal(image.segments[0].address, 0x40100000);
    assert_int_equal(image.segments[0].offset, 16);
    assert_int_equal(image.segments[0].size, 32);
    assert_int_equal(image.segments[1].address, 0x3ffe8000);
    assert_int_equal(image.segments[1].offset, 56);
    assert_int_equal(image.segments[1].size, 8);
    assert_int_equal(image.checksum_offset, 79);
    assert_int_equal(image.size, size);
    assert_int_equal(size, 80);
}

static void what_was_parsed_is_built_again(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_image image;
    uint8_t out[OUT_SIZE];
    uint8_t again[OUT_SIZE];
    uint32_t size = build(&two_segments, 0, out);
    struct ota_source source = ota_source_memory(out, size);
    assert_true(ota_image_verify(&image, &source, 0, &err));
    struct ota_image_part parts[OTA_IMAGE_MAX_SEGMENTS];
    for (size_t i = 0; i < image.segment_count; i++)
        parts[i] = (struct ota_image_part){
            .address = image.segments[i].address,
            .data = out + image.segments[i].offset,
            .size = image.segments[i].size,
        };
    struct ota_image_plan plan = two_segments;
    plan.parts = parts;
    assert_int_equal(build(&plan, 0, again), size);
    assert_memory_equal(out, again, size);
}

static void an_image_can_have_none_to_sixteen_segments(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_image image;
    uint8_t out[OUT_SIZE];
    struct ota_image_part parts[17];
    for (size_t i = 0; i < 17; i++)
        parts[i] = (struct ota_image_part){0x40100000, code, 4};
    struct ota_image_plan plan = {.parts = parts};
    for (uint8_t count = 0; count <= 17; count++) {
        plan.part_count = plan.segment_count = count;
        if (count == 17)
            break;
        uint32_t size = build(&plan, 0, out);
        struct ota_source source = ota_source_memory(out, size);
        assert_true(ota_image_verify(&image, &source, 0, &err));
        assert_int_equal(image.segment_count, count);
        assert_int_equal(image.size, size);
    }
    assert_false(ota_image_build(&plan, 0, out, OUT_SIZE, &err));
    assert_int_equal(err.code, OTA_E_IMAGE_SEGMENT_COUNT);
    out[1] = 17;
    struct ota_source source = ota_source_memory(out, sizeof(out));
    assert_false(ota_image_parse(&image, &source, 0, &err));
    assert_int_equal(err.code, OTA_E_IMAGE_SEGMENT_COUNT);
}

static void an_image_without_segments_sums_up_to_its_start(void **state)
{
    (void)state;
    uint8_t out[OUT_SIZE];
    const struct ota_image_plan plan = {.entry = 0};
    assert_int_equal(build(&plan, 0, out), 16);
    assert_int_equal(out[15], OTA_IMAGE_CHECKSUM_START);
}

static void every_prefix_is_refused(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_image image;
    uint8_t out[OUT_SIZE];
    uint32_t size = build(&two_segments, 0, out);
    for (uint32_t length = 0; length < size; length++) {
        struct ota_source source = ota_source_memory(out, length);
        assert_false(ota_image_parse(&image, &source, 0, &err));
        assert_int_equal(err.code, OTA_E_TRUNCATED);
    }
}

/* Headers and padding are in no checksum: what a flip there changes must be
 * seen in the parsed image, and nothing outside the source may be read. */
static void every_flipped_bit_is_refused_or_harmless(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_image image;
    uint8_t out[OUT_SIZE];
    uint32_t size = build(&two_segments, 0, out);
    struct ota_source source = ota_source_memory(out, size);
    for (uint32_t bit = 0; bit < size * 8; bit++) {
        out[bit / 8] ^= (uint8_t)(1 << bit % 8);
        bool is_data = (bit / 8 >= 16 && bit / 8 < 48) ||
                       (bit / 8 >= 56 && bit / 8 < 64) || bit / 8 == 79;
        bool ok = ota_image_verify(&image, &source, 0, &err);
        assert_false(ok && (is_data || bit / 8 == 0));
        if (ok)
            assert_true(image.size <= size);
        out[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void lengths_near_the_end_of_32_bits_are_refused(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {
        0xffffffff, 0xfffffffc, 0xfffffff8, 0xfffffff0, 0xffffffe8,
        0xffffffb8, 0x80000000, 0x7ffffffc, 52,         33,
    };
    struct ota_error err;
    struct ota_image image;
    uint8_t out[OUT_SIZE];
    struct ota_image_plan plan = two_segments;
    plan.part_count = plan.segment_count = 1;
    uint32_t size = build(&plan, 0, out);
    struct ota_source source = ota_source_memory(out, size);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        for (size_t k = 0; k < 4; k++)
            out[12 + k] = (uint8_t)(lengths[i] >> 8 * k);
        assert_false(ota_image_parse(&image, &source, 0, &err));
        assert_int_equal(err.code, lengths[i] % 4 ? OTA_E_IMAGE_SEGMENT_LENGTH
                                                  : OTA_E_TRUNCATED);
        assert_int_equal(err.index, 1);
    }
}

static void parts_too_long_for_a_file_are_refused(void **state)
{
    (void)state;
    struct ota_error err;
    uint8_t out[OUT_SIZE];
    const struct ota_image_part parts[] = {
        {0, NULL, 0xffffffff},
        {0, NULL, 0xffffffff},
    };
    const struct ota_image_plan plan = {
        .parts = parts,
        .part_count = 2,
        .segment_count = 2,
    };
    assert_int_equal(ota_image_built_size(&plan, 0), 0);
    assert_false(ota_image_build(&plan, 0, out, OUT_SIZE, &err));
    assert_int_equal(err.code, OTA_E_BUFFER_TOO_SMALL);
}

static void a_buffer_one_byte_short_is_refused(void **state)
{
    (void)state;
    struct ota_error err;
    uint8_t out[OUT_SIZE];
    uint32_t size = ota_image_built_size(&two_segments, 0);
    assert_false(ota_image_build(&two_segments, 0, out, size - 1, &err));
    assert_int_equal(err.code, OTA_E_BUFFER_TOO_SMALL);
    assert_true(ota_image_build(&two_segments, 0, out, size, &err));
}

static void the_checksum_ends_a_line_of_the_file(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_image image;
    uint8_t out[OUT_SIZE] = {0};
    for (uint32_t base = 0; base < 16; base += 4) {
        assert_true(ota_image_build(&two_segments, base, out + base,
                                    OUT_SIZE - base, &err));
        struct ota_source source = ota_source_memory(out, OUT_SIZE);
        assert_true(ota_image_verify(&image, &source, base, &err));
        assert_int_equal((base + image.size) % 16, 0);
        assert_int_equal(image.size, ota_image_built_size(&two_segments, base));
    }
}

static void a_wrong_checksum_is_told_with_both_values(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_image image;
    uint8_t out[OUT_SIZE];
    uint32_t size = build(&two_segments, 0, out);
    uint8_t right = out[size - 1];
    out[size - 1] ^= 0x0b;
    struct ota_source source = ota_source_memory(out, size);
    assert_true(ota_image_parse(&image, &source, 0, &err));
    assert_false(ota_image_verify(&image, &source, 0, &err));
    assert_int_equal(err.code, OTA_E_IMAGE_CHECKSUM);
    assert_int_equal(err.offset, size - 1);
    assert_int_equal(err.expected, right);
    assert_int_equal(err.actual, right ^ 0x0b);
}

static void a_digest_is_there_when_32_bytes_follow(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_image image;
    uint8_t digest[OTA_IMAGE_DIGEST_SIZE];
    uint8_t out[OUT_SIZE];
    uint32_t size = build(&two_segments, 0, out);
    memset(out + size, 0xd1, sizeof(digest));
    struct ota_source source = ota_source_memory(out, size + 31);
    assert_true(ota_image_parse(&image, &source, 0, &err));
    assert_false(ota_image_stored_digest(&image, &source, digest));
    source.size++;
    assert_true(ota_image_stored_digest(&image, &source, digest));
    assert_memory_equal(digest, out + size, sizeof(digest));
}

/* An app: two segments that run from flash, the second one described. */
static uint32_t build_app(uint8_t *out, uint8_t description[256])
{
    static const uint8_t magic[] = {0x32, 0x54, 0xcd, 0xab, 7};
    memset(description, 'x', 256);
    memcpy(description, magic, sizeof(magic));
    memset(description + 5, 0, 11);
    memcpy(description + 16, "1.2.3", 6);
    const struct ota_image_part parts[] = {
        {0x40210010, code, 32},
        {0x40210038, description, 256},
        {0x40100000, code, 32},
    };
    const struct ota_image_plan plan = {
        .parts = parts,
        .part_count = 3,
        .segment_count = 3,
    };
    return build(&plan, 0, out);
}

static void the_description_is_found_in_any_flash_segment(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_image image;
    struct ota_app_description description;
    uint8_t raw[256];
    uint8_t out[OUT_SIZE];
    struct ota_source source = ota_source_memory(out, build_app(out, raw));
    assert_true(ota_image_parse(&image, &source, 0, &err));
    assert_true(ota_image_description(&image, &source, &description));
    assert_int_equal(description.secure_version, 7);
    assert_string_equal(description.version, "1.2.3");
    /* A full field has no NUL of its own. */
    assert_int_equal(strlen(description.project_name), 32);
    assert_int_equal(strlen(description.date), 16);
    out[image.segments[1].offset]++;
    assert_false(ota_image_description(&image, &source, &description));
}

static void the_link_slot_is_told_by_the_first_segment(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_image image;
    uint8_t raw[256];
    uint8_t out[OUT_SIZE];
    uint32_t slot;
    struct ota_source source = ota_source_memory(out, build_app(out, raw));
    assert_true(ota_image_parse(&image, &source, 0, &err));
    assert_true(ota_image_link_slot(&image, &slot));
    assert_int_equal(slot, 0x10000);
    image.segments[0].address = 0x40100000;
    assert_false(ota_image_link_slot(&image, &slot));
    image.segments[0].address = OTA_IMAGE_FLASH_WINDOW + 4;
    assert_false(ota_image_link_slot(&image, &slot));
    image.segment_count = 0;
    assert_false(ota_image_link_slot(&image, &slot));
}

/* A flash whose n-th read fails. */
struct failing_flash {
    const uint8_t *data;
    int *reads_left;
};

static bool failing_read(const void *context, uint32_t offset, void *data,
                         uint32_t size, struct ota_error *err)
{
    const struct failing_flash *flash = context;
    if ((*flash->reads_left)-- == 0)
        return ota_fail(err, OTA_E_FILE_READ);
    assert_true(size <= 256);
    memcpy(data, flash->data + offset, size);
    return true;
}

static void every_failed_read_fails_the_parse(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_image image;
    uint8_t out[OUT_SIZE];
    uint32_t size = build(&two_segments, 0, out);
    bool ok = false;
    for (int n = 0; !ok; n++) {
        int reads_left = n;
        struct failing_flash flash = {out, &reads_left};
        struct ota_source source = {size, failing_read, &flash};
        ok = ota_image_parse(&image, &source, 0, &err);
        assert_true(ok || err.code == OTA_E_FILE_READ);
        assert_true(n < 100);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_built_is_parsed),
        cmocka_unit_test(what_was_parsed_is_built_again),
        cmocka_unit_test(an_image_can_have_none_to_sixteen_segments),
        cmocka_unit_test(an_image_without_segments_sums_up_to_its_start),
        cmocka_unit_test(every_prefix_is_refused),
        cmocka_unit_test(every_flipped_bit_is_refused_or_harmless),
        cmocka_unit_test(lengths_near_the_end_of_32_bits_are_refused),
        cmocka_unit_test(parts_too_long_for_a_file_are_refused),
        cmocka_unit_test(a_buffer_one_byte_short_is_refused),
        cmocka_unit_test(the_checksum_ends_a_line_of_the_file),
        cmocka_unit_test(a_wrong_checksum_is_told_with_both_values),
        cmocka_unit_test(a_digest_is_there_when_32_bytes_follow),
        cmocka_unit_test(the_description_is_found_in_any_flash_segment),
        cmocka_unit_test(the_link_slot_is_told_by_the_first_segment),
        cmocka_unit_test(every_failed_read_fails_the_parse),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
