/* SPDX-License-Identifier: Apache-2.0 */
#include "sector_copy.h"

static bool is_blank(const uint8_t *sector)
{
    for (uint32_t i = 0; i < OTA_SECTOR_SIZE; i++)
        if (sector[i] != 0xff)
            return false;
    return true;
}

static bool erase(struct sector_copy *copy, uint32_t from, uint32_t to,
                  struct ota_error *err)
{
    for (uint32_t at = from; at < to; at += OTA_SECTOR_SIZE) {
        copy->erases++;
        if (!ota_flash_erase(copy->flash, copy->to + at, err))
            return false;
    }
    return true;
}

static bool read_sector(const struct sector_copy *copy, uint32_t at,
                        bool *is_same, struct ota_error *err)
{
    if (copy->tick)
        copy->tick(copy->context, at, copy->size);
    return ota_flash_read(copy->flash, copy->from + at, copy->sector,
                          OTA_SECTOR_SIZE, err) &&
           ota_flash_compare(copy->flash, copy->to + at, copy->sector,
                             OTA_SECTOR_SIZE, is_same, err);
}

/* doubtful: from there on, all sectors up to this one are rightly blank. */
bool sector_copy_run(struct sector_copy *copy, struct ota_error *err)
{
    bool has_begun = false;
    uint32_t doubtful = 0;
    for (uint32_t at = 0; at < copy->size; at += OTA_SECTOR_SIZE) {
        bool is_same;
        if (!read_sector(copy, at, &is_same, err))
            return false;
        if (is_same && is_blank(copy->sector))
            continue;
        if (!is_same &&
            ((!has_begun && !erase(copy, doubtful, at, err)) ||
             !ota_flash_put_sector(copy->flash, copy->to + at, copy->sector,
                                   &copy->erases, err)))
            return false;
        has_begun |= !is_same;
        doubtful = at + OTA_SECTOR_SIZE;
    }
    return true;
}
