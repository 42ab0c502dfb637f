/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The v2_to_v3 pack: new bootloader, partition table and app in one file
 * that an old device takes for its own update.
 *
 * Byte 0 is the bootloader, whose flash address 0 becomes 0x1000; every other
 * part lies at its flash address - 0x1000; gaps are 0xFF; the app is last;
 * then 4 bytes of CRC in the old SDK's form over everything before. The pack
 * has no header: what is in it is found by reading it as a device would.
 * (pack_fw.py 1.0.2)
 */
#ifndef OTATOOL_PACK_H
#define OTATOOL_PACK_H

#include "otatool/error.h"
#include "otatool/image.h"
#include "otatool/partition_table.h"
#include "otatool/source.h"

enum {
    OTA_PACK_BASE = 0x1000, /* flash address of the pack's first byte */
    OTA_PACK_CRC_SIZE = 4,
    OTA_PACK_MAX_PARTS = 32,
};

/* A file to pack. */
struct ota_pack_part {
    uint32_t address; /* in flash */
    const uint8_t *data;
    uint32_t size;
    const char *name; /* for errors; borrowed */
};

/*
 * Puts parts in order and checks that none shares a sector with another,
 * that nothing lies below the first, and that app (an index into parts; after
 * the call its new index) is the last. Address 0 becomes 0x1000.
 */
OTA_CHECKED bool ota_pack_arrange(struct ota_pack_part *parts, size_t count,
                                  size_t *app, struct ota_error *err);

/* Bytes of the pack of arranged parts, CRC included. */
uint64_t ota_pack_size(const struct ota_pack_part *parts, size_t count);

/*
 * Writes arranged parts and gaps to out, which holds ota_pack_size() bytes.
 * The last four bytes, the CRC, are left to ota_pack_seal(), since a host has
 * a faster CRC-32 than core.
 */
void ota_pack_build(const struct ota_pack_part *parts, size_t count,
                    uint8_t *out);

/* Writes the CRC: crc is the plain CRC-32 of all bytes before it. */
void ota_pack_seal(uint8_t *out, uint32_t size, uint32_t crc);

/* What only a host computes, since core has no digests. */
enum ota_check {
    OTA_CHECK_NONE, /* not computed, or nothing stored to compare with */
    OTA_CHECK_OK,
    OTA_CHECK_WRONG,
};

/*
 * A pack as read. Pieces that are not found are absent, and why is kept, so
 * that rules can judge any file.
 */
struct ota_pack {
    struct ota_source source; /* the whole file; borrowed */
    uint32_t size;            /* of the file, CRC included */
    uint32_t crc;             /* as stored */
    uint32_t crc_actual;      /* as computed, in the old SDK's form */
    bool crc_is_plain;        /* stored without the old SDK's last step */
    bool has_bootloader;
    bool has_own_boot; /* otatool's, by its mark */
    struct ota_image bootloader;
    struct ota_error bootloader_error; /* when !has_bootloader */
    bool has_table;
    uint32_t table_address; /* in flash */
    struct ota_partition_table table;
    struct ota_error table_error; /* when !has_table */
    bool has_app;
    uint32_t app_address; /* in flash: ota_0's offset */
    uint32_t app_size;    /* bytes from there to the CRC */
    struct ota_image app;
    struct ota_error app_error; /* when !has_app */
    /* What the caller may know beyond the file; see ota_pack_parse. */
    enum ota_check table_md5;
    enum ota_check app_digest;
    uint32_t built_for_table; /* the table offset the bootloader was built
                               * for, 0: unknown */
};

/*
 * Reads what is there; only a source that cannot be read fails. crc is the
 * plain CRC-32 of all bytes but the last four (see ota_pack_seal). The last
 * three fields stay 0 for the caller to set.
 */
OTA_CHECKED bool ota_pack_parse(struct ota_pack *pack,
                                const struct ota_source *source, uint32_t crc,
                                struct ota_error *err);

/*
 * Stamps a bootloader for the slot the pack will land in (1 or 2): byte 3
 * becomes the slot and the image gets exactly three segments, as the NonOS
 * clients demand of what they download. Segments are split, or joined where
 * they adjoin in memory. data, the bootloader, is scratch afterwards. The
 * checksum is made anew, so the caller verifies the image first. A built
 * image is at most 24 bytes longer than data; out->size is what it takes.
 */
struct ota_pack_stamped {
    uint8_t *data; /* the caller's */
    uint32_t capacity;
    uint32_t size;
};

OTA_CHECKED bool ota_pack_stamp_bootloader(uint8_t *data, uint32_t size,
                                           uint8_t slot,
                                           struct ota_pack_stamped *out,
                                           struct ota_error *err);

#endif
