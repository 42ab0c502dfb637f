/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/pack.h"
#include "otatool/boot_mark.h"
#include "otatool/bytes.h"
#include "otatool/crc32.h"
#include "otatool/flash_map.h"
#include <string.h>

static uint32_t sector_down(uint32_t address)
{
    return address & ~(OTA_SECTOR_SIZE - 1);
}

static uint64_t sector_up(uint64_t address)
{
    return (address + OTA_SECTOR_SIZE - 1) & ~(uint64_t)(OTA_SECTOR_SIZE - 1);
}

static uint64_t end_of(const struct ota_pack_part *part)
{
    return (uint64_t)part->address + part->size;
}

static void swap_parts(struct ota_pack_part *a, struct ota_pack_part *b)
{
    struct ota_pack_part kept = *a;
    *a = *b;
    *b = kept;
}

/* Stable, so that of two equal addresses the later argument is named. */
static void sort_by_address(struct ota_pack_part *parts, size_t count,
                            size_t *app)
{
    for (size_t i = 1; i < count; i++)
        for (size_t j = i; j > 0 && parts[j].address < parts[j - 1].address;
             j--) {
            swap_parts(&parts[j], &parts[j - 1]);
            if (*app == j)
                *app = j - 1;
            else if (*app == j - 1)
                *app = j;
        }
}

bool ota_pack_arrange(struct ota_pack_part *parts, size_t count, size_t *app,
                      struct ota_error *err)
{
    for (size_t i = 0; i < count; i++)
        if (parts[i].address == 0)
            parts[i].address = OTA_PACK_BASE;
    sort_by_address(parts, count, app);
    for (size_t i = 0; i < count; i++)
        if (end_of(&parts[i]) > UINT32_MAX)
            return ota_fail(err, OTA_E_PACK_ADDRESS, .subject = parts[i].name,
                            .expected = UINT32_MAX,
                            .actual = end_of(&parts[i]));
    for (size_t i = 1; i < count; i++)
        if (sector_down(parts[i].address) < sector_up(end_of(&parts[i - 1])))
            return ota_fail(err, OTA_E_PACK_OVERLAP, .subject = parts[i].name,
                            .detail = parts[i - 1].name,
                            .expected = sector_up(end_of(&parts[i - 1])),
                            .actual = parts[i].address);
    if (parts[*app].address == OTA_PACK_BASE)
        return ota_fail(err, OTA_E_PACK_APP_IS_FIRST,
                        .subject = parts[*app].name,
                        .actual = parts[*app].address);
    if (*app != count - 1)
        return ota_fail(
            err, OTA_E_PACK_APP_NOT_LAST, .subject = parts[count - 1].name,
            .detail = parts[*app].name, .expected = parts[*app].address,
            .actual = parts[count - 1].address);
    return true;
}

uint64_t ota_pack_size(const struct ota_pack_part *parts, size_t count)
{
    return end_of(&parts[count - 1]) - parts[0].address + OTA_PACK_CRC_SIZE;
}

void ota_pack_build(const struct ota_pack_part *parts, size_t count,
                    uint8_t *out)
{
    uint32_t base = parts[0].address;
    uint32_t filled = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t offset = parts[i].address - base;
        memset(out + filled, 0xff, offset - filled);
        if (parts[i].size > 0)
            memcpy(out + offset, parts[i].data, parts[i].size);
        filled = offset + parts[i].size;
    }
}

void ota_pack_seal(uint8_t *out, uint32_t size, uint32_t crc)
{
    write_le32(out + size - OTA_PACK_CRC_SIZE, ota_crc32_old_sdk(crc));
}

static uint32_t body_size(const struct ota_pack *pack)
{
    return pack->size - OTA_PACK_CRC_SIZE;
}

static bool has_table_magic(const struct ota_source *source, uint32_t offset)
{
    uint8_t magic[2];
    return ota_source_read(source, offset, magic, sizeof(magic), NULL) &&
           read_le16(magic) == OTA_PARTITION_MAGIC;
}

/*
 * Nothing in a pack tells where its table lies. It begins a sector behind the
 * bootloader, and before any app; a bootloader's own data are skipped.
 */
static void find_table(struct ota_pack *pack)
{
    uint32_t start =
        pack->has_bootloader ? sector_down(pack->bootloader.size - 1) : 0;
    for (uint32_t offset = start + OTA_SECTOR_SIZE; offset < body_size(pack);
         offset += OTA_SECTOR_SIZE) {
        if (!has_table_magic(&pack->source, offset))
            continue;
        pack->table_address = offset + OTA_PACK_BASE;
        pack->has_table = ota_partition_table_parse(&pack->table, &pack->source,
                                                    offset, &pack->table_error);
        return;
    }
    ota_fail(&pack->table_error, OTA_E_PACK_NO_TABLE, .part = "pack");
}

static void find_app(struct ota_pack *pack)
{
    const struct ota_partition *ota_0 =
        pack->has_table
            ? ota_partition_table_find(&pack->table, OTA_PARTITION_APP,
                                       OTA_PARTITION_APP_OTA_0)
            : NULL;
    if (!ota_0) {
        ota_fail(&pack->app_error, OTA_E_PACK_NO_OTA_0,
                 .part = "partition table");
        return;
    }
    pack->app_address = ota_0->offset;
    uint32_t end = body_size(pack) + OTA_PACK_BASE;
    if (ota_0->offset < OTA_PACK_BASE || ota_0->offset >= end) {
        ota_fail(&pack->app_error, OTA_E_PACK_NO_APP, .part = "app",
                 .expected = ota_0->offset, .actual = end);
        return;
    }
    pack->app_size = end - ota_0->offset;
    /* The CRC at the end is not part of the app. */
    struct ota_source body = pack->source;
    body.size = body_size(pack);
    pack->has_app = ota_image_parse(
        &pack->app, &body, ota_0->offset - OTA_PACK_BASE, &pack->app_error);
}

bool ota_pack_parse(struct ota_pack *pack, const struct ota_source *source,
                    uint32_t crc, struct ota_error *err)
{
    uint8_t stored[OTA_PACK_CRC_SIZE];
    memset(pack, 0, sizeof(*pack));
    pack->source = *source;
    pack->size = source->size;
    if (source->size < OTA_PACK_CRC_SIZE)
        return ota_fail(err, OTA_E_TRUNCATED, .expected = OTA_PACK_CRC_SIZE,
                        .actual = source->size);
    if (!ota_source_read(source, body_size(pack), stored, sizeof(stored), err))
        return false;
    pack->crc = read_le32(stored);
    pack->crc_actual = ota_crc32_old_sdk(crc);
    pack->crc_is_plain = pack->crc == crc && pack->crc != pack->crc_actual;
    pack->has_bootloader =
        ota_image_parse(&pack->bootloader, source, 0, &pack->bootloader_error);
    pack->has_own_boot =
        pack->has_bootloader && ota_boot_is_ours(&pack->bootloader, source);
    find_table(pack);
    find_app(pack);
    return true;
}
