/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/profiles.h"
#include "otatool/boot_params.h"

enum { SLOTS = 2, COPIES = 2 };

/* Its boot starts both slots of the map, and the slot holds the pack. */
static bool is_real(const struct ota_rehearsal_device *device, size_t pack_size)
{
    uint32_t half = ota_flash_map_half(device->map);
    return device->map->bin_size &&
           ota_flash_map_boots(device->map, device->boot_version) &&
           pack_size <= half - OTA_SECTOR_SIZE;
}

/* The oldest or the newest boot of its map. */
static bool is_outermost(const struct ota_rehearsal_device *device)
{
    return device->boot_version == OTA_BOOT_VERSION_MAX ||
           !ota_flash_map_boots(device->map, device->boot_version - 1);
}

static bool is_wanted(const struct ota_profiles *profiles,
                      const struct ota_rehearsal_device *device)
{
    bool is_few = profiles->is_few;
    if (profiles->maps && !(profiles->maps >> device->map->code & 1))
        return false;
    if (profiles->boots ? !(profiles->boots >> device->boot_version & 1)
                        : is_few && !is_outermost(device))
        return false;
    if (profiles->slot ? profiles->slot != device->slot
                       : is_few && device->slot != SLOTS)
        return false;
    return !is_few || device->copy == 0;
}

size_t ota_profiles_list(const struct ota_profiles *profiles, size_t pack_size,
                         struct ota_rehearsal_device out[OTA_PROFILES_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < OTA_PROFILES_MAX; i++) {
        const struct ota_rehearsal_device device = {
            .map = &ota_flash_maps[i / (6 * SLOTS * COPIES)],
            .boot_version =
                (uint8_t)(OTA_BOOT_VERSION_MIN + i / (SLOTS * COPIES) % 6),
            .slot = (uint8_t)(1 + i / COPIES % SLOTS),
            .copy = (uint8_t)(i % COPIES),
        };
        if (is_real(&device, pack_size) && is_wanted(profiles, &device))
            out[count++] = device;
    }
    return count;
}
