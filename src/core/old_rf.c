/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/old_rf.h"
#include <string.h>

enum { DONE_AT = OTA_PHY_SIZE, DONE_SIZE = 8 };

static const char phy_mark[OTA_PHY_MARK_SIZE] = "PHYINIT";
static const char done_mark[DONE_SIZE] = "OLD RF";

/* --- what must hold ----------------------------------------------------- */

static bool is_place(const struct ota_flash *flash,
                     const struct ota_flash_map *map,
                     const struct ota_partition *phy, struct ota_error *err)
{
    uint32_t parameters = ota_flash_map_parameters(map);
    uint64_t end = (uint64_t)phy->offset + OTA_SECTOR_SIZE;
    if (phy->offset % OTA_SECTOR_SIZE != 0 || phy->size < OTA_SECTOR_SIZE)
        return ota_fail(err, OTA_E_PARTITION_ALIGNMENT, .part = "partition",
                        .expected = OTA_SECTOR_SIZE, .actual = phy->offset);
    if (end > flash->size)
        return ota_fail(err, OTA_E_PARTITION_BEYOND_FLASH, .part = "partition",
                        .expected = flash->size, .actual = end);
    return end <= parameters || phy->offset >= map->flash_size ||
           ota_fail(err, OTA_E_OLD_PARAMETERS, .part = "partition",
                    .expected = parameters, .actual = end);
}

static bool read_old(const struct ota_flash *flash,
                     const struct ota_flash_map *map, uint8_t *data,
                     struct ota_error *err)
{
    struct ota_source source = ota_flash_source(flash);
    uint32_t at = ota_flash_map_parameters(map);
    if (!ota_source_read(&source, at, data, OTA_OLD_RF_SIZE, err))
        return false;
    return data[0] == OTA_OLD_RF_FIRST_BYTE ||
           ota_fail(err, OTA_E_OLD_RF, .part = "old parameters", .offset = at,
                    .expected = OTA_OLD_RF_FIRST_BYTE, .actual = data[0]);
}

/* --- the partition ------------------------------------------------------ */

static bool is_whole(const uint8_t *sector)
{
    return memcmp(sector, phy_mark, OTA_PHY_MARK_SIZE) == 0 &&
           memcmp(sector + OTA_PHY_SIZE - OTA_PHY_MARK_SIZE, phy_mark,
                  OTA_PHY_MARK_SIZE) == 0;
}

static bool is_done(const uint8_t *sector)
{
    return is_whole(sector) &&
           memcmp(sector + DONE_AT, done_mark, DONE_SIZE) == 0;
}

/* sector has the data in their place already. */
static void frame(uint8_t *sector)
{
    memcpy(sector, phy_mark, OTA_PHY_MARK_SIZE);
    memcpy(sector + OTA_PHY_SIZE - OTA_PHY_MARK_SIZE, phy_mark,
           OTA_PHY_MARK_SIZE);
    memset(sector + OTA_PHY_SIZE, 0xff, OTA_SECTOR_SIZE - OTA_PHY_SIZE);
}

enum ota_old_rf_result ota_old_rf_load(const struct ota_flash *flash,
                                       const struct ota_flash_map *map,
                                       const struct ota_partition *phy,
                                       uint8_t *sector, struct ota_error *err)
{
    if (!is_place(flash, map, phy, err) ||
        !ota_flash_read(flash, phy->offset, sector, OTA_SECTOR_SIZE, err))
        return OTA_OLD_RF_FAILED;
    if (is_done(sector))
        return OTA_OLD_RF_DONE;
    if (!read_old(flash, map, sector + OTA_PHY_MARK_SIZE, err))
        return OTA_OLD_RF_FAILED;
    frame(sector);
    /* Our mark comes last: with it the data before it are whole. */
    if (!ota_flash_put_sector(flash, phy->offset, sector, NULL, err))
        return OTA_OLD_RF_FAILED;
    memcpy(sector, done_mark, DONE_SIZE);
    return ota_flash_write(flash, phy->offset + DONE_AT, sector, DONE_SIZE, err)
               ? OTA_OLD_RF_WRITTEN
               : OTA_OLD_RF_FAILED;
}

/* --- by the bootloader -------------------------------------------------- */

/* Whether every bit of the partition can still become what it should be, and
 * some must. */
static bool asks(const struct ota_flash *flash, uint32_t offset,
                 const uint8_t *wanted, bool *does, struct ota_error *err)
{
    uint32_t words[OTA_PHY_SIZE / 4];
    const uint8_t *there = (const uint8_t *)words;
    uint8_t missing = 0;
    uint8_t foreign = 0;
    if (!ota_flash_read(flash, offset, words, sizeof(words), err))
        return false;
    for (uint32_t i = 0; i < OTA_PHY_SIZE; i++) {
        missing |= there[i] & (uint8_t)~wanted[i];
        foreign |= wanted[i] & (uint8_t)~there[i];
    }
    *does = missing && !foreign;
    return true;
}

bool ota_old_rf_fill(const struct ota_flash *flash,
                     const struct ota_flash_map *map,
                     const struct ota_partition *phy, uint8_t *sector,
                     struct ota_error *err)
{
    struct ota_error why;
    bool does;
    if (!is_place(flash, map, phy, NULL))
        return true;
    if (!read_old(flash, map, sector + OTA_PHY_MARK_SIZE, &why))
        return why.code != OTA_E_FLASH_READ || ota_error_set(err, why);
    frame(sector);
    return asks(flash, phy->offset, sector, &does, err) &&
           (!does ||
            ota_flash_write(flash, phy->offset, sector, OTA_PHY_SIZE, err));
}
