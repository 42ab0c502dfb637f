/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What it does wrong is done wrong here, too: it takes the slot of boots 1.1
 * and 1.2 for the other one, verifies nothing before it overwrites user1,
 * copies all of ota_0 and so over its own source where ota_0 ends beyond
 * half of the map, and takes a write that fails for one that is done.
 */
#include "upstream.h"
#include "otatool/boot_params.h"
#include "otatool/update.h"
#include <string.h>

enum { FLAG_SIZE = 32 };

/* Erase, write, compare. */
static bool write_safe(struct upstream *upstream, uint32_t offset,
                       uint32_t size)
{
    uint8_t read[OTA_SECTOR_SIZE] __attribute__((aligned(4)));
    const struct ota_flash *flash = upstream->flash;
    if (!flash->erase(flash->context, offset, NULL))
        return false;
    if (!flash->write(flash->context, offset, upstream->sector, size, NULL))
        return true; /* as it returns there: done */
    return ota_flash_read(flash, offset, read, size, NULL) &&
           memcmp(read, upstream->sector, size) == 0;
}

static bool copy_sectors(struct upstream *upstream, uint32_t to, uint32_t from,
                         uint32_t size)
{
    for (uint32_t at = 0; at < size; at += OTA_SECTOR_SIZE)
        if (!ota_flash_read(upstream->flash, from + at, upstream->sector,
                            OTA_SECTOR_SIZE, NULL) ||
            !write_safe(upstream, to + at, OTA_SECTOR_SIZE))
            return false;
    return true;
}

/* The old boot shall start user1 from now on. */
static bool switch_slot(struct upstream *upstream,
                        struct ota_boot_params params)
{
    uint32_t start = ota_flash_map_parameters(upstream->map);
    uint32_t from = start + (1u + params.copy) * OTA_SECTOR_SIZE;
    uint32_t to = start + (2u - params.copy) * OTA_SECTOR_SIZE;
    uint32_t flag = start + 3 * OTA_SECTOR_SIZE;
    if (!ota_flash_read(upstream->flash, from, upstream->sector,
                        OTA_SECTOR_SIZE, NULL))
        return false;
    ota_boot_params_switch(&params);
    upstream->sector[0] = params.byte0;
    upstream->sector[1] = params.byte1;
    if (!write_safe(upstream, to, OTA_SECTOR_SIZE) ||
        !ota_flash_read(upstream->flash, flag, upstream->sector, FLAG_SIZE,
                        NULL))
        return false;
    upstream->sector[0] = upstream->sector[0] ? 0 : 1;
    return write_safe(upstream, flag, FLAG_SIZE);
}

static bool read_table(struct upstream *upstream)
{
    struct ota_source source = ota_flash_source(upstream->flash);
    return ota_partition_table_parse(&upstream->table, &source,
                                     upstream->table_address, NULL);
}

static enum upstream_end unpack(struct upstream *upstream,
                                const struct ota_boot_params *params)
{
    uint32_t half = ota_flash_map_half(upstream->map);
    if (!copy_sectors(upstream, upstream->table_address,
                      upstream->table_address + half, OTA_SECTOR_SIZE) ||
        !read_table(upstream))
        return UPSTREAM_HALTS;
    const struct ota_partition *ota_0 = ota_partition_table_find(
        &upstream->table, OTA_PARTITION_APP, OTA_PARTITION_APP_OTA_0);
    if (!ota_0 ||
        !copy_sectors(upstream, OTA_SECTOR_SIZE, OTA_SECTOR_SIZE + half,
                      (uint32_t)ota_partition_end(ota_0) - OTA_SECTOR_SIZE) ||
        !switch_slot(upstream, *params))
        return UPSTREAM_HALTS;
    return UPSTREAM_RESTARTS;
}

static enum upstream_end start_app(struct upstream *upstream)
{
    struct ota_start start;
    if (!read_table(upstream) ||
        !ota_update_choose(&start, upstream->flash, &upstream->table, NULL))
        return UPSTREAM_HALTS;
    upstream->app = start.partition->offset;
    return UPSTREAM_STARTS;
}

enum upstream_end upstream_start(struct upstream *upstream)
{
    struct ota_source source = ota_flash_source(upstream->flash);
    struct ota_boot_params params;
    if (!ota_boot_params_read(&params, &source, upstream->map, NULL))
        return UPSTREAM_HALTS;
    return ota_boot_params_slot_by_unpacker(&params) == 2
               ? unpack(upstream, &params)
               : start_app(upstream);
}
