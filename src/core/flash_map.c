/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/flash_map.h"

#define KB 1024u
#define MB (1024u * KB)

const struct ota_flash_map ota_flash_maps[OTA_FLASH_MAP_COUNT] = {
    {0, "256+256@512K", 512 * KB, 512 * KB},
    {1, "256@256K", 256 * KB, 0},
    {2, "512+512@1M", 1 * MB, 1 * MB},
    {3, "512+512@2M", 2 * MB, 1 * MB},
    {4, "512+512@4M", 4 * MB, 1 * MB},
    {5, "1024+1024@2M", 2 * MB, 2 * MB},
    {6, "1024+1024@4M", 4 * MB, 2 * MB},
    {7, "2048+2048@4M", 4 * MB, 0},
    {8, "1024+1024@8M", 8 * MB, 2 * MB},
    {9, "1024+1024@16M", 16 * MB, 2 * MB},
};

const struct ota_flash_map *ota_flash_map_by_code(uint8_t code)
{
    return code < OTA_FLASH_MAP_COUNT ? &ota_flash_maps[code] : NULL;
}

const struct ota_flash_map *ota_flash_map_on(const struct ota_flash_map *map,
                                             uint32_t flash_size)
{
    if (map->flash_size <= flash_size)
        return map;
    for (uint8_t code = 0; code < OTA_FLASH_MAP_COUNT; code++)
        if (ota_flash_maps[code].bin_size == map->bin_size &&
            ota_flash_maps[code].flash_size == flash_size)
            return &ota_flash_maps[code];
    return NULL;
}

bool ota_flash_map_boots(const struct ota_flash_map *map, int boot_version)
{
    /* The lowest boot that knows the map; measured on boot_v1.2 to 1.7, and
     * for 1024 KB slots the SDK's own gate at start-up ("need boot 1.4+"). */
    static const uint8_t lowest[OTA_FLASH_MAP_COUNT] = {2, 0, 2, 2, 2,
                                                        4, 4, 0, 7, 7};
    return lowest[map->code] && boot_version >= lowest[map->code] &&
           boot_version <= 7;
}

static const char *const client_names[OTA_CLIENT_COUNT] = {
    [OTA_CLIENT_N20] = "NonOS 2.0.0",
    [OTA_CLIENT_N21] = "NonOS 2.1.0 to 2.2.0",
    [OTA_CLIENT_N22] = "NonOS 2.2.1 and later 2.x",
    [OTA_CLIENT_N30] = "NonOS 3.x",
    [OTA_CLIENT_R21] = "RTOS 2.1 (example client)",
};

const char *ota_client_name(enum ota_client client)
{
    return client_names[client];
}

/* The slot sizes the clients tell apart. */
enum slot_class { SLOT_NONE, SLOT_256, SLOT_512, SLOT_1024, SLOT_1024_LARGE };

static enum slot_class slot_class_of(const struct ota_flash_map *map)
{
    static const uint8_t classes[OTA_FLASH_MAP_COUNT] = {
        SLOT_256,  SLOT_NONE, SLOT_512,  SLOT_512,        SLOT_512,
        SLOT_1024, SLOT_1024, SLOT_NONE, SLOT_1024_LARGE, SLOT_1024_LARGE,
    };
    return (enum slot_class)classes[map->code];
}

uint32_t ota_client_limit(enum ota_client client,
                          const struct ota_flash_map *map, uint32_t *largest)
{
    /* Bisected by running the clients. 983040 is their queue of 240 sector
     * erases. NonOS 2.0.0 and RTOS 2.1 write to the wrong place on maps 8
     * and 9. */
    static const uint32_t least[OTA_CLIENT_COUNT][SLOT_1024_LARGE + 1] = {
        [OTA_CLIENT_N20] = {0, 241660, 503804, 983040, 0},
        [OTA_CLIENT_N21] = {0, 241660, 503804, 983040, 983040},
        [OTA_CLIENT_N22] = {0, 237564, 499708, 983040, 983040},
        [OTA_CLIENT_N30] = {0, 0, 434176, 434176, 434176},
        [OTA_CLIENT_R21] = {0, 237564, 499708, 1023996, 0},
    };
    /* The tables of NonOS 3.x apps differ: most examples say 0x6A000, AT for
     * 512 KB slots 0x78000, AT for 1024 KB slots 0xE0000, own apps up to
     * what the queue takes. */
    static const uint32_t most_n30[SLOT_1024_LARGE + 1] = {0, 0, 491520, 983040,
                                                           983040};
    enum slot_class slot = slot_class_of(map);
    if (largest)
        *largest =
            client == OTA_CLIENT_N30 ? most_n30[slot] : least[client][slot];
    return least[client][slot];
}
