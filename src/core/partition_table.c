/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/partition_table.h"
#include "otatool/bytes.h"
#include <string.h>

enum {
    ROW_SIZE = OTA_PARTITION_ENTRY_SIZE,
    MAX_ROWS = OTA_PARTITION_TABLE_SIZE / ROW_SIZE,
    SECTOR = OTA_PARTITION_TABLE_SECTOR,
    SEARCHED = 0x20000, /* tables lie before the first app */
    MD5_FILL = 14,      /* bytes ff between the MD5 row's mark and digest */
};

static bool is_blank(const uint8_t *row)
{
    for (int i = 0; i < ROW_SIZE; i++)
        if (row[i] != 0xff)
            return false;
    return true;
}

static void decode(const uint8_t *row, struct ota_partition *partition)
{
    partition->type = row[2];
    partition->subtype = row[3];
    partition->offset = read_le32(row + 4);
    partition->size = read_le32(row + 8);
    partition->flags = read_le32(row + 28);
    /* What follows a NUL is no part of the name. */
    for (int i = 0; i < OTA_PARTITION_NAME_SIZE && row[12 + i]; i++)
        partition->name[i] = (char)row[12 + i];
}

/* Rows may follow the MD5; the first one is kept. */
static void take_md5(struct ota_partition_table *table, const uint8_t *row)
{
    if (table->has_md5)
        return;
    table->has_md5 = true;
    table->md5_covers = table->count * (uint32_t)ROW_SIZE;
    memcpy(table->md5, row + ROW_SIZE - sizeof(table->md5), sizeof(table->md5));
}

static bool take_row(struct ota_partition_table *table, const uint8_t *row,
                     struct ota_error *err)
{
    uint16_t magic = read_le16(row);
    if (magic == OTA_PARTITION_MD5_MAGIC) {
        take_md5(table, row);
        return true;
    }
    if (magic != OTA_PARTITION_MAGIC)
        return ota_fail(err, OTA_E_TABLE_ENTRY, .part = "entry",
                        .index = table->count + 1u,
                        .expected = OTA_PARTITION_MAGIC, .actual = magic);
    if (table->count == OTA_PARTITION_MAX)
        return ota_fail(err, OTA_E_TABLE_FULL, .part = "partition table",
                        .expected = OTA_PARTITION_MAX,
                        .actual = OTA_PARTITION_MAX + 1);
    decode(row, &table->entries[table->count++]);
    return true;
}

bool ota_partition_table_parse(struct ota_partition_table *table,
                               const struct ota_source *source, uint32_t offset,
                               struct ota_error *err)
{
    uint8_t row[ROW_SIZE];
    memset(table, 0, sizeof(*table));
    for (uint32_t i = 0; i < MAX_ROWS; i++) {
        uint32_t at = offset + i * ROW_SIZE;
        if (at < offset || at == source->size)
            break;
        if (!ota_source_read(source, at, row, ROW_SIZE, err))
            return false;
        if (is_blank(row))
            return true;
        if (!take_row(table, row, err)) {
            if (err)
                err->offset = at;
            return false;
        }
    }
    return ota_fail(err, OTA_E_TABLE_END, .part = "partition table",
                    .offset = offset);
}

bool ota_partition_table_search(struct ota_partition_table *table,
                                const struct ota_source *source, uint32_t start,
                                uint32_t *offset, struct ota_error *err)
{
    uint32_t first = (start + SECTOR - 1) & ~(uint32_t)(SECTOR - 1);
    for (uint32_t at = first; at < first + SEARCHED; at += SECTOR) {
        struct ota_error why;
        *offset = at;
        if (ota_partition_table_parse(table, source, at, &why)) {
            if (table->count > 0)
                return true;
        } else if (why.code == OTA_E_FLASH_READ) {
            return ota_error_set(err, why);
        }
    }
    return ota_fail(err, OTA_E_PACK_NO_TABLE, .part = "flash", .offset = first);
}

static void encode(const struct ota_partition *partition, uint8_t *row)
{
    memset(row, 0, ROW_SIZE);
    write_le16(row, OTA_PARTITION_MAGIC);
    row[2] = partition->type;
    row[3] = partition->subtype;
    write_le32(row + 4, partition->offset);
    write_le32(row + 8, partition->size);
    memcpy(row + 12, partition->name, OTA_PARTITION_NAME_SIZE);
    write_le32(row + 28, partition->flags);
}

bool ota_partition_table_build(const struct ota_partition_table *table,
                               const uint8_t *md5,
                               uint8_t out[OTA_PARTITION_TABLE_SIZE],
                               struct ota_error *err)
{
    uint32_t limit = OTA_PARTITION_MAX - (md5 ? 1u : 0u);
    if (table->count > limit)
        return ota_fail(err, OTA_E_TABLE_FULL, .part = "partition table",
                        .expected = limit, .actual = table->count);
    memset(out, 0xff, OTA_PARTITION_TABLE_SIZE);
    for (uint32_t i = 0; i < table->count; i++)
        encode(&table->entries[i], out + i * ROW_SIZE);
    if (md5) {
        uint8_t *row = out + (uint32_t)table->count * ROW_SIZE;
        write_le16(row, OTA_PARTITION_MD5_MAGIC);
        memcpy(row + 2 + MD5_FILL, md5, sizeof(table->md5));
    }
    return true;
}

const struct ota_partition *
ota_partition_table_find(const struct ota_partition_table *table, uint8_t type,
                         uint8_t subtype)
{
    for (uint32_t i = 0; i < table->count; i++)
        if (table->entries[i].type == type &&
            table->entries[i].subtype == subtype)
            return &table->entries[i];
    return NULL;
}
