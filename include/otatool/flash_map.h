/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash maps of the old SDKs: how they divide the flash into two user
 * slots and four parameter sectors.
 *
 * The code is the high nibble of byte 3 of the header at flash address 0.
 * (port.c of the SDK v3's spi_flash; system_upgrade_init of the NonOS SDK)
 */
#ifndef OTATOOL_FLASH_MAP_H
#define OTATOOL_FLASH_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OTA_SECTOR_SIZE 0x1000u

struct ota_flash_map {
    uint8_t code;        /* 0 to 9 */
    const char *name;    /* "512+512@1M" */
    uint32_t flash_size; /* what the old SDK believes, bytes */
    uint32_t bin_size;   /* the part that holds both slots; 0: no OTA */
};

#define OTA_FLASH_MAP_COUNT 10
extern const struct ota_flash_map ota_flash_maps[OTA_FLASH_MAP_COUNT];

/* The map of a code, or NULL for one that no old SDK knows. */
const struct ota_flash_map *ota_flash_map_by_code(uint8_t code);

/*
 * The map as it is on a flash of this size, in bytes. A chip looks at no more
 * address bits than it has, so on one that is smaller than its map the
 * parameters lie at its end; a device runs well with that, and is updated.
 * NULL when two slots do not fit.
 */
const struct ota_flash_map *ota_flash_map_on(const struct ota_flash_map *map,
                                             uint32_t flash_size);

/* Half of the map: distance of the slots, and the limit of an unpacked app. */
static inline uint32_t ota_flash_map_half(const struct ota_flash_map *map)
{
    return map->bin_size / 2;
}

/* Where slot 1 (user1) or 2 (user2) starts. */
static inline uint32_t ota_flash_map_slot(const struct ota_flash_map *map,
                                          int slot)
{
    return OTA_SECTOR_SIZE + (slot == 2 ? ota_flash_map_half(map) : 0);
}

/*
 * The first of the old SDK's last four sectors: RF data, then two copies of
 * the parameters, then the flag that tells which copy counts.
 */
static inline uint32_t ota_flash_map_parameters(const struct ota_flash_map *map)
{
    return map->flash_size - 4 * OTA_SECTOR_SIZE;
}

/* Whether a boot of this version starts both slots of the map. */
bool ota_flash_map_boots(const struct ota_flash_map *map, int boot_version);

/*
 * The old clients, by what they accept.
 * N20: NonOS 2.0.0; N21: 2.1.0 to 2.2.0; N22: 2.2.1 and later 2.x;
 * N30: 3.x; R21: the example client of the RTOS SDK 2.1.
 */
enum ota_client {
    OTA_CLIENT_N20,
    OTA_CLIENT_N21,
    OTA_CLIENT_N22,
    OTA_CLIENT_N30,
    OTA_CLIENT_R21,
    OTA_CLIENT_COUNT
};

const char *ota_client_name(enum ota_client client);

/*
 * The longest file in bytes that a client family takes on a map, 0 where it
 * cannot update at all. For N30 the limit is its app's partition table: the
 * least common one, 434176 bytes (0x6A000), is what is safe for every device;
 * *largest, when not NULL, gets what the most generous table takes.
 * (measured on the upgrade objects of the SDKs)
 */
uint32_t ota_client_limit(enum ota_client client,
                          const struct ota_flash_map *map, uint32_t *largest);

#endif
