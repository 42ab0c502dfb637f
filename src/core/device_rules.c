/* SPDX-License-Identifier: Apache-2.0 */
/* Rules over one kind of old device. */
#include "otatool/boot_params.h"
#include "otatool/rules.h"

static bool map_is_usable(const struct ota_pack *pack,
                          const struct ota_profile *profile,
                          struct ota_error *err)
{
    (void)pack;
    return profile->map->bin_size ||
           ota_fail(err, OTA_E_MAP_UNUSABLE, .part = "flash map");
}

/* otatool's boot knows all old boots, moves the pack alone and asks the flash
 * chip for its size: what follows of Espressif's does not hold for it. */

/* Espressif's unpacker reads bit 2 of the parameters as a status, which
 * boots 1.1 and 1.2 do not have: it takes user1 for user2 and the reverse,
 * and copies the wrong slot over its own table. (port.c) */
static bool unpacker_knows_boot(const struct ota_pack *pack,
                                const struct ota_profile *profile,
                                struct ota_error *err)
{
    return pack->has_own_boot ||
           (profile->boot_version != OTA_BOOT_NONE &&
            profile->boot_version != OTA_BOOT_VERSION_MIN) ||
           ota_fail(err, OTA_E_BOOT_UNPACKER, .part = "bootloader");
}

static const struct ota_partition *ota_0_of(const struct ota_pack *pack)
{
    return ota_partition_table_find(&pack->table, OTA_PARTITION_APP,
                                    OTA_PARTITION_APP_OTA_0);
}

/* The unpacker copies all of ota_0 from half of the map downwards; further
 * on it would overwrite what it has yet to copy. (port.c) */
static bool copy_keeps_its_source(const struct ota_pack *pack,
                                  const struct ota_profile *profile,
                                  struct ota_error *err)
{
    const struct ota_partition *ota_0 = ota_0_of(pack);
    uint32_t half = ota_flash_map_half(profile->map);
    if (pack->has_own_boot || profile->running_slot != 1 || !ota_0 ||
        ota_partition_end(ota_0) <= half)
        return true;
    return ota_fail(err, OTA_E_COPY_OVERLAP, .part = "ota_0", .expected = half,
                    .actual = ota_partition_end(ota_0));
}

/* The old boot stays at flash address 0 for ever, reads its parameters at
 * every start, and may rewrite them. (measured on boot_v1.2 to 1.7) */
static bool parameters_are_spared(const struct ota_pack *pack,
                                  const struct ota_profile *profile,
                                  struct ota_error *err)
{
    uint32_t start = ota_flash_map_parameters(profile->map);
    uint32_t end = profile->map->flash_size;
    for (uint32_t i = 0; i < pack->table.count; i++) {
        const struct ota_partition *partition = &pack->table.entries[i];
        if (partition->offset < end && ota_partition_end(partition) > start)
            return ota_fail(err, OTA_E_OLD_PARAMETERS, .part = "partition",
                            .index = i + 1, .expected = start,
                            .actual = ota_partition_end(partition));
    }
    return true;
}

static bool table_fits_map(const struct ota_pack *pack,
                           const struct ota_profile *profile,
                           struct ota_error *err)
{
    for (uint32_t i = 0; i < pack->table.count; i++) {
        const struct ota_partition *partition = &pack->table.entries[i];
        if (ota_partition_end(partition) > profile->map->flash_size)
            return ota_fail(err, OTA_E_BEYOND_MAP, .part = "partition",
                            .index = i + 1,
                            .expected = profile->map->flash_size,
                            .actual = ota_partition_end(partition));
    }
    return true;
}

/* The unpacker reads the old parameters through a driver that refuses
 * addresses beyond the configured size. (port.c, spi_flash) */
static bool config_covers_map(const struct ota_pack *pack,
                              const struct ota_profile *profile,
                              struct ota_error *err)
{
    uint32_t size = ota_pack_flash_size(pack);
    if (pack->has_own_boot || !size || size >= profile->map->flash_size)
        return true;
    return ota_fail(err, OTA_E_FLASH_CONFIG, .part = "bootloader",
                    .expected = profile->map->flash_size, .actual = size);
}

/* NonOS clients compare byte 3 with the slot they write, when a body byte
 * arrives with the header; the RTOS example never looks. */
static bool stamp_fits_slot(const struct ota_pack *pack,
                            const struct ota_profile *profile,
                            struct ota_error *err)
{
    uint8_t stamp = ota_pack_stamp(pack);
    uint8_t target = profile->running_slot == 1 ? 2 : 1;
    if (!stamp || stamp == target || profile->client == OTA_CLIENT_R21)
        return true;
    return ota_fail(err, OTA_E_CLIENT_STAMP, .part = "bootloader",
                    .expected = target, .actual = stamp);
}

static bool client_knows_map(const struct ota_pack *pack,
                             const struct ota_profile *profile,
                             struct ota_error *err)
{
    (void)pack;
    return ota_client_limit(profile->client, profile->map, NULL) > 0 ||
           ota_fail(err, OTA_E_CLIENT_MAP,
                    .part = ota_client_name(profile->client));
}

static bool client_takes_size(const struct ota_pack *pack,
                              const struct ota_profile *profile,
                              struct ota_error *err)
{
    uint32_t limit = ota_client_limit(profile->client, profile->map, NULL);
    if (pack->size <= limit)
        return true;
    return ota_fail(err, OTA_E_CLIENT_SIZE,
                    .part = ota_client_name(profile->client), .expected = limit,
                    .actual = pack->size);
}

const struct ota_device_rule ota_device_rules[] = {
    {OTA_E_MAP_UNUSABLE, "port.c", map_is_usable},
    {OTA_E_COPY_OVERLAP, "port.c", copy_keeps_its_source},
    {OTA_E_OLD_PARAMETERS, "measured on boot_v1.2 to 1.7",
     parameters_are_spared},
    {OTA_E_BEYOND_MAP, "flash_partitions.c", table_fits_map},
    {OTA_E_FLASH_CONFIG, "port.c, spi_flash", config_covers_map},
    {OTA_E_BOOT_UNPACKER, "port.c; measured on boot_v1.2", unpacker_knows_boot},
    {OTA_E_CLIENT_STAMP, "measured on the NonOS upgrade objects",
     stamp_fits_slot},
    {OTA_E_CLIENT_MAP, "measured on the NonOS upgrade objects",
     client_knows_map},
    {OTA_E_CLIENT_SIZE, "measured on the NonOS upgrade objects",
     client_takes_size},
};
const size_t ota_device_rule_count =
    sizeof(ota_device_rules) / sizeof(ota_device_rules[0]);

static bool client_takes(const struct ota_pack *pack,
                         const struct ota_profile *profile,
                         struct ota_error *err)
{
    for (size_t i = 0; i < ota_device_rule_count; i++)
        if (!ota_device_rules[i].holds(pack, profile, err))
            return false;
    return true;
}

struct ota_verdict ota_rules_judge(const struct ota_pack *pack,
                                   const struct ota_flash_map *map,
                                   uint8_t boot_version, uint8_t running_slot)
{
    struct ota_verdict verdict = {0};
    struct ota_profile profile = {map, boot_version, running_slot, 0};
    for (int client = 0; client < OTA_CLIENT_COUNT; client++) {
        struct ota_error reason;
        profile.client = (enum ota_client)client;
        if (client_takes(pack, &profile, &reason)) {
            verdict.clients |= (uint8_t)(1u << client);
        } else if (!verdict.broken) {
            verdict.broken = reason.code;
            verdict.reason = reason;
        }
    }
    return verdict;
}
