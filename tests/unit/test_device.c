/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/device.h"
#include "otatool/pack_file.h"
#include "sample_pack.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A flash under construction. */
struct dump {
    uint8_t *data;
    uint32_t size;
    const struct ota_flash_map *map;
};

static void put_image(uint8_t *at, uint8_t size_frequency, const void *text,
                      uint32_t size)
{
    struct ota_image_part part = {0x40100000, text, size};
    struct ota_image_plan plan = {.mode = OTA_FLASH_DIO,
                                  .size_frequency = size_frequency,
                                  .entry = 0x40100000,
                                  .parts = &part,
                                  .part_count = 1,
                                  .segment_count = 1};
    assert_true(ota_image_build(&plan, 0, at, 4096, NULL));
}

static void put_boot(struct dump *dump, int version)
{
    char text[512] = {0};
    snprintf(text + 300, 64, "2nd boot version : 1.%d\n", version);
    put_image(dump->data, (uint8_t)(dump->map->code << 4), text, sizeof(text));
}

static void put_app(struct dump *dump, int slot)
{
    static const uint8_t code[1024] = {1, 2, 3};
    put_image(dump->data + ota_flash_map_slot(dump->map, slot), 0, code,
              sizeof(code));
}

static void put_parameters(struct dump *dump, int version, int slot, int copy)
{
    uint32_t start = ota_flash_map_parameters(dump->map);
    uint8_t *at = dump->data + start + (1 + (uint32_t)copy) * OTA_SECTOR_SIZE;
    at[0] = version == 2 ? (uint8_t)(slot - 1) : (uint8_t)(0xfb + slot);
    at[1] = version == 2 ? 2 : (uint8_t)(0xe0 | version);
    dump->data[start + 3 * OTA_SECTOR_SIZE] = (uint8_t)copy;
}

static struct dump dump_new(uint8_t code)
{
    struct dump dump = {.map = ota_flash_map_by_code(code)};
    dump.size = dump.map->flash_size;
    dump.data = malloc(dump.size);
    assert_non_null(dump.data);
    memset(dump.data, 0xff, dump.size);
    return dump;
}

static struct ota_device *read_dump(const struct dump *dump)
{
    static struct ota_device device;
    struct ota_error err;
    struct ota_source source = ota_source_memory(dump->data, dump->size);
    assert_true(ota_device_read(&device, &source, &err));
    return &device;
}

static void every_old_device_is_recognised(void **state)
{
    (void)state;
    static const uint8_t codes[] = {0, 2, 3, 4, 5, 6, 8};
    for (size_t i = 0; i < sizeof(codes); i++)
        for (int version = 2; version <= 7; version++)
            for (int slot = 1; slot <= 2; slot++)
                for (int copy = 0; copy <= 1; copy++) {
                    struct dump dump = dump_new(codes[i]);
                    put_boot(&dump, version);
                    put_app(&dump, 1);
                    put_app(&dump, 2);
                    put_parameters(&dump, version, slot, copy);
                    struct ota_device *device = read_dump(&dump);
                    assert_int_equal(device->state, OTA_DEVICE_OLD);
                    assert_int_equal(device->old_boot, version);
                    assert_int_equal(device->map->code, codes[i]);
                    assert_int_equal(device->running_slot, slot);
                    free(dump.data);
                }
}

static void put_pack(struct dump *dump, int slot)
{
    struct sample_pack sample;
    sample_pack_init(&sample, dump->map->code);
    memcpy(dump->data + ota_flash_map_slot(dump->map, slot), sample.data,
           sample.size);
    sample_pack_release(&sample);
}

static void a_pack_in_user2_waits(void **state)
{
    (void)state;
    struct dump dump = dump_new(2);
    put_boot(&dump, 7);
    put_app(&dump, 1);
    put_pack(&dump, 2);
    put_parameters(&dump, 7, 2, 1);
    struct ota_device *device = read_dump(&dump);
    assert_int_equal(device->state, OTA_DEVICE_WAITING);
    assert_int_equal(device->shift, 0x80000);
    assert_int_equal(device->table_address, 0x5000);
    assert_string_equal(device->table.entries[device->starts].name, "ota_0");
    free(dump.data);
}

static void a_pack_in_user1_has_migrated(void **state)
{
    (void)state;
    struct dump dump = dump_new(2);
    put_boot(&dump, 6);
    put_pack(&dump, 1);
    put_parameters(&dump, 6, 1, 0);
    struct ota_device *device = read_dump(&dump);
    assert_int_equal(device->state, OTA_DEVICE_MIGRATED);
    assert_int_equal(device->shift, 0);
    assert_int_equal(device->apps[device->starts].address, 0x7000);
    free(dump.data);
}

static void a_new_device_starts_what_otadata_says(void **state)
{
    (void)state;
    struct sample_pack sample;
    sample_pack_init(&sample, 2);
    struct dump dump = dump_new(2);
    /* A table's place counts from 0 here, the bootloader lies at 0. */
    memcpy(dump.data + 0x1000, sample.data, sample.size);
    memcpy(dump.data, sample.data, 0x3000);
    struct ota_device *device = read_dump(&dump);
    assert_int_equal(device->state, OTA_DEVICE_NEW);
    assert_string_equal(device->table.entries[device->starts].name, "ota_0");
    uint32_t app_size = (uint32_t)sample.size - 0x6000 - 4;
    memcpy(dump.data + 0x85000, sample.data + 0x6000, app_size);
    uint8_t second[] = {2, 0, 0, 0};
    memcpy(dump.data + 0x83000, second, 4);
    uint8_t crc[] = {0x74, 0x37, 0xf6, 0x55};
    memcpy(dump.data + 0x83000 + 28, crc, 4);
    device = read_dump(&dump);
    assert_string_equal(device->table.entries[device->starts].name, "ota_1");
    dump.data[0x85000 + 64] ^= 1; /* the choice is damaged */
    device = read_dump(&dump);
    assert_string_equal(device->table.entries[device->starts].name, "ota_0");
    dump.data[0x7000 + 64] ^= 1;
    device = read_dump(&dump);
    assert_int_equal(device->state, OTA_DEVICE_DEAD);
    assert_int_equal(device->problem.code, OTA_E_DEVICE_NO_APP);
    sample_pack_release(&sample);
    free(dump.data);
}

static void later_boots_fall_back_on_a_wrong_magic_alone(void **state)
{
    (void)state;
    for (int version = 2; version <= 7; version++) {
        struct dump dump = dump_new(2);
        put_boot(&dump, version);
        put_app(&dump, 1);
        put_parameters(&dump, version, 2, 0);
        struct ota_device *device = read_dump(&dump);
        assert_int_equal(device->state,
                         version == 2 ? OTA_DEVICE_DEAD : OTA_DEVICE_OLD);
        put_app(&dump, 2);
        dump.data[0x81000 + 100] ^= 1; /* its checksum is wrong now */
        device = read_dump(&dump);
        assert_int_equal(device->state, OTA_DEVICE_DEAD);
        assert_int_equal(device->problem.code, OTA_E_IMAGE_CHECKSUM);
        free(dump.data);
    }
}

static void what_is_no_device_is_dead(void **state)
{
    (void)state;
    static const uint8_t fills[] = {0x00, 0xff, 0xe9, 0xea, 0x55};
    for (size_t i = 0; i < sizeof(fills); i++) {
        struct dump dump = dump_new(2);
        memset(dump.data, fills[i], dump.size);
        assert_int_equal(read_dump(&dump)->state, OTA_DEVICE_DEAD);
        free(dump.data);
    }
}

static void every_flipped_byte_is_read_without_harm(void **state)
{
    (void)state;
    static const uint32_t places[] = {0,       0x1000,  0x5000,  0x7000,
                                      0x83000, 0x81000, 0xfd000, 0xff000};
    struct dump dump = dump_new(2);
    put_boot(&dump, 7);
    put_pack(&dump, 1);
    put_pack(&dump, 2);
    put_parameters(&dump, 7, 2, 0);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        for (uint32_t at = 0; at < 200; at++) {
            uint8_t kept = dump.data[places[i] + at];
            dump.data[places[i] + at] ^= 0xff;
            (void)read_dump(&dump);
            dump.data[places[i] + at] = kept;
        }
    free(dump.data);
}

static void the_map_of_an_old_boot_is_told_without_the_rest(void **state)
{
    (void)state;
    for (uint8_t code = 0; code <= 7; code++) {
        struct dump dump = dump_new(code);
        put_boot(&dump, 6);
        struct ota_source source = ota_source_memory(dump.data, dump.size);
        assert_ptr_equal(ota_device_old_map(&source),
                         dump.map->bin_size ? dump.map : NULL);
        source.size -= OTA_SECTOR_SIZE; /* the flash is smaller */
        assert_null(ota_device_old_map(&source));
        put_app(&dump, 1); /* an image, but no old boot */
        struct ota_slice slice = {&source, ota_flash_map_slot(dump.map, 1)};
        source = ota_source_memory(dump.data, dump.size);
        struct ota_source app = ota_source_slice(&slice);
        assert_null(ota_device_old_map(&app));
        free(dump.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_map_of_an_old_boot_is_told_without_the_rest),
        cmocka_unit_test(every_old_device_is_recognised),
        cmocka_unit_test(a_pack_in_user2_waits),
        cmocka_unit_test(a_pack_in_user1_has_migrated),
        cmocka_unit_test(a_new_device_starts_what_otadata_says),
        cmocka_unit_test(later_boots_fall_back_on_a_wrong_magic_alone),
        cmocka_unit_test(what_is_no_device_is_dead),
        cmocka_unit_test(every_flipped_byte_is_read_without_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
