/* SPDX-License-Identifier: Apache-2.0 */
/* Rules over a pack's bytes, whatever device takes it. */
#include "otatool/rules.h"
#include "otatool/boot_mark.h"
#include "otatool/bytes.h"
#include <string.h>

enum { BLOCK_SIZE = 256 };

/* Two facts in one: where a segment may be loaded without hitting the old
 * boots' own code and stack. (measured on boot_v1.2, 1.6 and 1.7) */
static const struct {
    uint32_t start;
    uint32_t end;
} loadable[] = {
    {0x40100000, 0x40108000},
    {0x3ffe8000, 0x3ffffc00},
};

/* The SDK's option to silence the ROM adds 8 zero bytes at this register. */
#define ROM_PRINT_REGISTER 0x60000014u

static bool crc_holds(const struct ota_pack *pack, struct ota_error *err)
{
    if (pack->crc == pack->crc_actual)
        return true;
    return ota_fail(err, OTA_E_PACK_CRC, .part = "CRC",
                    .offset = pack->size - OTA_PACK_CRC_SIZE,
                    .expected = pack->crc_actual, .actual = pack->crc,
                    .detail = pack->crc_is_plain
                                  ? "a plain CRC-32 without the old SDK's "
                                    "last step"
                                  : NULL);
}

static bool length_holds(const struct ota_pack *pack, struct ota_error *err)
{
    if (pack->size % 4 == 0)
        return true;
    return ota_fail(err, OTA_E_PACK_LENGTH, .part = "pack",
                    .expected = pack->size & ~3u, .actual = pack->size);
}

/* A wrong magic means that something else is there; what else made a piece
 * unreadable is told in its own words. */
static bool fail_image(struct ota_error *err, enum ota_code code,
                       const char *part, const struct ota_error *cause)
{
    struct ota_error facts = *cause;
    facts.part = part;
    facts.index = 0;
    if (facts.code == OTA_E_IMAGE_MAGIC)
        facts.code = code;
    return ota_error_set(err, facts);
}

static bool bootloader_image_holds(const struct ota_pack *pack,
                                   struct ota_error *err)
{
    return pack->has_bootloader ||
           fail_image(err, OTA_E_BOOTLOADER_IMAGE, "bootloader",
                      &pack->bootloader_error);
}

static bool bootloader_checksum_holds(const struct ota_pack *pack,
                                      struct ota_error *err)
{
    const struct ota_image *image = &pack->bootloader;
    if (!pack->has_bootloader || image->checksum == image->checksum_actual)
        return true;
    return ota_fail(err, OTA_E_BOOTLOADER_CHECKSUM, .part = "bootloader",
                    .offset = image->checksum_offset,
                    .expected = image->checksum_actual,
                    .actual = image->checksum);
}

/* Old boots print this at every start; no new bootloader does. */
static bool bootloader_is_new(const struct ota_pack *pack,
                              struct ota_error *err)
{
    static const char text[] = "2nd boot version";
    if (!pack->has_bootloader ||
        !ota_boot_holds(&pack->bootloader, &pack->source, text,
                        sizeof(text) - 1, 1))
        return true;
    return ota_fail(err, OTA_E_BOOTLOADER_IS_OLD, .part = "bootloader");
}

static bool is_loadable(const struct ota_image_segment *segment)
{
    if (segment->size == 0)
        return true;
    if (segment->address == ROM_PRINT_REGISTER && segment->size == 8)
        return true;
    for (size_t i = 0; i < sizeof(loadable) / sizeof(loadable[0]); i++)
        if (segment->address >= loadable[i].start &&
            (uint64_t)segment->address + segment->size <= loadable[i].end)
            return true;
    return false;
}

static bool bootloader_range_holds(const struct ota_pack *pack,
                                   struct ota_error *err)
{
    if (!pack->has_bootloader)
        return true;
    for (uint32_t i = 0; i < pack->bootloader.segment_count; i++) {
        const struct ota_image_segment *segment = &pack->bootloader.segments[i];
        if (!is_loadable(segment))
            return ota_fail(
                err, OTA_E_BOOTLOADER_RANGE, .part = "bootloader segment",
                .index = i + 1, .offset = segment->offset,
                .expected = loadable[0].start, .actual = segment->address);
    }
    return true;
}

static bool bootloader_entry_holds(const struct ota_pack *pack,
                                   struct ota_error *err)
{
    const struct ota_image *image = &pack->bootloader;
    if (!pack->has_bootloader)
        return true;
    for (size_t i = 0; i < image->segment_count; i++)
        if (image->segments[i].address >= loadable[0].start &&
            image->entry >= image->segments[i].address &&
            image->entry - image->segments[i].address < image->segments[i].size)
            return true;
    return ota_fail(err, OTA_E_BOOTLOADER_ENTRY, .part = "bootloader",
                    .actual = image->entry);
}

static bool bootloader_size_holds(const struct ota_pack *pack,
                                  struct ota_error *err)
{
    if (!pack->has_bootloader || !pack->has_table ||
        pack->bootloader.size + OTA_PACK_BASE <= pack->table_address)
        return true;
    return ota_fail(err, OTA_E_BOOTLOADER_SIZE, .part = "bootloader",
                    .expected = pack->table_address,
                    .actual = pack->bootloader.size + OTA_PACK_BASE);
}

static bool bootloader_segments_hold(const struct ota_pack *pack,
                                     struct ota_error *err)
{
    if (!pack->has_bootloader || pack->bootloader.segment_count == 3)
        return true;
    return ota_fail(err, OTA_E_BOOTLOADER_SEGMENTS, .part = "bootloader",
                    .offset = 1, .expected = 3,
                    .actual = pack->bootloader.segment_count);
}

static bool slot_stamp_holds(const struct ota_pack *pack, struct ota_error *err)
{
    if (!pack->has_bootloader || ota_pack_stamp(pack))
        return true;
    return ota_fail(err, OTA_E_SLOT_STAMP, .part = "bootloader", .offset = 3,
                    .actual = pack->bootloader.size_frequency);
}

static bool flash_mode_holds(const struct ota_pack *pack, struct ota_error *err)
{
    if (!pack->has_bootloader || pack->bootloader.mode >= OTA_FLASH_DIO)
        return true;
    return ota_fail(err, OTA_E_FLASH_MODE, .part = "bootloader", .offset = 2,
                    .actual = pack->bootloader.mode);
}

/* Our own bootloader asks the flash chip, whatever its header says. */
static uint32_t bootloader_flash_size(const struct ota_pack *pack)
{
    if (!pack->has_bootloader || pack->has_own_boot || ota_pack_stamp(pack))
        return 0;
    const struct ota_flash_map *map =
        ota_flash_map_by_code(pack->bootloader.size_frequency >> 4);
    return map ? map->flash_size : 0;
}

/* The SDK's tool writes an app's flash size in the codes of the ESP32. */
static uint32_t app_flash_size(const struct ota_pack *pack)
{
    uint8_t code = pack->app.size_frequency >> 4;
    return pack->has_app && code <= 4 ? 0x100000u << code : 0;
}

uint32_t ota_pack_flash_size(const struct ota_pack *pack)
{
    uint32_t size = bootloader_flash_size(pack);
    return size ? size : app_flash_size(pack);
}

uint8_t ota_pack_stamp(const struct ota_pack *pack)
{
    uint8_t byte3 = pack->has_bootloader ? pack->bootloader.size_frequency : 0;
    return byte3 == 1 || byte3 == 2 ? byte3 : 0;
}

static bool flash_sizes_agree(const struct ota_pack *pack,
                              struct ota_error *err)
{
    uint32_t bootloader = bootloader_flash_size(pack);
    uint32_t app = app_flash_size(pack);
    if (!bootloader || !app || bootloader == app ||
        pack->app.size_frequency >> 4 == pack->bootloader.size_frequency >> 4)
        return true;
    return ota_fail(err, OTA_E_FLASH_SIZES_DIFFER, .part = "app",
                    .expected = bootloader, .actual = app);
}

static bool table_is_there(const struct ota_pack *pack, struct ota_error *err)
{
    if (pack->has_table)
        return true;
    return ota_error_set(err, pack->table_error);
}

static uint32_t lowest_partition(const struct ota_partition_table *table)
{
    uint32_t lowest = UINT32_MAX;
    for (size_t i = 0; i < table->count; i++)
        if (table->entries[i].offset < lowest)
            lowest = table->entries[i].offset;
    return lowest;
}

/*
 * The bootloader's idea of the table's place is a constant in its code, in
 * no header. A table is trusted where that constant stands in the code, or
 * where its first partition follows it directly, as all tables made for
 * their place do; a gap tells of a table made for another place.
 */
static bool table_place_holds(const struct ota_pack *pack,
                              struct ota_error *err)
{
    if (!pack->has_table || pack->has_own_boot) /* it searches its table */
        return true;
    uint32_t expected = pack->built_for_table;
    if (!expected) {
        uint8_t literal[4];
        write_le32(literal, pack->table_address);
        if (pack->has_bootloader &&
            ota_boot_holds(&pack->bootloader, &pack->source, literal,
                           sizeof(literal), 4))
            return true;
        expected = lowest_partition(&pack->table) - OTA_PARTITION_TABLE_SECTOR;
    }
    if (pack->table_address == expected)
        return true;
    return ota_fail(err, OTA_E_TABLE_PLACE, .part = "partition table",
                    .expected = expected, .actual = pack->table_address);
}

static bool table_md5_holds(const struct ota_pack *pack, struct ota_error *err)
{
    if (pack->table_md5 != OTA_CHECK_WRONG)
        return true;
    return ota_fail(err, OTA_E_TABLE_MD5, .part = "partition table",
                    .offset = pack->table_address - OTA_PACK_BASE +
                              pack->table.md5_covers);
}

/* Without a table, that is what is reported. */
static bool app_image_holds(const struct ota_pack *pack, struct ota_error *err)
{
    return pack->has_app || !pack->has_table ||
           fail_image(err, OTA_E_APP_IMAGE, "app", &pack->app_error);
}

static uint32_t app_offset(const struct ota_pack *pack)
{
    return pack->app_address - OTA_PACK_BASE;
}

static bool app_checksum_holds(const struct ota_pack *pack,
                               struct ota_error *err)
{
    if (!pack->has_app || pack->app.checksum == pack->app.checksum_actual)
        return true;
    return ota_fail(err, OTA_E_APP_CHECKSUM, .part = "app",
                    .offset = app_offset(pack) + pack->app.checksum_offset,
                    .expected = pack->app.checksum_actual,
                    .actual = pack->app.checksum);
}

static bool app_digest_holds(const struct ota_pack *pack, struct ota_error *err)
{
    if (pack->app_digest != OTA_CHECK_WRONG)
        return true;
    return ota_fail(err, OTA_E_APP_DIGEST, .part = "app",
                    .offset = app_offset(pack) + pack->app.size);
}

static bool app_runs_from_flash(const struct ota_pack *pack)
{
    return pack->app.segment_count > 0 &&
           ota_image_segment_is_flash(&pack->app.segments[0]);
}

static bool app_is_v3(const struct ota_pack *pack, struct ota_error *err)
{
    if (!pack->has_app || app_runs_from_flash(pack))
        return true;
    return ota_fail(
        err, OTA_E_APP_NOT_V3, .part = "app segment", .index = 1,
        .offset = app_offset(pack) + OTA_IMAGE_HEADER_SIZE,
        .expected = OTA_IMAGE_FLASH_WINDOW,
        .actual = pack->app.segment_count ? pack->app.segments[0].address : 0);
}

/* The flash window shows 1 MB: an app runs where its slot lies modulo that.
 * (ld script of the SDK v3: 0x40200010 + (APP_OFFSET & 0xFFFFF)) */
static bool app_link_holds(const struct ota_pack *pack, struct ota_error *err)
{
    if (!pack->has_app || !app_runs_from_flash(pack))
        return true;
    const struct ota_image_segment *first = &pack->app.segments[0];
    uint32_t expected =
        OTA_IMAGE_FLASH_WINDOW + (pack->app_address & 0xfffffu) + first->offset;
    if (first->address == expected)
        return true;
    return ota_fail(err, OTA_E_APP_LINK, .part = "app segment", .index = 1,
                    .offset = app_offset(pack) + OTA_IMAGE_HEADER_SIZE,
                    .expected = expected, .actual = first->address);
}

static bool app_size_holds(const struct ota_pack *pack, struct ota_error *err)
{
    const struct ota_partition *ota_0 = ota_partition_table_find(
        &pack->table, OTA_PARTITION_APP, OTA_PARTITION_APP_OTA_0);
    if (!pack->has_table || !ota_0 || pack->app_size <= ota_0->size)
        return true;
    return ota_fail(err, OTA_E_APP_SIZE, .part = "app", .expected = ota_0->size,
                    .actual = pack->app_size);
}

static bool app_ends_the_pack(const struct ota_pack *pack,
                              struct ota_error *err)
{
    uint32_t with_digest = pack->app.size + OTA_IMAGE_DIGEST_SIZE;
    if (!pack->has_app || pack->app_size == pack->app.size ||
        pack->app_size == with_digest)
        return true;
    return ota_fail(err, OTA_E_APP_TRAILING, .part = "app",
                    .offset = app_offset(pack) + pack->app.size,
                    .expected = with_digest, .actual = pack->app_size);
}

static bool is_blank(const struct ota_pack *pack, uint32_t offset,
                     uint32_t size)
{
    uint8_t block[BLOCK_SIZE];
    while (size > 0) {
        uint32_t n = size < sizeof(block) ? size : sizeof(block);
        if (!ota_source_read(&pack->source, offset, block, n, NULL))
            return true;
        for (uint32_t i = 0; i < n; i++)
            if (block[i] != 0xff)
                return false;
        offset += n;
        size -= n;
    }
    return true;
}

static bool is_meant_blank(const struct ota_partition *partition)
{
    return partition->type == OTA_PARTITION_DATA &&
           (partition->subtype == OTA_PARTITION_DATA_OTADATA ||
            partition->subtype == OTA_PARTITION_DATA_NVS);
}

static bool blanks_are_blank(const struct ota_pack *pack, struct ota_error *err)
{
    if (!pack->has_table || !pack->app_size)
        return true;
    for (uint32_t i = 0; i < pack->table.count; i++) {
        const struct ota_partition *partition = &pack->table.entries[i];
        if (!is_meant_blank(partition) || partition->offset < OTA_PACK_BASE ||
            ota_partition_end(partition) > pack->app_address)
            continue;
        uint32_t offset = partition->offset - OTA_PACK_BASE;
        if (!is_blank(pack, offset, partition->size))
            return ota_fail(err, OTA_E_OTADATA_STALE, .part = "partition",
                            .index = i + 1, .offset = offset);
    }
    return true;
}

/* NonOS 3.x drops a packet whose text, up to its first NUL, has a status
 * line; packets begin at multiples of the usual segment size. */
static bool has_no_status_text(const struct ota_pack *pack,
                               struct ota_error *err)
{
    enum { SEGMENT_SIZE = 1460 };
    static const char text[] = "200 OK\r\n";
    uint8_t segment[SEGMENT_SIZE];
    for (uint32_t at = 0; at < pack->size; at += SEGMENT_SIZE) {
        uint32_t size = pack->size - at;
        if (size > SEGMENT_SIZE)
            size = SEGMENT_SIZE;
        if (!ota_source_read(&pack->source, at, segment, size, NULL))
            return true;
        for (uint32_t i = 0; i + sizeof(text) - 1 <= size && segment[i]; i++)
            if (segment[i] == text[0] &&
                memcmp(segment + i, text, sizeof(text) - 1) == 0)
                return ota_fail(err, OTA_E_STATUS_TEXT, .part = "pack",
                                .offset = at + i);
    }
    return true;
}

const struct ota_pack_rule ota_pack_rules[] = {
    {OTA_E_BOOTLOADER_IMAGE, OTA_REFUSE, "measured on boot_v1.2 to 1.7",
     bootloader_image_holds},
    {OTA_E_BOOTLOADER_CHECKSUM, OTA_REFUSE, "measured on boot_v1.2 to 1.7",
     bootloader_checksum_holds},
    {OTA_E_BOOTLOADER_IS_OLD, OTA_REFUSE, "NonOS SDK, boot_v1.x",
     bootloader_is_new},
    {OTA_E_BOOTLOADER_RANGE, OTA_REFUSE, "measured on boot_v1.2 to 1.7",
     bootloader_range_holds},
    {OTA_E_BOOTLOADER_ENTRY, OTA_REFUSE, "measured on boot_v1.2 to 1.7",
     bootloader_entry_holds},
    {OTA_E_BOOTLOADER_SIZE, OTA_REFUSE, "layout of pack_fw.py",
     bootloader_size_holds},
    {OTA_E_TABLE_MISSING, OTA_REFUSE, "flash_partitions.c", table_is_there},
    {OTA_E_TABLE_PLACE, OTA_REFUSE, "bootloader_config.h, gen_esp32part.py",
     table_place_holds},
    {OTA_E_APP_IMAGE, OTA_REFUSE, "esp_image_format.c", app_image_holds},
    {OTA_E_APP_CHECKSUM, OTA_REFUSE, "esp_image_format.c", app_checksum_holds},
    {OTA_E_APP_NOT_V3, OTA_REFUSE, "esp8266.ld.S of the SDK v3", app_is_v3},
    {OTA_E_APP_LINK, OTA_REFUSE, "esp8266.ld.S of the SDK v3", app_link_holds},
    {OTA_E_APP_SIZE, OTA_REFUSE, "esp_image_format.c", app_size_holds},
    {OTA_E_PACK_LENGTH, OTA_REFUSE, "RTOS SDK 2.1, upgrade_check_api.c",
     length_holds},
    {OTA_E_PACK_CRC, OTA_REFUSE, "measured on the NonOS upgrade objects",
     crc_holds},
    {OTA_E_TABLE_MD5, OTA_WARN, "gen_esp32part.py", table_md5_holds},
    {OTA_E_APP_DIGEST, OTA_WARN, "esp_image_format.c", app_digest_holds},
    {OTA_E_APP_TRAILING, OTA_WARN, "esp_image_format.c", app_ends_the_pack},
    {OTA_E_OTADATA_STALE, OTA_WARN, "bootloader_utility.c", blanks_are_blank},
    {OTA_E_FLASH_MODE, OTA_WARN, "bootloader_init.c; measured on boot_v1.2",
     flash_mode_holds},
    {OTA_E_FLASH_SIZES_DIFFER, OTA_WARN, "port.c", flash_sizes_agree},
    {OTA_E_BOOTLOADER_SEGMENTS, OTA_WARN,
     "measured on the NonOS upgrade objects", bootloader_segments_hold},
    {OTA_E_SLOT_STAMP, OTA_WARN, "measured on the NonOS upgrade objects",
     slot_stamp_holds},
    {OTA_E_STATUS_TEXT, OTA_WARN, "measured on NonOS 3.0.x",
     has_no_status_text},
};
const size_t ota_pack_rule_count =
    sizeof(ota_pack_rules) / sizeof(ota_pack_rules[0]);
