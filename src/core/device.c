/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/device.h"
#include <string.h>

enum { TEXT_ROOM = 4096 + 256 };

static bool is_bootloader(const struct ota_image *image)
{
    return image->segment_count > 0 &&
           !ota_image_segment_is_flash(&image->segments[0]);
}

static void read_container(struct ota_device_image *found,
                           const struct ota_source *source)
{
    struct ota_container container;
    found->is_container = true;
    /* Boots look at the inner image alone; the CRC is the client's. */
    found->is_sound =
        ota_container_parse(&container, source, &found->error) &&
        (container.image.checksum == container.image.checksum_actual ||
         ota_fail(&found->error, OTA_E_IMAGE_CHECKSUM, .part = "checksum",
                  .offset =
                      container.image.offset + container.image.checksum_offset,
                  .expected = container.image.checksum_actual,
                  .actual = container.image.checksum));
    found->size = found->is_sound ? container.crc_offset : 0;
}

static struct ota_device_image read_image(const struct ota_source *flash,
                                          uint32_t address)
{
    struct ota_device_image found = {.address = address};
    struct ota_slice slice = {flash, address};
    struct ota_source source = ota_source_slice(&slice);
    struct ota_image image;
    uint8_t magic;
    if (!ota_source_read(&source, 0, &magic, 1, NULL) || magic == 0xff)
        return found;
    found.is_there = true;
    if (magic == OTA_IMAGE_CONTAINER_MAGIC) {
        read_container(&found, &source);
        return found;
    }
    found.is_sound = ota_image_verify(&image, &source, 0, &found.error);
    if (found.is_sound) {
        found.is_bootloader = is_bootloader(&image);
        found.size = image.size;
    }
    return found;
}

/* --- the old world ------------------------------------------------------ */

/* "2nd boot version : 1.7" in the boot's data is the only name it has. */
static uint8_t version_in(const uint8_t *text, uint32_t size)
{
    static const char name[] = "2nd boot version : 1.";
    uint32_t length = sizeof(name) - 1;
    for (uint32_t i = 0; i + length < size; i++)
        if (memcmp(text + i, name, length) == 0 && text[i + length] >= '1' &&
            text[i + length] <= '7')
            return (uint8_t)(text[i + length] - '0');
    return 0;
}

static uint8_t old_boot_of(const struct ota_source *flash,
                           const struct ota_image *image)
{
    static const uint32_t step = 192;
    uint8_t block[256];
    if (image->size > TEXT_ROOM)
        return 0;
    for (uint32_t at = 0; at < image->size; at += step) {
        uint32_t left = image->size - at;
        uint32_t size = left < sizeof(block) ? left : (uint32_t)sizeof(block);
        if (!ota_source_read(flash, at, block, size, NULL))
            return 0;
        uint8_t version = version_in(block, size);
        if (version)
            return version;
    }
    return 0;
}

/* Boots from 1.3 on start the other slot when one has a wrong magic; a
 * wrong checksum is noticed too late. (measured on boot_v1.6 and 1.7) */
static void fall_back(struct ota_device *device)
{
    int slot = device->running_slot;
    if (slot == 0 || device->old_boot < 3)
        return;
    const struct ota_device_image *runs = &device->slots[slot - 1];
    bool has_wrong_magic =
        !runs->is_there || (!runs->is_sound && !runs->is_container &&
                            runs->error.code == OTA_E_IMAGE_MAGIC);
    if (has_wrong_magic && device->slots[2 - slot].is_sound)
        device->running_slot = (uint8_t)(3 - slot);
}

static bool read_old_world(struct ota_device *device,
                           const struct ota_source *flash,
                           struct ota_error *err)
{
    const struct ota_flash_map *map = device->map;
    if (!map || !map->bin_size || map->flash_size > flash->size)
        return ota_fail(err, OTA_E_DEVICE_MAP, .part = "flash map",
                        .offset = 3);
    if (!ota_boot_params_read(&device->params, flash, map, err))
        return false;
    device->running_slot = (uint8_t)ota_boot_params_slot(&device->params);
    for (int slot = 1; slot <= 2; slot++)
        device->slots[slot - 1] =
            read_image(flash, ota_flash_map_slot(map, slot));
    fall_back(device);
    if (!device->running_slot)
        return ota_fail(err, OTA_E_DEVICE_PARAMETERS, .part = "boot parameters",
                        .offset =
                            ota_flash_map_parameters(map) + OTA_SECTOR_SIZE,
                        .actual = device->params.byte0);
    const struct ota_device_image *runs =
        &device->slots[device->running_slot - 1];
    if (!runs->is_there)
        return ota_fail(err, OTA_E_DEVICE_NOTHING, .part = "user",
                        .index = device->running_slot, .offset = runs->address);
    return runs->is_sound || ota_error_set(err, runs->error);
}

/* --- the new world ------------------------------------------------------ */

static bool find_table(struct ota_device *device,
                       const struct ota_source *flash,
                       const struct ota_device_image *bootloader,
                       struct ota_error *err)
{
    uint32_t end = bootloader->address + bootloader->size;
    if (!ota_partition_table_search(&device->table, flash, end,
                                    &device->table_address, err))
        return false;
    device->table_address -= device->shift;
    return true;
}

static void read_apps(struct ota_device *device, const struct ota_source *flash)
{
    for (int i = 0; i < device->table.count; i++) {
        const struct ota_partition *entry = &device->table.entries[i];
        struct ota_device_image *app = &device->apps[i];
        if (entry->type != OTA_PARTITION_APP)
            continue;
        *app = read_image(flash, entry->offset + device->shift);
        if (app->is_sound && app->size > entry->size)
            app->is_sound =
                ota_fail(&app->error, OTA_E_IMAGE_TOO_LARGE, .part = "app",
                         .expected = entry->size, .actual = app->size);
    }
}

static int app_entry(const struct ota_device *device, uint32_t subtype)
{
    for (int i = 0; i < device->table.count; i++)
        if (device->table.entries[i].type == OTA_PARTITION_APP &&
            device->table.entries[i].subtype == subtype &&
            device->apps[i].is_sound)
            return i;
    return -1;
}

/* Where the bootloader begins its search. */
static uint32_t chosen_slot(struct ota_device *device,
                            const struct ota_source *flash, uint32_t slots)
{
    uint32_t slot;
    const struct ota_partition *entry = ota_partition_table_find(
        &device->table, OTA_PARTITION_DATA, OTA_PARTITION_DATA_OTADATA);
    if (device->shift || !entry || slots == 0 ||
        !ota_otadata_parse(&device->otadata, flash, entry->offset, NULL) ||
        ota_otadata_choose(&device->otadata, slots, false, &slot) !=
            OTA_OTADATA_SLOT)
        return OTA_OTADATA_NO_CHOICE;
    return slot;
}

static int first_sound_app(const struct ota_device *device, uint32_t chosen,
                           uint32_t slots)
{
    uint8_t subtype;
    for (uint32_t i = 0; ota_otadata_order(chosen, slots, i, &subtype); i++) {
        int found = app_entry(device, subtype);
        if (found >= 0)
            return found;
    }
    return -1;
}

static bool read_new_world(struct ota_device *device,
                           const struct ota_source *flash,
                           const struct ota_device_image *bootloader,
                           struct ota_error *err)
{
    if (!find_table(device, flash, bootloader, err))
        return false;
    uint32_t slots = ota_otadata_slots(&device->table);
    read_apps(device, flash);
    device->starts =
        first_sound_app(device, chosen_slot(device, flash, slots), slots);
    return device->starts >= 0 ||
           ota_fail(err, OTA_E_DEVICE_NO_APP, .part = "partition table");
}

/* --- both --------------------------------------------------------------- */

static bool read_behind_old_boot(struct ota_device *device,
                                 const struct ota_source *flash,
                                 struct ota_error *err)
{
    if (!read_old_world(device, flash, err))
        return false;
    const struct ota_device_image *runs =
        &device->slots[device->running_slot - 1];
    device->state = OTA_DEVICE_OLD;
    /* Old apps have code in the flash window behind their image, and no
     * table; a plain image with a table behind it is a new bootloader. */
    if (!runs->is_bootloader || runs->is_container)
        return true;
    if (device->running_slot == 2)
        device->shift = ota_flash_map_half(device->map);
    struct ota_error no_table;
    if (!find_table(device, flash, runs, &no_table)) {
        device->shift = 0;
        return true;
    }
    device->state =
        device->running_slot == 2 ? OTA_DEVICE_WAITING : OTA_DEVICE_MIGRATED;
    return read_new_world(device, flash, runs, err);
}

static bool read_device(struct ota_device *device,
                        const struct ota_source *flash, struct ota_error *err)
{
    struct ota_image image;
    if (!ota_image_verify(&image, flash, 0, err))
        return false;
    device->map = ota_flash_map_by_code(image.size_frequency >> 4);
    device->old_boot = old_boot_of(flash, &image);
    if (device->old_boot)
        return read_behind_old_boot(device, flash, err);
    if (!is_bootloader(&image))
        return ota_fail(err, OTA_E_DEVICE_NOTHING, .part = "flash");
    device->state = OTA_DEVICE_NEW;
    struct ota_device_image bootloader = {.size = image.size};
    return read_new_world(device, flash, &bootloader, err);
}

bool ota_device_read(struct ota_device *device, const struct ota_source *flash,
                     struct ota_error *err)
{
    uint8_t first;
    memset(device, 0, sizeof(*device));
    device->starts = -1;
    if (!ota_source_read(flash, 0, &first, 1, err))
        return false;
    if (!read_device(device, flash, &device->problem))
        device->state = OTA_DEVICE_DEAD;
    return true;
}

const struct ota_flash_map *ota_device_old_map(const struct ota_source *flash)
{
    struct ota_image image;
    if (!ota_image_verify(&image, flash, 0, NULL) ||
        !old_boot_of(flash, &image))
        return NULL;
    const struct ota_flash_map *map =
        ota_flash_map_by_code(image.size_frequency >> 4);
    return map && map->bin_size && map->flash_size <= flash->size ? map : NULL;
}
