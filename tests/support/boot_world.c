/* SPDX-License-Identifier: Apache-2.0 */
#include "boot_world.h"
#include "otatool/digest.h"
#include "otatool/otadata.h"
#include <stdlib.h>
#include <string.h>

enum { CODE_AT = 16, TABLE = 0x5000, MOST_RESTARTS = 12 };

void boot_world_init(struct boot_world *world, uint32_t flash_size)
{
    memset(world, 0, sizeof(*world));
    nor_flash_init(&world->nor, flash_size);
    sample_pack_init(&world->pack, 2);
    if (flash_size > 0x100000)
        world->pack.table.entries[4].offset = BOOT_WORLD_OTA_1_HIGH;
    boot_world_put_table(world);
    memcpy(world->code, world->pack.data + CODE_AT, sizeof(world->code));
}

void boot_world_put_table(struct boot_world *world)
{
    sample_pack_build(&world->pack);
    nor_flash_put(&world->nor, 0, world->pack.data, 0x2000);
    nor_flash_put(&world->nor, TABLE,
                  world->pack.data + TABLE - OTA_SECTOR_SIZE, OTA_SECTOR_SIZE);
}

/* Sixteen bytes short of whole sectors, so that the last is a part only. */
static uint8_t *build_app(uint32_t sectors, uint8_t seed, uint32_t *size)
{
    enum { RAM = 0x80, REST = 16 + 3 * 8 + 16 + OTA_IMAGE_DIGEST_SIZE };
    uint32_t text = sectors * OTA_SECTOR_SIZE - RAM - REST;
    uint8_t *noise = malloc(text);
    uint8_t *app = malloc((sectors + 1) * (size_t)OTA_SECTOR_SIZE);
    if (!noise || !app)
        abort();
    for (uint32_t i = 0; i < text; i++)
        noise[i] = (uint8_t)(i * 7 + i / 251 + seed);
    /* A whole blank sector, as padding makes them. */
    if (sectors > 3)
        memset(noise + OTA_SECTOR_SIZE - 16, 0xff, 2 * OTA_SECTOR_SIZE);
    const struct ota_image_part parts[] = {
        {0x40200010 + BOOT_WORLD_OTA_0, noise, text},
        {0x3ffe8000, noise, RAM},
    };
    const struct ota_image_plan plan = {.mode = OTA_FLASH_DIO,
                                        .entry = 0x40200014 + BOOT_WORLD_OTA_0,
                                        .parts = parts,
                                        .part_count = 2,
                                        .segment_count = 2};
    *size = ota_image_built_size(&plan, 0);
    if (!ota_image_build(&plan, 0, app, *size, NULL))
        abort();
    ota_sha256(app, *size, app + *size);
    *size += OTA_SHA256_SIZE;
    free(noise);
    return app;
}

void boot_world_put_app(struct boot_world *world, uint32_t offset,
                        uint32_t sectors, uint8_t seed)
{
    uint32_t size;
    uint8_t *app = build_app(sectors, seed, &size);
    nor_flash_put(&world->nor, offset, app, size);
    free(app);
}

bool boot_world_has_app(const struct boot_world *world, uint32_t offset,
                        uint32_t sectors, uint8_t seed)
{
    uint32_t size;
    uint8_t *app = build_app(sectors, seed, &size);
    bool has = memcmp(world->nor.data + offset, app, size) == 0;
    free(app);
    return has;
}

void boot_world_name(struct boot_world *world, uint32_t slot, uint32_t state)
{
    struct ota_source source = ota_flash_source(&world->nor.flash);
    struct ota_otadata otadata;
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    int copy;
    if (!ota_otadata_parse(&otadata, &source, BOOT_WORLD_OTADATA, NULL) ||
        !ota_otadata_switch(&otadata, slot, 2, state, &copy, entry, NULL) ||
        !ota_otadata_store(&world->nor.flash,
                           BOOT_WORLD_OTADATA +
                               (uint32_t)copy * OTA_OTADATA_COPY_STRIDE,
                           entry, NULL, NULL))
        abort();
}

/* --- starting ----------------------------------------------------------- */

static void listen(void *context, enum ota_bootloader_event event,
                   uint32_t value, const struct ota_error *error)
{
    struct boot_world *world = context;
    (void)value;
    world->told[event]++;
    if (error)
        world->why = *error;
}

struct ota_bootloader_next boot_world_start(struct boot_world *world)
{
    memset(world->sector, 0x5a, sizeof(world->sector));
    world->loader = (struct ota_bootloader){
        .flash = &world->nor.flash,
        .code = {0x40100000, world->code, sizeof(world->code)},
        .sector = (uint8_t *)world->sector,
        .tell = listen,
        .context = world,
    };
    return ota_bootloader_run(&world->loader);
}

uint32_t boot_world_power_on(struct boot_world *world)
{
    nor_flash_power_on(&world->nor);
    memset(world->told, 0, sizeof(world->told));
    for (int i = 0; i < MOST_RESTARTS; i++) {
        struct ota_bootloader_next next = boot_world_start(world);
        if (next.starts_app)
            return next.offset;
    }
    return 0;
}

void boot_world_release(struct boot_world *world)
{
    nor_flash_release(&world->nor);
    sample_pack_release(&world->pack);
}
