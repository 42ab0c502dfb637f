/* SPDX-License-Identifier: Apache-2.0 */
/* Sectors copied from one place of the flash to another, for all engines. */
#ifndef OTATOOL_CORE_SECTOR_COPY_H
#define OTATOOL_CORE_SECTOR_COPY_H

#include "otatool/flash.h"

struct sector_copy {
    const struct ota_flash *flash;
    uint8_t *sector; /* scratch, OTA_SECTOR_SIZE bytes, aligned to 4 */
    uint32_t from;
    uint32_t to;   /* no sector of it is one of the source's */
    uint32_t size; /* bytes; rounded up to sectors */
    /* Called before each sector; may be NULL. */
    void (*tick)(void *context, uint32_t done, uint32_t total);
    void *context;
    uint32_t erases; /* counted up */
};

/*
 * Erases and writes the sectors that differ. Blank ones just before the first
 * of them are erased in any case: when this was cut off before, that was at
 * the last of them at most, and what such an erase has left may not last.
 */
OTA_CHECKED bool sector_copy_run(struct sector_copy *copy,
                                 struct ota_error *err);

#endif
