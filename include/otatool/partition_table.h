/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The partition table of the IDF-style SDK.
 *
 * In flash it is 0xC00 bytes: entries of 32 bytes, then optionally an MD5
 * row, then 0xFF. (gen_esp32part.py, flash_partitions.c)
 */
#ifndef OTATOOL_PARTITION_TABLE_H
#define OTATOOL_PARTITION_TABLE_H

#include "otatool/error.h"
#include "otatool/source.h"
#include <stddef.h>

enum {
    OTA_PARTITION_TABLE_SIZE = 0xc00,
    OTA_PARTITION_TABLE_SECTOR = 0x1000, /* what it occupies in flash */
    OTA_PARTITION_ENTRY_SIZE = 32,
    OTA_PARTITION_MAX = 95,
    OTA_PARTITION_NAME_SIZE = 16,
    OTA_PARTITION_MAGIC = 0x50aa,     /* bytes aa 50 */
    OTA_PARTITION_MD5_MAGIC = 0xebeb, /* bytes eb eb, then 14 times ff */
};

enum ota_partition_type {
    OTA_PARTITION_APP = 0,
    OTA_PARTITION_DATA = 1,
};

enum ota_partition_subtype {
    OTA_PARTITION_APP_FACTORY = 0x00,
    OTA_PARTITION_APP_OTA_0 = 0x10, /* to 0x1f: ota_15 */
    OTA_PARTITION_APP_TEST = 0x20,
    OTA_PARTITION_DATA_OTADATA = 0x00,
    OTA_PARTITION_DATA_PHY = 0x01,
    OTA_PARTITION_DATA_NVS = 0x02,
};

struct ota_partition {
    uint8_t type;
    uint8_t subtype;
    uint32_t offset;                        /* in flash, bytes */
    uint32_t size;                          /* bytes */
    char name[OTA_PARTITION_NAME_SIZE + 1]; /* terminated; any bytes */
    uint32_t flags;                         /* bit 0: encrypted */
};

struct ota_partition_table {
    uint16_t count;
    bool has_md5;
    uint8_t md5[16];     /* as stored, when has_md5 */
    uint32_t md5_covers; /* bytes before the MD5 row, which it digests */
    struct ota_partition entries[OTA_PARTITION_MAX];
};

/*
 * Reads the table at offset in source: at most 0xC00 bytes, up to 32 bytes of
 * 0xFF, without which neither bootloader nor build takes a table. An erased
 * place reads as a table without entries. The MD5 is not computed here:
 * compare a digest of md5_covers bytes. Entries may follow the MD5 row.
 */
OTA_CHECKED bool ota_partition_table_parse(struct ota_partition_table *table,
                                           const struct ota_source *source,
                                           uint32_t offset,
                                           struct ota_error *err);

/*
 * Finds the table of a bootloader that ends at start: its place is written
 * down nowhere, but it begins the first sector behind that parses as a table
 * with entries. Fails with OTA_E_PACK_NO_TABLE where none does, and where a
 * flash cannot be read now.
 */
OTA_CHECKED bool ota_partition_table_search(struct ota_partition_table *table,
                                            const struct ota_source *source,
                                            uint32_t start, uint32_t *offset,
                                            struct ota_error *err);

/*
 * Writes the entries as 0xC00 bytes padded with 0xFF. With md5 (16 bytes,
 * may be NULL) an MD5 row follows the entries; it digests the first
 * 32 * count bytes of out, so a caller builds twice: without, then with.
 */
OTA_CHECKED bool ota_partition_table_build(
    const struct ota_partition_table *table, const uint8_t *md5,
    uint8_t out[OTA_PARTITION_TABLE_SIZE], struct ota_error *err);

/* The first entry of a kind, or NULL. */
const struct ota_partition *
ota_partition_table_find(const struct ota_partition_table *table, uint8_t type,
                         uint8_t subtype);

/* The address after the last byte of a partition; may exceed 32 bits. */
static inline uint64_t ota_partition_end(const struct ota_partition *partition)
{
    return (uint64_t)partition->offset + partition->size;
}

#endif
