/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/boot_params.h"

enum { STATUS_BIT = 0x04, ENHANCED_BIT = 0x80 };

static bool has_nibble_slot(uint8_t version)
{
    return version == OTA_BOOT_VERSION_MIN || version == OTA_BOOT_NONE;
}

struct ota_boot_params ota_boot_params_decode(uint8_t byte0, uint8_t byte1)
{
    uint8_t version = byte1 & 0x1f;
    return (struct ota_boot_params){
        .byte0 = byte0,
        .byte1 = byte1,
        .version = version,
        .usr_bin = byte0 & (has_nibble_slot(version) ? 0x0f : 0x03),
        .status = (byte0 & STATUS_BIT) != 0,
        .is_enhanced = (byte1 & ENHANCED_BIT) != 0,
    };
}

uint32_t ota_boot_params_at(const struct ota_flash_map *map, uint32_t copy)
{
    return ota_flash_map_parameters(map) + (1 + copy) * OTA_SECTOR_SIZE;
}

uint32_t ota_boot_params_flag_at(const struct ota_flash_map *map)
{
    return ota_flash_map_parameters(map) + 3 * OTA_SECTOR_SIZE;
}

bool ota_boot_params_read(struct ota_boot_params *params,
                          const struct ota_source *flash,
                          const struct ota_flash_map *map,
                          struct ota_error *err)
{
    uint8_t flag;
    if (!ota_source_read(flash, ota_boot_params_flag_at(map), &flag, 1, err))
        return false;
    uint8_t copy = flag == 0 ? 0 : 1;
    uint8_t bytes[2];
    if (!ota_source_read(flash, ota_boot_params_at(map, copy), bytes,
                         sizeof(bytes), err))
        return false;
    *params = ota_boot_params_decode(bytes[0], bytes[1]);
    params->copy = copy;
    return true;
}

/* Boots 1.1 and 1.2: the low nibble is the slot, erased flash is user1. */
static int slot_of_nibble(uint8_t byte0)
{
    if (byte0 == 0xff)
        return 1;
    uint8_t nibble = byte0 & 0x0f;
    return nibble < 2 ? nibble + 1 : 0;
}

int ota_boot_params_slot(const struct ota_boot_params *params)
{
    if (has_nibble_slot(params->version))
        return slot_of_nibble(params->byte0);
    if (params->version < 3 || params->version > OTA_BOOT_VERSION_MAX)
        return 0;
    if (params->usr_bin > 1)
        return 0;
    if (params->usr_bin == 1)
        return params->status ? 2 : 1;
    if (params->status)
        return 1;
    /* A failed user1: boots 1.3 and 1.4 start it again, later ones fall
     * back to user2. */
    return params->version <= 4 ? 1 : 2;
}

int ota_boot_params_slot_by_unpacker(const struct ota_boot_params *params)
{
    if ((params->byte0 & 3) == 1)
        return params->status ? 2 : 1;
    if (params->status || params->version == 4)
        return 1;
    return 2;
}

void ota_boot_params_switch(struct ota_boot_params *params)
{
    if (has_nibble_slot(params->version)) {
        params->usr_bin = params->usr_bin == 1 ? 0 : 1;
        params->byte0 = (uint8_t)((params->byte0 & 0xf0) | params->usr_bin);
        params->status = (params->byte0 & STATUS_BIT) != 0;
        return;
    }
    if (params->status)
        params->usr_bin = params->usr_bin == 1 ? 0 : 1;
    params->status = true;
    params->is_enhanced = true;
    params->byte0 =
        (uint8_t)((params->byte0 & 0xf8) | STATUS_BIT | params->usr_bin);
    params->byte1 |= ENHANCED_BIT;
}
