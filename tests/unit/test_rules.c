/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/pack_file.h"
#include "otatool/rules.h"
#include "sample_pack.h"
#include <stdlib.h>
#include <string.h>

/* The code of the first refusing rule that a pack breaks, or OTA_OK. */
static enum ota_code first_refusal(const uint8_t *data, size_t size)
{
    struct ota_pack pack;
    struct ota_error err;
    if (!ota_pack_file_read(&pack, data, size, &err))
        return err.code;
    for (size_t i = 0; i < ota_pack_rule_count; i++)
        if (ota_pack_rules[i].severity == OTA_REFUSE &&
            !ota_pack_rules[i].holds(&pack, &err))
            return err.code;
    return OTA_OK;
}

static void a_good_pack_passes_every_refusing_rule(void **state)
{
    (void)state;
    struct sample_pack sample;
    sample_pack_init(&sample, 2);
    assert_int_equal(first_refusal(sample.data, sample.size), OTA_OK);
    sample_pack_release(&sample);
}

/* One damaged byte each; the CRC is made right again, so that the rule
 * behind it is what speaks. */
static void each_damage_is_named(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint8_t value;
        enum ota_code code;
    } cases[] = {
        {0, 0xe8, OTA_E_BOOTLOADER_IMAGE},     /* bootloader magic */
        {1, 17, OTA_E_IMAGE_SEGMENT_COUNT},    /* bootloader segments */
        {20, 0x55, OTA_E_BOOTLOADER_CHECKSUM}, /* bootloader data */
        {11, 0x41, OTA_E_BOOTLOADER_RANGE},    /* loads to 0x41100000 */
        {9, 0xff, OTA_E_BOOTLOADER_RANGE},     /* over the old boot */
        {7, 0x3f, OTA_E_BOOTLOADER_ENTRY},     /* entry in DRAM */
        {0x4000, 0xab, OTA_E_PACK_NO_TABLE},   /* table magic */
        {0x4023, 0x20, OTA_E_PACK_NO_OTA_0},   /* ota_0 is a test app */
        {0x6000, 0xe8, OTA_E_APP_IMAGE},       /* app magic */
        {0x6100, 0x55, OTA_E_APP_CHECKSUM},    /* app data */
        {0x600b, 0x3f, OTA_E_APP_NOT_V3},      /* first segment in DRAM */
        {0x6009, 0x01, OTA_E_APP_LINK},        /* linked for 0x10000 */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct sample_pack sample;
        sample_pack_init(&sample, 2);
        sample.data[cases[i].at] = cases[i].value;
        ota_pack_file_seal(sample.data, sample.size);
        enum ota_code code = first_refusal(sample.data, sample.size);
        if (code != cases[i].code)
            fail_msg("byte 0x%zx: code %d, not %d", cases[i].at, code,
                     cases[i].code);
        sample_pack_release(&sample);
    }
}

static void every_flipped_bit_is_refused(void **state)
{
    (void)state;
    struct sample_pack sample;
    sample_pack_init(&sample, 2);
    for (size_t at = 0; at < sample.size; at += 61)
        for (int bit = 0; bit < 8; bit += 3) {
            sample.data[at] ^= (uint8_t)(1 << bit);
            assert_int_not_equal(first_refusal(sample.data, sample.size),
                                 OTA_OK);
            sample.data[at] ^= (uint8_t)(1 << bit);
        }
    sample_pack_release(&sample);
}

static void every_shorter_pack_is_refused(void **state)
{
    (void)state;
    struct sample_pack sample;
    sample_pack_init(&sample, 2);
    for (size_t size = 0; size < sample.size; size += 1 + size / 97) {
        uint8_t *copy = malloc(size + 1);
        memcpy(copy, sample.data, size);
        assert_int_not_equal(first_refusal(copy, size), OTA_OK);
        free(copy);
    }
    sample_pack_release(&sample);
}

static enum ota_code refusal_after(struct sample_pack *sample)
{
    sample_pack_build(sample);
    enum ota_code code = first_refusal(sample->data, sample->size);
    sample_pack_release(sample);
    return code;
}

static void parts_in_the_wrong_place_are_named(void **state)
{
    (void)state;
    struct sample_pack sample;
    sample_pack_init(&sample, 2);
    sample.app_at = 0x8000; /* ota_0 would hold 0xff */
    assert_int_equal(refusal_after(&sample), OTA_E_APP_IMAGE);
    sample_pack_init(&sample, 2);
    sample.link = 0x10000;
    assert_int_equal(refusal_after(&sample), OTA_E_APP_LINK);
    sample_pack_init(&sample, 2);
    sample.table_at = 0x4000; /* its first partition begins at 0x6000 */
    assert_int_equal(refusal_after(&sample), OTA_E_TABLE_PLACE);
    sample_pack_init(&sample, 2);
    sample.table.entries[1].size = 0x1000;
    assert_int_equal(refusal_after(&sample), OTA_E_APP_SIZE);
}

static void a_known_table_offset_is_held_against_the_pack(void **state)
{
    (void)state;
    struct sample_pack sample;
    struct ota_pack pack;
    struct ota_error err;
    sample_pack_init(&sample, 2);
    assert_true(ota_pack_file_read(&pack, sample.data, sample.size, &err));
    size_t place = 0;
    while (ota_pack_rules[place].code != OTA_E_TABLE_PLACE)
        place++;
    assert_true(ota_pack_rules[place].holds(&pack, &err));
    pack.built_for_table = 0x8000;
    assert_false(ota_pack_rules[place].holds(&pack, &err));
    assert_int_equal(err.expected, 0x8000);
    assert_int_equal(err.actual, 0x5000);
    sample_pack_release(&sample);
}

static struct ota_verdict judge(struct sample_pack *sample, uint8_t map,
                                uint8_t boot, uint8_t slot)
{
    struct ota_pack pack;
    struct ota_error err;
    sample_pack_build(sample);
    assert_true(ota_pack_file_read(&pack, sample->data, sample->size, &err));
    struct ota_verdict verdict =
        ota_rules_judge(&pack, ota_flash_map_by_code(map), boot, slot);
    sample_pack_release(sample);
    return verdict;
}

static const uint8_t everyone = (1u << OTA_CLIENT_COUNT) - 1;

static void the_example_migrates_from_boots_1_3_to_1_7(void **state)
{
    (void)state;
    for (uint8_t boot = 2; boot <= 7; boot++)
        for (uint8_t slot = 1; slot <= 2; slot++) {
            struct sample_pack sample;
            sample_pack_init(&sample, 2);
            struct ota_verdict verdict = judge(&sample, 2, boot, slot);
            assert_int_equal(verdict.clients, boot == 2 ? 0 : everyone);
            assert_int_equal(verdict.broken,
                             boot == 2 ? OTA_E_BOOT_UNPACKER : OTA_OK);
        }
}

static void each_device_rule_says_no(void **state)
{
    (void)state;
    struct sample_pack sample;
    sample_pack_init(&sample, 2);
    assert_int_equal(judge(&sample, 7, 7, 1).broken, OTA_E_MAP_UNUSABLE);
    sample_pack_init(&sample, 3); /* 2 MB firmware, slots of 512 KB */
    sample.table.entries[1].size = 0x78000;
    assert_int_equal(judge(&sample, 3, 7, 1).broken, OTA_OK);
    sample_pack_init(&sample, 3);
    sample.table.entries[1].size = 0x7a000; /* ends at 0x81000 */
    assert_int_equal(judge(&sample, 3, 7, 1).broken, OTA_E_COPY_OVERLAP);
    sample_pack_init(&sample, 3);
    sample.table.entries[1].size = 0x7a000; /* nothing to copy here */
    assert_int_equal(judge(&sample, 3, 7, 2).broken, OTA_OK);
    sample_pack_init(&sample, 2);
    sample.table.entries[4].size = 0x78000; /* ends at 0xfd000 */
    assert_int_equal(judge(&sample, 2, 7, 2).broken, OTA_E_OLD_PARAMETERS);
    sample_pack_init(&sample, 3);
    sample.table.entries[4].offset = 0x180000;
    assert_int_equal(judge(&sample, 2, 7, 2).broken, OTA_E_BEYOND_MAP);
    sample_pack_init(&sample, 2); /* 1 MB firmware on a 2 MB map */
    assert_int_equal(judge(&sample, 3, 7, 1).broken, OTA_E_FLASH_CONFIG);
}

static void the_limit_of_a_client_is_exact(void **state)
{
    (void)state;
    struct sample_pack sample;
    sample_pack_init(&sample, 2);
    /* 36 bytes of image and digest around the text, 0x6000 before it */
    sample.app_padding = 434176 - 0x6000 - 4 - 32 - 176;
    sample_pack_build(&sample);
    uint32_t room = 434176 - (uint32_t)sample.size;
    sample.app_padding += room / 16 * 16;
    assert_int_equal(judge(&sample, 2, 7, 1).clients, everyone);
    sample.app_padding += 16;
    struct ota_verdict verdict = judge(&sample, 2, 7, 1);
    assert_int_equal(verdict.clients, everyone & ~(1u << OTA_CLIENT_N30));
    assert_int_equal(verdict.broken, OTA_E_CLIENT_SIZE);
}

static void a_client_without_the_map_is_not_called_too_small(void **state)
{
    (void)state;
    struct sample_pack sample;
    sample_pack_init(&sample, 8);
    struct ota_verdict verdict = judge(&sample, 8, 7, 1);
    assert_int_equal(verdict.clients, everyone & ~(1u << OTA_CLIENT_N20) &
                                          ~(1u << OTA_CLIENT_R21));
    assert_int_equal(verdict.broken, OTA_E_CLIENT_MAP);
}

static void a_stamped_pack_is_for_one_slot(void **state)
{
    (void)state;
    for (uint8_t stamp = 1; stamp <= 2; stamp++) {
        struct sample_pack sample;
        struct ota_pack pack;
        struct ota_error err;
        sample_pack_init(&sample, 2);
        sample.data[3] = stamp;
        ota_pack_file_seal(sample.data, sample.size);
        assert_true(ota_pack_file_read(&pack, sample.data, sample.size, &err));
        assert_int_equal(ota_pack_stamp(&pack), stamp);
        assert_int_equal(ota_pack_flash_size(&pack), 0x100000);
        const struct ota_flash_map *map = ota_flash_map_by_code(2);
        for (uint8_t slot = 1; slot <= 2; slot++) {
            uint8_t clients = ota_rules_judge(&pack, map, 7, slot).clients;
            uint8_t lands_in = slot == 1 ? 2 : 1;
            assert_int_equal(clients, stamp == lands_in ? everyone
                                                        : 1u << OTA_CLIENT_R21);
        }
        sample_pack_release(&sample);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_pack_passes_every_refusing_rule),
        cmocka_unit_test(each_damage_is_named),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(every_shorter_pack_is_refused),
        cmocka_unit_test(parts_in_the_wrong_place_are_named),
        cmocka_unit_test(a_known_table_offset_is_held_against_the_pack),
        cmocka_unit_test(the_example_migrates_from_boots_1_3_to_1_7),
        cmocka_unit_test(each_device_rule_says_no),
        cmocka_unit_test(the_limit_of_a_client_is_exact),
        cmocka_unit_test(a_client_without_the_map_is_not_called_too_small),
        cmocka_unit_test(a_stamped_pack_is_for_one_slot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
