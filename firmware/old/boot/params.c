/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Boot 1.2 writes 8 bytes into an erased sector; later ones carry over the
 * rest of the sector, where the SDK has its own parameters.
 * (measured on boot_v1.2 to 1.7)
 */
#include "old/boot/params.h"
#include "chip/rom.h"
#include <string.h>

enum { STATUS_BIT = 0x04, VERSION_BITS = 0x1f, USR_BITS = 0x03 };

/* A sector on its way from one copy to the other. */
static uint32_t sector[OTA_SECTOR_SIZE / 4];

static uint32_t copy_at(const struct old_params *params, bool second)
{
    return params->start + (second ? 2 : 1) * OTA_SECTOR_SIZE;
}

static uint32_t flag_at(const struct old_params *params)
{
    return params->start + 3 * OTA_SECTOR_SIZE;
}

void old_params_read(struct old_params *params, const struct ota_flash_map *map,
                     int version)
{
    uint32_t flag = 0;
    params->start = ota_flash_map_parameters(map);
    SPIRead(flag_at(params), &flag, sizeof(flag));
    params->second = (uint8_t)flag != 0;
    SPIRead(copy_at(params, params->second), params->bytes, OLD_PARAMS_SIZE);
    if (version == OTA_BOOT_VERSION_MIN && params->bytes[0] == 0xff)
        params->bytes[0] = 0;
}

/* Into the copy that does not count; then the flag makes it count. */
static void save(struct old_params *params, int version)
{
    uint32_t size = sizeof(sector);
    uint32_t to = copy_at(params, !params->second);
    uint32_t flag = 0;
    if (version == OTA_BOOT_VERSION_MIN)
        size = OLD_PARAMS_SIZE;
    else
        SPIRead(copy_at(params, params->second), sector, size);
    memcpy(sector, params->bytes, OLD_PARAMS_SIZE);
    SPIEraseSector(to / OTA_SECTOR_SIZE);
    SPIWrite(to, sector, size);

    SPIRead(flag_at(params), &flag, sizeof(flag));
    params->second = !params->second;
    flag = (flag & ~0xffu) | params->second;
    SPIEraseSector(flag_at(params) / OTA_SECTOR_SIZE);
    SPIWrite(flag_at(params), &flag, sizeof(flag));
}

static void adopt_1_2(struct old_params *params)
{
    if (params->bytes[1] == OTA_BOOT_VERSION_MIN)
        return;
    params->bytes[1] = OTA_BOOT_VERSION_MIN;
    save(params, OTA_BOOT_VERSION_MIN);
}

void old_params_adopt(struct old_params *params, int version)
{
    if (version == OTA_BOOT_VERSION_MIN) {
        adopt_1_2(params);
        return;
    }
    bool is_mine = (params->bytes[1] & VERSION_BITS) == version;
    if (is_mine && (params->bytes[0] & USR_BITS) != USR_BITS)
        return;
    memset(params->bytes, 0xff, OLD_PARAMS_SIZE);
    params->bytes[0] = (uint8_t)~USR_BITS;
    params->bytes[1] = (uint8_t)(~VERSION_BITS | version);
    save(params, version);
}

struct ota_boot_params old_params_decode(const struct old_params *params)
{
    return ota_boot_params_decode(params->bytes[0], params->bytes[1]);
}

void old_params_mark_failed(struct old_params *params, int version)
{
    params->bytes[0] &= (uint8_t)~STATUS_BIT;
    save(params, version);
}
