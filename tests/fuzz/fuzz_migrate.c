/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes in the flash of an old device, and the boot of whatever image is
 * in the slot: it finds itself, moves and plans. The flash aborts at
 * operations outside of it.
 *
 * The first byte: low nibble the flash map, bit 4 the slot, bit 5 the other
 * copy of the parameters, bit 6 bytes from address 0 instead of the slot's,
 * bit 7 another boot. An input that begins as an image is a pack by itself.
 */
#include "nor_flash.h"
#include "otatool/crc32.h"
#include "otatool/migrate.h"
#include "otatool/update.h"
#include <stdlib.h>
#include <string.h>

enum { LARGEST = NOR_FLASH_SECTORS * OTA_SECTOR_SIZE, MOST_CODE = 0x10000 };
enum { PACK_CHOICE = 0x12, SLOT_2 = 0x10, COPY_1 = 0x20, RAW = 0x40 };
enum { BOOT_2 = 0x80 };

struct world {
    struct nor_flash nor;
    struct ota_flash flash;           /* nor's, that notes what it changes */
    bool is_dirty[NOR_FLASH_SECTORS]; /* else erased */
    const struct ota_flash_map *map;
    uint32_t code[MOST_CODE / 4];
    uint32_t sector[OTA_SECTOR_SIZE / 4];
    uint8_t pack[2 * 1024 * 1024];
    struct ota_boot_site site;
    struct ota_partition_table table;
};

static struct world world;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- the flash ---------------------------------------------------------- */

static void mark(uint32_t offset, uint32_t size)
{
    for (uint32_t at = offset / OTA_SECTOR_SIZE * OTA_SECTOR_SIZE;
         at < offset + size; at += OTA_SECTOR_SIZE)
        world.is_dirty[at / OTA_SECTOR_SIZE] = true;
}

static bool read_flash(void *context, uint32_t offset, void *data,
                       uint32_t size, struct ota_error *err)
{
    return world.nor.flash.read(context, offset, data, size, err);
}

static bool write_flash(void *context, uint32_t offset, const void *data,
                        uint32_t size, struct ota_error *err)
{
    bool done = world.nor.flash.write(context, offset, data, size, err);
    mark(offset, size);
    return done;
}

static bool erase_flash(void *context, uint32_t offset, struct ota_error *err)
{
    return world.nor.flash.erase(context, offset, err);
}

/* The flash is large: only what the last input changed is erased. */
static void blank(uint32_t size)
{
    if (!world.nor.data)
        nor_flash_init(&world.nor, LARGEST);
    for (uint32_t i = 0; i < NOR_FLASH_SECTORS; i++)
        if (world.is_dirty[i])
            memset(world.nor.data + (size_t)i * OTA_SECTOR_SIZE, 0xff,
                   OTA_SECTOR_SIZE);
    memset(world.is_dirty, 0, sizeof(world.is_dirty));
    nor_flash_power_on(&world.nor);
    world.nor.flash.size = size;
    world.flash = (struct ota_flash){size, read_flash, write_flash, erase_flash,
                                     &world.nor};
}

/* What does not fit is left out. */
static void put(uint32_t offset, const void *data, size_t size)
{
    if (offset >= world.flash.size)
        return;
    if (size > world.flash.size - offset)
        size = world.flash.size - offset;
    if (size == 0)
        return;
    nor_flash_put(&world.nor, offset, data, (uint32_t)size);
    mark(offset, (uint32_t)size);
}

static void put_parameters(uint8_t choice)
{
    bool is_2 = choice & SLOT_2;
    uint8_t copy = choice & COPY_1 ? 1 : 0;
    const uint8_t newer[2] = {is_2 ? 0xfd : 0xfc, 0xe6};
    const uint8_t older[2] = {is_2 ? 0x01 : 0x00, 0x02};
    uint32_t start = ota_flash_map_parameters(world.map);
    put(start + (1u + copy) * OTA_SECTOR_SIZE, choice & BOOT_2 ? older : newer,
        2);
    put(start + 3 * OTA_SECTOR_SIZE, &copy, 1);
}

/* Where the boot is that runs. */
static uint32_t lay_out(const uint8_t *data, size_t size)
{
    bool is_pack = data[0] == OTA_IMAGE_MAGIC;
    uint8_t choice = is_pack ? PACK_CHOICE : data[0];
    world.map = &ota_flash_maps[(choice & 0xf) % OTA_FLASH_MAP_COUNT];
    const uint8_t header[4] = {OTA_IMAGE_MAGIC, 1, 2,
                               (uint8_t)(world.map->code << 4)};
    blank(world.map->flash_size);
    uint32_t slot = ota_flash_map_slot(world.map, choice & SLOT_2 ? 2 : 1);
    if (!(choice & RAW) || is_pack) {
        put_parameters(choice);
        put(0, header, sizeof(header));
        put(slot, data + !is_pack, size - !is_pack);
    } else {
        put(0, data + 1, size - 1);
    }
    return slot;
}

/* --- the boot ----------------------------------------------------------- */

/* The code that runs is that of the image, as far as it is one. */
static struct ota_boot_code load(uint32_t slot)
{
    struct ota_source source = ota_flash_source(&world.flash);
    struct ota_image image;
    struct ota_boot_code code = {0x40100000, world.code, 16};
    if (!ota_image_parse(&image, &source, slot, NULL) ||
        image.segment_count == 0 || image.segments[0].size > MOST_CODE ||
        !ota_source_read(&source, slot + image.segments[0].offset, world.code,
                         image.segments[0].size, NULL))
        return code;
    code.address = image.segments[0].address;
    code.size = image.segments[0].size;
    return code;
}

/* No input gets the CRC right by chance. */
static void seal(uint32_t end)
{
    uint32_t start = world.site.offset;
    if (end < start || end > world.flash.size)
        abort();
    uint32_t crc =
        ota_crc32_old_sdk(ota_crc32(0, world.nor.data + start, end - start));
    const uint8_t bytes[4] = {(uint8_t)crc, (uint8_t)(crc >> 8),
                              (uint8_t)(crc >> 16), (uint8_t)(crc >> 24)};
    put(end, bytes, sizeof(bytes));
}

static bool is_sound(struct ota_migration *migration)
{
    struct ota_error err = {0};
    if (ota_migrate_check(migration, &world.table, &err))
        return true;
    if (err.code != OTA_E_PACK_CRC)
        return false;
    seal((uint32_t)err.offset);
    return ota_migrate_check(migration, &world.table, NULL);
}

static int slot_of_parameters(void)
{
    struct ota_source source = ota_flash_source(&world.flash);
    struct ota_boot_params params;
    if (!ota_boot_params_read(&params, &source, world.site.map, NULL))
        abort();
    return ota_boot_params_slot(&params);
}

/* What was found sound gets where it belongs. */
static void migrate(void)
{
    struct ota_migration migration = {.flash = &world.flash,
                                      .site = &world.site,
                                      .sector = (uint8_t *)world.sector};
    bool moves = is_sound(&migration);
    if (world.nor.operations != 0)
        abort();
    if (!moves)
        return;
    uint32_t size = migration.end - OTA_SECTOR_SIZE;
    if (size > sizeof(world.pack) ||
        world.site.offset + size > world.flash.size)
        abort();
    memcpy(world.pack, world.nor.data + world.site.offset, size);
    int before = slot_of_parameters();
    if (!ota_migrate_run(&migration, NULL) ||
        memcmp(world.pack, world.nor.data + OTA_SECTOR_SIZE, size) != 0 ||
        (before != 0 && slot_of_parameters() != 1))
        abort();
}

/* An app that could be started can be after the copy, whatever the table. */
static void start(void)
{
    struct ota_start start;
    uint32_t before = world.nor.operations;
    bool starts = ota_update_choose(&start, &world.flash, &world.table, NULL);
    if (world.nor.operations != before)
        abort();
    if (!starts || start.way != OTA_START_COPY)
        return;
    /* It may fail where otadata cannot be written; that does not matter. */
    const struct ota_update update = {.flash = &world.flash,
                                      .table = &world.table,
                                      .sector = (uint8_t *)world.sector};
    bool is_copied = ota_update_prepare(&update, &start, NULL);
    (void)is_copied;
    if (!ota_update_choose(&start, &world.flash, &world.table, NULL))
        abort();
}

static const struct ota_partition *slot(uint8_t index)
{
    return ota_partition_table_find(&world.table, OTA_PARTITION_APP,
                                    OTA_PARTITION_APP_OTA_0 + index);
}

/* As after an update that the agent wrote to ota_1. */
static void update(void)
{
    struct ota_source source = ota_flash_source(&world.flash);
    struct ota_image image;
    const uint8_t nothing = 0;
    if (!slot(0) || !slot(1) ||
        !ota_image_parse(&image, &source, slot(0)->offset, NULL))
        return;
    uint32_t size = image.size + OTA_IMAGE_DIGEST_SIZE;
    if (size > sizeof(world.pack) ||
        !ota_source_read(&source, slot(0)->offset, world.pack, size, NULL))
        return;
    put(slot(0)->offset, &nothing, 1);
    put(slot(1)->offset, world.pack, size);
    start();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint32_t found;
    if (size == 0)
        return 0;
    struct ota_boot_code code = load(lay_out(data, size));
    struct ota_source source = ota_flash_source(&world.flash);
    bool is_located =
        ota_migrate_locate(&world.site, &world.flash, &code, NULL) &&
        ota_partition_table_search(&world.table, &source,
                                   world.site.offset + world.site.size, &found,
                                   NULL);
    if (world.nor.operations != 0)
        abort();
    if (!is_located)
        return 0;
    if (world.site.place == OTA_BOOT_IN_USER2)
        migrate();
    start();
    update();
    return 0;
}
