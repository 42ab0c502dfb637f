/* SPDX-License-Identifier: Apache-2.0 */
#include "old_flash.h"
#include "otatool/boot_params.h"
#include <string.h>

enum {
    MAP_BYTE = 3,    /* of the header at 0; the map is its high nibble */
    STATUS_OK = 4,   /* bits of the boot parameters */
    ENHANCED = 0x80, /* normal mode */
    FIRST_WITH_STATUS = 3,
    PARAMS_SIZE = 8,
    SDK_PARAMS_SIZE = 0x4a4, /* what the SDK keeps in the same sector */
    RF_SIZE = 128,
    RF_MAGIC = 5, /* its first byte */
};

static uint8_t noise(uint32_t i)
{
    return (uint8_t)(i ^ i >> 8);
}

static void fill(uint8_t *data, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        data[i] = noise(i);
}

/* As the old SDK leaves them when it restarts into the slot it has filled:
 * the copy that counts, and the one before it. */
static void put_parameters(uint8_t *flash,
                           const struct ota_rehearsal_device *device)
{
    uint8_t *start = flash + ota_flash_map_parameters(device->map);
    bool has_status = device->boot_version >= FIRST_WITH_STATUS;
    struct ota_boot_params now = ota_boot_params_decode(
        (uint8_t)((device->slot - 1u) | (has_status ? STATUS_OK : 0u)),
        (uint8_t)(device->boot_version | (has_status ? ENHANCED : 0u)));
    struct ota_boot_params before = now;
    ota_boot_params_switch(&before);
    fill(start, 1, RF_SIZE);
    start[0] = RF_MAGIC;
    for (uint32_t copy = 0; copy < 2; copy++) {
        const struct ota_boot_params *params =
            copy == device->copy ? &now : &before;
        uint8_t *sector = start + (1 + copy) * OTA_SECTOR_SIZE;
        sector[0] = params->byte0;
        sector[1] = params->byte1;
        fill(sector, PARAMS_SIZE, SDK_PARAMS_SIZE);
    }
    start[3 * OTA_SECTOR_SIZE] = device->copy;
}

/* The old firmware fills its slot; what it leaves must be erased. */
static void fill_slots(uint8_t *flash,
                       const struct ota_rehearsal_device *device)
{
    uint32_t half = ota_flash_map_half(device->map);
    fill(flash, OTA_SECTOR_SIZE, 2 * half - 4 * OTA_SECTOR_SIZE);
}

void old_flash_lay_out(uint8_t *flash,
                       const struct ota_rehearsal_device *device,
                       const struct old_flash_parts *parts)
{
    const struct ota_flash_map *map = device->map;
    memset(flash, 0xff, map->flash_size);
    fill_slots(flash, device);
    memcpy(flash, parts->boot, parts->boot_size);
    flash[MAP_BYTE] = (uint8_t)(map->code << 4 | (flash[MAP_BYTE] & 0x0f));
    memcpy(flash + ota_flash_map_slot(map, 3 - device->slot), parts->firmware,
           parts->firmware_size);
    memcpy(flash + ota_flash_map_slot(map, device->slot), parts->pack,
           parts->pack_size);
    put_parameters(flash, device);
}
