/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flash chip that engines write: the chip's own through the ROM, a part of
 * memory with faults in a simulation.
 *
 * NOR rules: erase sets a sector's bits, write only clears bits. Offsets and
 * sizes are multiples of 4, buffers are aligned to 4; a caller that breaks
 * this is refused.
 */
#ifndef OTATOOL_FLASH_H
#define OTATOOL_FLASH_H

#include "otatool/flash_map.h"
#include "otatool/source.h"

struct ota_flash {
    uint32_t size; /* bytes; whole sectors of OTA_SECTOR_SIZE */
    /* Each fails with OTA_E_FLASH_READ, _WRITE or _ERASE. */
    bool (*read)(void *context, uint32_t offset, void *data, uint32_t size,
                 struct ota_error *err);
    bool (*write)(void *context, uint32_t offset, const void *data,
                  uint32_t size, struct ota_error *err);
    /* offset is that of a sector. */
    bool (*erase)(void *context, uint32_t offset, struct ota_error *err);
    void *context; /* for the three; borrowed */
};

/* flash as bytes to read, for the parsers; any offset and size. */
struct ota_source ota_flash_source(const struct ota_flash *flash);

OTA_CHECKED bool ota_flash_read(const struct ota_flash *flash, uint32_t offset,
                                void *data, uint32_t size,
                                struct ota_error *err);

/* Writes erased or cleared bits and reads them back: OTA_E_FLASH_READBACK
 * where the chip holds something else. */
OTA_CHECKED bool ota_flash_write(const struct ota_flash *flash, uint32_t offset,
                                 const void *data, uint32_t size,
                                 struct ota_error *err);

/* Erases a sector and reads it back. */
OTA_CHECKED bool ota_flash_erase(const struct ota_flash *flash, uint32_t offset,
                                 struct ota_error *err);

/*
 * Makes a sector hold data (OTA_SECTOR_SIZE bytes, aligned to 4): nothing
 * where it does already, else erase and write. A sector that merely reads as
 * erased is not trusted: an erase that the power was lost in may have left
 * bits that do not last. *erases, when not NULL, is counted up.
 */
OTA_CHECKED bool ota_flash_put_sector(const struct ota_flash *flash,
                                      uint32_t offset, const void *data,
                                      uint32_t *erases, struct ota_error *err);

/* Whether size bytes at offset are those of data; with NULL, erased. */
OTA_CHECKED bool ota_flash_compare(const struct ota_flash *flash,
                                   uint32_t offset, const void *data,
                                   uint32_t size, bool *is_same,
                                   struct ota_error *err);

#endif
