/* SPDX-License-Identifier: Apache-2.0 */
/* The old SDKs' container: code for the flash window, then an image. */
#include "otatool/bytes.h"
#include "otatool/crc32.h"
#include "otatool/image.h"
#include <string.h>

enum {
    HEADER_SIZE = 8,
    IROM_HEADER_SIZE = 8, /* load address, always 0, and length */
    CRC_SIZE = 4,
    BLOCK_SIZE = 256,
    MAGIC = OTA_IMAGE_CONTAINER_MAGIC | OTA_IMAGE_CONTAINER_COUNT << 8,
};

static bool parse_header(struct ota_container *container,
                         const struct ota_source *source, struct ota_error *err)
{
    uint8_t header[HEADER_SIZE];
    if (!ota_source_read(source, 0, header, sizeof(header), err))
        return false;
    if (read_le16(header) != MAGIC)
        return ota_fail(err, OTA_E_IMAGE_MAGIC, .expected = MAGIC,
                        .actual = read_le16(header));
    container->byte2 = header[2];
    container->user = header[3];
    container->entry = read_le32(header + 4);
    return true;
}

/* An app without code for the flash window has no irom block at all: then
 * the image stands where the irom's address, always 0, would be. */
static bool parse_irom(struct ota_container *container,
                       const struct ota_source *source, struct ota_error *err)
{
    uint8_t header[IROM_HEADER_SIZE];
    if (!ota_source_read(source, HEADER_SIZE, header, sizeof(header), err))
        return false;
    container->irom_offset = HEADER_SIZE;
    if (header[0] == OTA_IMAGE_MAGIC)
        return true;
    container->irom_offset += IROM_HEADER_SIZE;
    container->irom_size = read_le32(header + 4);
    if (container->irom_size <= source->size - container->irom_offset)
        return true;
    return ota_fail(
        err, OTA_E_TRUNCATED, .part = "irom", .offset = container->irom_offset,
        .expected = (uint64_t)container->irom_offset + container->irom_size,
        .actual = source->size);
}

static bool compute_crc(uint32_t *crc, const struct ota_source *source,
                        uint32_t size, struct ota_error *err)
{
    uint8_t block[BLOCK_SIZE];
    uint32_t plain = 0;
    for (uint32_t offset = 0; offset < size;) {
        uint32_t step = size - offset < BLOCK_SIZE ? size - offset : BLOCK_SIZE;
        if (!ota_source_read(source, offset, block, step, err))
            return false;
        plain = ota_crc32(plain, block, step);
        offset += step;
    }
    *crc = ota_crc32_old_sdk(plain);
    return true;
}

static bool parse_crc(struct ota_container *container,
                      const struct ota_source *source, struct ota_error *err)
{
    uint8_t stored[CRC_SIZE];
    container->crc_offset = container->image.offset + container->image.size;
    container->has_crc = ota_source_read(source, container->crc_offset, stored,
                                         sizeof(stored), NULL);
    if (!container->has_crc)
        return true;
    container->crc = read_le32(stored);
    return compute_crc(&container->crc_actual, source, container->crc_offset,
                       err);
}

bool ota_container_parse(struct ota_container *container,
                         const struct ota_source *source, struct ota_error *err)
{
    memset(container, 0, sizeof(*container));
    return parse_header(container, source, err) &&
           parse_irom(container, source, err) &&
           ota_image_parse(&container->image, source,
                           container->irom_offset + container->irom_size,
                           err) &&
           parse_crc(container, source, err);
}

bool ota_container_verify(struct ota_container *container,
                          const struct ota_source *source,
                          struct ota_error *err)
{
    if (!ota_container_parse(container, source, err))
        return false;
    const struct ota_image *image = &container->image;
    if (image->checksum != image->checksum_actual)
        return ota_fail(err, OTA_E_IMAGE_CHECKSUM, .part = "checksum",
                        .offset = image->offset + image->checksum_offset,
                        .expected = image->checksum_actual,
                        .actual = image->checksum);
    if (!container->has_crc)
        return ota_fail(err, OTA_E_TRUNCATED, .part = "CRC",
                        .offset = container->crc_offset,
                        .expected = (uint64_t)container->crc_offset + CRC_SIZE,
                        .actual = source->size);
    if (container->crc != container->crc_actual)
        return ota_fail(err, OTA_E_IMAGE_CRC, .part = "CRC",
                        .offset = container->crc_offset,
                        .expected = container->crc_actual,
                        .actual = container->crc);
    return true;
}
