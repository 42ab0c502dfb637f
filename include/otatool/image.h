/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ESP8266 firmware images.
 *
 * An image (magic 0xE9, esptool "version 1") is a header of 8 bytes, up to
 * 16 segments of {load address, length, data}, zero bytes up to the last
 * byte of a block of 16, and there the checksum: 0xEF XORed with all segment
 * data. Bootloaders and SDK-v3 apps are such images; an app also carries a
 * SHA-256 of everything before it, and 256 bytes of description at the start
 * of its second flash segment.
 *
 * A container (magic 0xEA 0x04, esptool "version 2") is what the old SDKs
 * boot: 16 bytes of header, code for the flash window (irom), then an image,
 * then a CRC. (esptool.py 2.4.0, gen_appbin.py, esp_image_format.c)
 */
#ifndef OTATOOL_IMAGE_H
#define OTATOOL_IMAGE_H

#include "otatool/error.h"
#include "otatool/source.h"
#include <stddef.h>

enum {
    OTA_IMAGE_MAGIC = 0xe9,
    OTA_IMAGE_CONTAINER_MAGIC = 0xea,
    OTA_IMAGE_CONTAINER_COUNT = 4, /* byte 1 of a container, a constant */
    OTA_IMAGE_HEADER_SIZE = 8,
    OTA_IMAGE_SEGMENT_HEADER_SIZE = 8,
    OTA_IMAGE_MAX_SEGMENTS = 16,
    OTA_IMAGE_DIGEST_SIZE = 32,
    OTA_IMAGE_CHECKSUM_START = 0xef,
};

/* Addresses at and above this are code in the flash window, not RAM. */
#define OTA_IMAGE_FLASH_WINDOW 0x40200000u
#define OTA_IMAGE_FLASH_WINDOW_END 0x40300000u

enum ota_flash_mode {
    OTA_FLASH_QIO,
    OTA_FLASH_QOUT,
    OTA_FLASH_DIO,
    OTA_FLASH_DOUT,
};

struct ota_image_segment {
    uint32_t address; /* where it is loaded, or runs in the flash window */
    uint32_t offset;  /* of its data, from the start of the image */
    uint32_t size;    /* of its data, as the header says */
};

struct ota_image {
    uint32_t offset;        /* of the image in its source */
    uint8_t segment_count;  /* as the header says, 0 to 16 */
    uint8_t mode;           /* enum ota_flash_mode; not checked */
    uint8_t size_frequency; /* high nibble flash size, low nibble frequency */
    uint32_t entry;         /* address of the first instruction */
    struct ota_image_segment segments[OTA_IMAGE_MAX_SEGMENTS];
    uint32_t checksum_offset; /* from the start of the image */
    uint32_t size;            /* header to checksum byte, both included */
    uint8_t checksum;         /* as stored */
    uint8_t checksum_actual;  /* as computed over the segment data */
};

/*
 * Reads the structure of the image at offset in source and computes its
 * checksum, without judging that: see ota_image_verify. Fails where magic,
 * segment count or bounds make the rest unreadable, and where a segment
 * length is not a multiple of 4, which no loader of the chip survives.
 */
OTA_CHECKED bool ota_image_parse(struct ota_image *image,
                                 const struct ota_source *source,
                                 uint32_t offset, struct ota_error *err);

/* Parses, and fails with OTA_E_IMAGE_CHECKSUM where the checksum is wrong. */
OTA_CHECKED bool ota_image_verify(struct ota_image *image,
                                  const struct ota_source *source,
                                  uint32_t offset, struct ota_error *err);

/* Whether a segment runs from flash, where it lies; else it is loaded. */
bool ota_image_segment_is_flash(const struct ota_image_segment *segment);

/*
 * The slot offset an app is linked for, modulo the 1 MB that the chip maps;
 * false where the first segment does not run from flash (bootloaders).
 */
bool ota_image_link_slot(const struct ota_image *image, uint32_t *slot);

/*
 * The SHA-256 that follows an app: true and the 32 bytes when that many
 * bytes follow the image. Nothing in the header tells whether they are a
 * digest; the caller compares. They cover image->size bytes from the start.
 */
bool ota_image_stored_digest(const struct ota_image *image,
                             const struct ota_source *source,
                             uint8_t digest[OTA_IMAGE_DIGEST_SIZE]);

/* The description of an SDK-v3 app (esp_app_desc_t); texts are terminated. */
struct ota_app_description {
    uint32_t secure_version;
    char version[33];
    char project_name[33];
    char time[17];
    char date[17];
    char idf_version[33];
    uint8_t elf_sha256[32];
};

/* Looks at the start of every flash segment; false: there is none. */
bool ota_image_description(const struct ota_image *image,
                           const struct ota_source *source,
                           struct ota_app_description *description);

/* One segment to build from; size is padded to 4 with zeros. */
struct ota_image_part {
    uint32_t address;
    const void *data;
    uint32_t size;
};

struct ota_image_plan {
    uint8_t mode;
    uint8_t size_frequency;
    uint32_t entry;
    const struct ota_image_part *parts;
    uint8_t part_count;
    uint8_t segment_count; /* for the header; normally part_count */
};

/* Bytes that ota_image_build will write, 0 when over 32 bits; base as there. */
uint32_t ota_image_built_size(const struct ota_image_plan *plan, uint32_t base);

/*
 * Writes the image to out. base is the offset at which it will lie in its
 * file: the checksum ends a block of 16 bytes counted from the file's start.
 */
OTA_CHECKED bool ota_image_build(const struct ota_image_plan *plan,
                                 uint32_t base, uint8_t *out, uint32_t size,
                                 struct ota_error *err);

/* An old-SDK container around an image. */
struct ota_container {
    uint8_t byte2; /* gen_appbin.py: 0; esptool: flash mode */
    uint8_t user;  /* byte 3; gen_appbin.py: slot 1 or 2 */
    uint32_t entry;
    uint32_t irom_offset; /* of the irom data, from the file's start */
    uint32_t irom_size;   /* bytes; 0 with irom_offset 8: no irom block, and
                           * no old boot finds the image then */
    struct ota_image image;
    uint32_t crc_offset; /* end of the image */
    bool has_crc;        /* 4 bytes follow the image */
    uint32_t crc;        /* as stored */
    uint32_t crc_actual; /* as computed, old SDK's transform */
};

/* Reads the container at the source's start; judges structure only. */
OTA_CHECKED bool ota_container_parse(struct ota_container *container,
                                     const struct ota_source *source,
                                     struct ota_error *err);

/* Parses, then fails on a wrong checksum or a wrong or missing CRC. */
OTA_CHECKED bool ota_container_verify(struct ota_container *container,
                                      const struct ota_source *source,
                                      struct ota_error *err);

#endif
