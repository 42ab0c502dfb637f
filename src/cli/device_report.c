/* SPDX-License-Identifier: Apache-2.0 */
#include "device_report.h"
#include "otatool/report.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *state_text(const struct ota_device *device)
{
    static const char *const texts[] = {
        [OTA_DEVICE_DEAD] = "nothing would start at the next power-on",
        [OTA_DEVICE_OLD] = "an old SDK's device",
        [OTA_DEVICE_WAITING] =
            "an old device; a pack in user2 unpacks itself next",
        [OTA_DEVICE_MIGRATED] = "migrated: the new SDK behind the old boot",
        [OTA_DEVICE_NEW] = "a new SDK's device",
    };
    return texts[device->state];
}

static const char *state_name(const struct ota_device *device)
{
    static const char *const names[] = {"dead", "old", "waiting", "migrated",
                                        "new"};
    return names[device->state];
}

static const char *image_text(const struct ota_device_image *image)
{
    if (!image->is_there)
        return "blank";
    if (!image->is_sound)
        return "damaged, or another format";
    if (image->is_container)
        return "user image, checksum ok";
    return image->is_bootloader ? "image for RAM, checksum ok"
                                : "image, checksum ok";
}

static void print_old_world(const struct ota_device *device)
{
    printf("  boot 1.%u, flash map %s\n", device->old_boot,
           device->map ? device->map->name : "unknown");
    if (!device->map || !device->map->bin_size)
        return;
    for (int slot = 1; slot <= 2; slot++)
        printf("  0x%06" PRIx32 "  user%d   %s%s\n",
               device->slots[slot - 1].address, slot,
               image_text(&device->slots[slot - 1]),
               slot == device->running_slot ? ", starts" : "");
    int believed = ota_boot_params_slot_by_unpacker(&device->params);
    if (device->running_slot == ota_boot_params_slot(&device->params) &&
        device->running_slot != 0 && believed != device->running_slot &&
        device->state != OTA_DEVICE_MIGRATED)
        printf("  note: Espressif's unpacker would take user%d for the "
               "running slot, and destroy this device\n",
               believed);
}

static void print_app(const struct ota_device *device, int i)
{
    const char *name = device->table.entries[i].name;
    size_t length = strlen(name);
    printf("  0x%06" PRIx32 "  ", device->apps[i].address);
    ota_report_name(stdout, name);
    printf("%*s %s%s\n", length < 8 ? (int)(8 - length) : 0, "",
           image_text(&device->apps[i]), i == device->starts ? ", starts" : "");
}

static void print_new_world(const struct ota_device *device)
{
    printf("  0x%06" PRIx32 "  partition table, %u entries\n",
           device->table_address + device->shift, device->table.count);
    for (int i = 0; i < device->table.count; i++)
        if (device->table.entries[i].type == OTA_PARTITION_APP)
            print_app(device, i);
}

static bool is_in_new_world(const struct ota_device *device)
{
    return device->table.count > 0 && device->state != OTA_DEVICE_OLD;
}

void device_print(const struct ota_device *device)
{
    printf("  %s\n", state_text(device));
    if (device->old_boot)
        print_old_world(device);
    if (is_in_new_world(device))
        print_new_world(device);
}

static json_t *image_json(const char *name,
                          const struct ota_device_image *image, bool starts)
{
    return json_pack("{s:o, s:I, s:b, s:b, s:b}", "name", ota_report_text(name),
                     "address", (json_int_t)image->address, "blank",
                     !image->is_there, "sound", image->is_sound, "starts",
                     starts);
}

void device_describe(const struct ota_device *device, json_t *object)
{
    json_t *images = json_array();
    json_object_set_new(object, "state", json_string(state_name(device)));
    if (device->old_boot) {
        json_object_set_new(object, "boot",
                            json_sprintf("1.%u", device->old_boot));
        json_object_set_new(object, "map",
                            device->map ? json_string(device->map->name)
                                        : json_null());
        json_object_set_new(object, "running_slot",
                            json_integer(device->running_slot));
        json_array_append_new(images, image_json("user1", &device->slots[0],
                                                 device->running_slot == 1));
        json_array_append_new(images, image_json("user2", &device->slots[1],
                                                 device->running_slot == 2));
    }
    for (int i = 0; is_in_new_world(device) && i < device->table.count; i++)
        if (device->table.entries[i].type == OTA_PARTITION_APP)
            json_array_append_new(
                images, image_json(device->table.entries[i].name,
                                   &device->apps[i], i == device->starts));
    json_object_set_new(object, "images", images);
    if (device->state == OTA_DEVICE_DEAD)
        json_object_set_new(object, "error", ota_report_json(&device->problem));
}
