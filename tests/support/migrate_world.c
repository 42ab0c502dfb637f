/* SPDX-License-Identifier: Apache-2.0 */
#include "migrate_world.h"
#include "otatool/old_image.h"
#include <stdlib.h>
#include <string.h>

enum { CODE_AT = 16, OLD_SIZE = 0x3000 };

static void put_noise(struct migrate_world *world)
{
    uint32_t state = 1;
    for (uint32_t i = 0; i < world->nor.flash.size; i += 4) {
        state = state * 1664525u + 1013904223u;
        memcpy(world->nor.data + i, &state, 4);
    }
}

static void put_boot(struct migrate_world *world)
{
    const uint8_t header[8] = {0xe9, 1, 2,    (uint8_t)(world->map->code << 4),
                               0,    0, 0x10, 0x40};
    nor_flash_put(&world->nor, 0, header, sizeof(header));
}

static uint32_t slot_at(const struct migrate_world *world, int slot)
{
    return ota_flash_map_slot(world->map, slot);
}

static void put_old_firmware(struct migrate_world *world, int slot)
{
    static uint8_t noise[OLD_SIZE];
    static uint8_t out[2 * OLD_SIZE];
    const struct ota_old_image_plan plan = {
        .boot = OTA_OLD_BOOT_1_2_UP,
        .map = world->map,
        .user = (uint8_t)slot,
        .mode = OTA_FLASH_DIO,
        .entry = 0x40100004,
        .text = {0x40100000, noise, 0x800},
        .data = {0x3ffe8000, noise, 0x100},
        .rodata = {0x3ffe8100, noise, 0x200},
        .irom = {0, noise, OLD_SIZE - 0x1000},
    };
    memset(noise, 0x5a, sizeof(noise));
    uint32_t size = ota_old_image_size(&plan);
    if (size > sizeof(out) || !ota_old_image_build(&plan, out, size, NULL))
        abort();
    nor_flash_put(&world->nor, slot_at(world, slot), out, size);
}

static void encode(const struct migrate_device *device, uint8_t bytes[2])
{
    bool is_nibble = device->version == OTA_BOOT_VERSION_MIN ||
                     device->version == OTA_BOOT_NONE;
    bytes[0] =
        (uint8_t)(is_nibble ? 0xf0 + device->slot - 1 : 0xfb + device->slot);
    bytes[1] = (uint8_t)(0xe0 | device->version);
}

static void put_parameters(struct migrate_world *world)
{
    uint8_t bytes[2];
    uint32_t start = ota_flash_map_parameters(world->map);
    uint8_t copy = world->device.copy;
    encode(&world->device, bytes);
    nor_flash_put(&world->nor, start + (1u + copy) * OTA_SECTOR_SIZE, bytes, 2);
    nor_flash_put(&world->nor, start + 3 * OTA_SECTOR_SIZE, &copy, 1);
}

void migrate_world_put_pack(struct migrate_world *world)
{
    const struct sample_pack *pack = &world->pack;
    nor_flash_put(&world->nor, slot_at(world, world->device.slot), pack->data,
                  (uint32_t)pack->size);
    memcpy(world->code_words, pack->data + CODE_AT, sizeof(world->code_words));
}

void migrate_world_init(struct migrate_world *world,
                        struct migrate_device device)
{
    memset(world, 0, sizeof(*world));
    world->device = device;
    world->map = ota_flash_map_by_code(device.map);
    world->code = (struct ota_boot_code){0x40100000, world->code_words,
                                         sizeof(world->code_words)};
    nor_flash_init(&world->nor, device.flash_size ? device.flash_size
                                                  : world->map->flash_size);
    sample_pack_init(&world->pack, 2);
    put_noise(world);
    put_boot(world);
    put_old_firmware(world, 3 - device.slot);
    put_parameters(world);
    migrate_world_put_pack(world);
}

static bool is_sound(const struct migrate_world *world, int slot)
{
    struct ota_source flash = ota_flash_source(&world->nor.flash);
    struct ota_slice slice = {&flash, slot_at(world, slot)};
    struct ota_source source = ota_source_slice(&slice);
    struct ota_container container;
    struct ota_image image;
    return ota_image_verify(&image, &source, 0, NULL) ||
           ota_container_verify(&container, &source, NULL);
}

int migrate_world_old_boot(const struct migrate_world *world)
{
    struct ota_source source = ota_flash_source(&world->nor.flash);
    struct ota_boot_params params;
    if (!ota_boot_params_read(&params, &source, world->map, NULL))
        return 0;
    int slot = ota_boot_params_slot(&params);
    return slot != 0 && is_sound(world, slot) ? slot : 0;
}

/* --- one start ---------------------------------------------------------- */

enum { RETRY_S = 1 };

static void listen(void *context, enum ota_bootloader_event event,
                   uint32_t value, const struct ota_error *error)
{
    struct migrate_world *world = context;
    (void)value;
    world->told[event]++;
    if (error && world->told[OTA_BOOTLOADER_FAILED] == 1)
        world->why = *error;
}

static enum migrate_end end_of(const struct migrate_world *world,
                               const struct ota_bootloader_next *next)
{
    if (next->starts_app)
        return MIGRATE_STARTED;
    if (world->told[OTA_BOOTLOADER_FAILED] == 0)
        return world->told[OTA_BOOTLOADER_MOVED] ? MIGRATE_MOVED
                                                 : MIGRATE_RESTARTED;
    if (next->wait_s == RETRY_S)
        return MIGRATE_FAILED;
    return world->told[OTA_BOOTLOADER_GOES_BACK] ? MIGRATE_WENT_BACK
                                                 : MIGRATE_REFUSED;
}

enum migrate_end migrate_world_boot(struct migrate_world *world,
                                    struct ota_error *err)
{
    memset(world->told, 0, sizeof(world->told));
    world->loader = (struct ota_bootloader){
        .flash = &world->nor.flash,
        .code = world->code,
        .sector = (uint8_t *)world->sector,
        .tell = listen,
        .context = world,
    };
    struct ota_bootloader_next next = ota_bootloader_run(&world->loader);
    *err = world->why;
    world->site = world->loader.site;
    world->migration = world->loader.migration;
    world->migration.site = &world->site;
    world->start = world->loader.start;
    return end_of(world, &next);
}

void migrate_world_release(struct migrate_world *world)
{
    nor_flash_release(&world->nor);
    sample_pack_release(&world->pack);
}
