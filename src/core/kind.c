/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/kind.h"
#include "otatool/bytes.h"
#include "otatool/crc32.h"
#include "otatool/image.h"
#include "otatool/otadata.h"
#include "otatool/pack.h"
#include "otatool/partition_table.h"
#include <string.h>

enum {
    BLOCK_SIZE = 256,
    SECTOR_SIZE = 0x1000,
    HEAD_SIZE = 16,          /* image header and first segment header */
    MIN_DUMP_SIZE = 0x80000, /* 512 KB, the smallest flash with a boot */
    OLD_BOOT_LIMIT = 4096,   /* bytes of segments, as port.c counts them */
    FLAT_COUNT = 3,          /* segments that a flat user image announces */
};

static const char *const names[OTA_KIND_COUNT] = {
    [OTA_KIND_UNKNOWN] = "unknown",
    [OTA_KIND_BOOTLOADER] = "bootloader",
    [OTA_KIND_APP] = "app",
    [OTA_KIND_APP_PAIR] = "app-pair",
    [OTA_KIND_USER] = "user-image",
    [OTA_KIND_USER_FLAT] = "user-image-1.1",
    [OTA_KIND_OLD_BOOT] = "old-boot",
    [OTA_KIND_PARTITION_TABLE] = "partition-table",
    [OTA_KIND_OTADATA] = "otadata",
    [OTA_KIND_PACK] = "pack",
    [OTA_KIND_FLASH_DUMP] = "flash-dump",
};

const char *ota_kind_name(enum ota_kind kind)
{
    return names[kind < OTA_KIND_COUNT ? kind : OTA_KIND_UNKNOWN];
}

/* What the first bytes say, zeros where the file is shorter. */
struct head {
    uint8_t bytes[HEAD_SIZE];
    uint32_t size;
};

static bool read_head(struct head *head, const struct ota_source *source,
                      uint32_t offset)
{
    uint32_t left = offset < source->size ? source->size - offset : 0;
    memset(head, 0, sizeof(*head));
    head->size = left < HEAD_SIZE ? left : HEAD_SIZE;
    return ota_source_read(source, offset, head->bytes, head->size, NULL);
}

static bool runs_from_flash(const struct head *head)
{
    const struct ota_image_segment first = {
        .address = read_le32(head->bytes + OTA_IMAGE_HEADER_SIZE),
    };
    return head->bytes[0] == OTA_IMAGE_MAGIC && head->size == HEAD_SIZE &&
           ota_image_segment_is_flash(&first);
}

static bool is_filled(const struct ota_source *source, uint32_t start,
                      uint32_t end)
{
    uint8_t block[BLOCK_SIZE];
    while (start < end) {
        uint32_t step = end - start < BLOCK_SIZE ? end - start : BLOCK_SIZE;
        if (!ota_source_read(source, start, block, step, NULL))
            return false;
        for (uint32_t i = 0; i < step; i++)
            if (block[i] != 0xff)
                return false;
        start += step;
    }
    return true;
}

static bool is_otadata(const struct ota_source *source)
{
    if (source->size != OTA_OTADATA_SIZE)
        return false;
    for (uint32_t copy = 0; copy < OTA_OTADATA_COPIES; copy++) {
        uint32_t start = copy * OTA_OTADATA_COPY_STRIDE;
        if (!is_filled(source, start + OTA_OTADATA_ENTRY_SIZE,
                       start + OTA_OTADATA_COPY_STRIDE))
            return false;
    }
    return true;
}

bool ota_kind_find_table(const struct ota_source *source, uint32_t start,
                         uint32_t *offset, uint32_t *ota_0)
{
    struct ota_partition_table table;
    uint8_t magic[2];
    for (uint32_t at = start; at < source->size && at >= start;
         at += SECTOR_SIZE) {
        if (!ota_source_read(source, at, magic, sizeof(magic), NULL) ||
            read_le16(magic) != OTA_PARTITION_MAGIC ||
            !ota_partition_table_parse(&table, source, at, NULL))
            continue;
        const struct ota_partition *app = ota_partition_table_find(
            &table, OTA_PARTITION_APP, OTA_PARTITION_APP_OTA_0);
        if (!app)
            continue;
        *offset = at;
        *ota_0 = app->offset;
        return true;
    }
    return false;
}

static bool crc_holds(const struct ota_source *source)
{
    uint8_t block[BLOCK_SIZE];
    uint32_t crc = 0;
    uint32_t end = source->size - OTA_PACK_CRC_SIZE;
    for (uint32_t at = 0; at < end;) {
        uint32_t step = end - at < BLOCK_SIZE ? end - at : BLOCK_SIZE;
        if (!ota_source_read(source, at, block, step, NULL))
            return false;
        crc = ota_crc32(crc, block, step);
        at += step;
    }
    return ota_source_read(source, end, block, OTA_PACK_CRC_SIZE, NULL) &&
           read_le32(block) == ota_crc32_old_sdk(crc);
}

/* The table cannot lie in the bootloader's own sectors. */
static bool is_pack(const struct ota_source *source)
{
    struct ota_image image;
    uint32_t table;
    uint32_t ota_0;
    uint32_t start = SECTOR_SIZE;
    if (ota_image_parse(&image, source, 0, NULL))
        start = (image.size + SECTOR_SIZE - 1) & ~(SECTOR_SIZE - 1u);
    return ota_kind_find_table(source, start, &table, &ota_0) &&
           ota_0 > table + OTA_PACK_BASE &&
           ota_0 - OTA_PACK_BASE < source->size;
}

/* Few files but dumps have such a size; a pack that has is told by its CRC. */
static bool is_dump(const struct ota_source *source)
{
    uint32_t size = source->size;
    return size >= MIN_DUMP_SIZE && (size & (size - 1)) == 0 &&
           !(is_pack(source) && crc_holds(source));
}

static uint32_t loaded_bytes(const struct ota_image *image)
{
    uint32_t bytes = 0;
    for (uint8_t i = 0; i < image->segment_count; i++)
        bytes += image->segments[i].size;
    return bytes;
}

static bool holds_text(const struct ota_source *source, const char *text,
                       uint32_t length)
{
    uint8_t block[BLOCK_SIZE];
    for (uint32_t at = 0; at + length <= source->size;
         at += BLOCK_SIZE - length + 1) {
        uint32_t left = source->size - at;
        uint32_t size = left < BLOCK_SIZE ? left : BLOCK_SIZE;
        if (!ota_source_read(source, at, block, size, NULL))
            return false;
        for (uint32_t i = 0; i + length <= size; i++)
            if (memcmp(block + i, text, length) == 0)
                return true;
    }
    return false;
}

static bool is_old_boot(const struct ota_source *source)
{
    static const char text[] = "2nd boot version";
    struct ota_image image;
    return source->size <= 2 * OLD_BOOT_LIMIT &&
           ota_image_parse(&image, source, 0, NULL) &&
           loaded_bytes(&image) <= OLD_BOOT_LIMIT &&
           holds_text(source, text, sizeof(text) - 1);
}

/* {0xE9, 3, 0, slot}, 0xFF up to 64 KB, then code. */
static bool is_flat_user(const struct ota_source *source,
                         const struct head *head)
{
    struct ota_image image;
    return source->size > OTA_KIND_FLAT_IROM && head->bytes[2] == 0 &&
           head->bytes[1] == FLAT_COUNT &&
           (head->bytes[3] == 1 || head->bytes[3] == 2) &&
           ota_image_parse(&image, source, 0, NULL) &&
           image.size <= OTA_KIND_FLAT_IROM &&
           is_filled(source, image.size, OTA_KIND_FLAT_IROM);
}

static bool is_pair(const struct ota_source *source)
{
    struct head second;
    return source->size % 2 == 0 &&
           read_head(&second, source, source->size / 2) &&
           runs_from_flash(&second);
}

static enum ota_kind kind_of_image(const struct ota_source *source,
                                   const struct head *head)
{
    if (runs_from_flash(head))
        return is_pair(source) ? OTA_KIND_APP_PAIR : OTA_KIND_APP;
    if (is_dump(source))
        return OTA_KIND_FLASH_DUMP;
    if (is_old_boot(source))
        return OTA_KIND_OLD_BOOT;
    if (is_pack(source))
        return OTA_KIND_PACK;
    return is_flat_user(source, head) ? OTA_KIND_USER_FLAT
                                      : OTA_KIND_BOOTLOADER;
}

enum ota_kind ota_kind_of(const struct ota_source *source)
{
    struct head head;
    if (!read_head(&head, source, 0) || head.size < 2)
        return OTA_KIND_UNKNOWN;
    if (head.bytes[0] == OTA_IMAGE_MAGIC)
        return kind_of_image(source, &head);
    if (head.bytes[0] == OTA_IMAGE_CONTAINER_MAGIC)
        return OTA_KIND_USER;
    uint16_t magic = read_le16(head.bytes);
    if (magic == OTA_PARTITION_MAGIC || magic == OTA_PARTITION_MD5_MAGIC)
        return OTA_KIND_PARTITION_TABLE;
    return is_otadata(source) ? OTA_KIND_OTADATA : OTA_KIND_UNKNOWN;
}
