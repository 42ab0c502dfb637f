/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/image.h"
#include "otatool/bytes.h"
#include <string.h>

enum { BLOCK_SIZE = 256, LINE_SIZE = 16 };

static bool parse_header(struct ota_image *image,
                         const struct ota_source *source, struct ota_error *err)
{
    uint8_t header[OTA_IMAGE_HEADER_SIZE];
    if (!ota_source_read(source, image->offset, header, sizeof(header), err))
        return false;
    if (header[0] != OTA_IMAGE_MAGIC)
        return ota_fail(err, OTA_E_IMAGE_MAGIC, .offset = image->offset,
                        .expected = OTA_IMAGE_MAGIC, .actual = header[0]);
    if (header[1] > OTA_IMAGE_MAX_SEGMENTS)
        return ota_fail(
            err, OTA_E_IMAGE_SEGMENT_COUNT, .offset = image->offset + 1,
            .expected = OTA_IMAGE_MAX_SEGMENTS, .actual = header[1]);
    image->segment_count = header[1];
    image->mode = header[2];
    image->size_frequency = header[3];
    image->entry = read_le32(header + 4);
    return true;
}

/* XOR of all bytes; size is a multiple of 4, so whole words are folded. */
static bool sum_data(uint8_t *sum, const struct ota_source *source,
                     uint32_t offset, uint32_t size, struct ota_error *err)
{
    uint32_t block[BLOCK_SIZE / 4];
    uint32_t words = 0;
    while (size > 0) {
        uint32_t step = size < BLOCK_SIZE ? size : BLOCK_SIZE;
        if (!ota_source_read(source, offset, block, step, err))
            return false;
        for (uint32_t i = 0; i < step / 4; i++)
            words ^= block[i];
        offset += step;
        size -= step;
    }
    words ^= words >> 16;
    *sum ^= (uint8_t)(words ^ words >> 8);
    return true;
}

/* A length out of the input may be anything up to 2^32 - 1: it is compared
 * with what the source has left before it is added to an offset. */
static bool segment_fits(const struct ota_image_segment *segment,
                         const struct ota_source *source, uint32_t start,
                         struct ota_error *err)
{
    uint32_t left = source->size - start; /* its header was read before it */
    if (segment->size % 4 != 0)
        return ota_fail(err, OTA_E_IMAGE_SEGMENT_LENGTH, .offset = start - 4,
                        .expected = segment->size / 4 * 4,
                        .actual = segment->size);
    if (segment->size > left)
        return ota_fail(err, OTA_E_TRUNCATED, .offset = start,
                        .expected = (uint64_t)start + segment->size,
                        .actual = source->size);
    return true;
}

static bool parse_segment(struct ota_image *image,
                          const struct ota_source *source, uint8_t index,
                          struct ota_error *err)
{
    struct ota_image_segment *segment = &image->segments[index];
    uint8_t header[OTA_IMAGE_SEGMENT_HEADER_SIZE];
    uint32_t start = image->offset + image->size;
    if (!ota_source_read(source, start, header, sizeof(header), err))
        return false;
    start += sizeof(header);
    segment->address = read_le32(header);
    segment->offset = start - image->offset;
    segment->size = read_le32(header + 4);
    if (!segment_fits(segment, source, start, err))
        return false;
    image->size = segment->offset + segment->size;
    return sum_data(&image->checksum_actual, source, start, segment->size, err);
}

static bool parse_segments(struct ota_image *image,
                           const struct ota_source *source,
                           struct ota_error *err)
{
    image->size = OTA_IMAGE_HEADER_SIZE;
    image->checksum_actual = OTA_IMAGE_CHECKSUM_START;
    for (uint8_t i = 0; i < image->segment_count; i++)
        if (!parse_segment(image, source, i, err)) {
            if (err) {
                err->part = "segment";
                err->index = i + 1u;
            }
            return false;
        }
    return true;
}

/* The last byte of the line of 16 in which the next byte would lie; lines
 * count from the start of the file, not of the image. */
static uint32_t checksum_place(uint32_t base, uint32_t size)
{
    return ((base + size) | (LINE_SIZE - 1)) - base;
}

static bool parse_checksum(struct ota_image *image,
                           const struct ota_source *source,
                           struct ota_error *err)
{
    image->checksum_offset = checksum_place(image->offset, image->size);
    image->size = image->checksum_offset + 1;
    if (ota_source_read(source, image->offset + image->checksum_offset,
                        &image->checksum, 1, err))
        return true;
    if (err)
        err->part = "checksum";
    return false;
}

bool ota_image_parse(struct ota_image *image, const struct ota_source *source,
                     uint32_t offset, struct ota_error *err)
{
    memset(image, 0, sizeof(*image));
    image->offset = offset;
    return parse_header(image, source, err) &&
           parse_segments(image, source, err) &&
           parse_checksum(image, source, err);
}

bool ota_image_verify(struct ota_image *image, const struct ota_source *source,
                      uint32_t offset, struct ota_error *err)
{
    if (!ota_image_parse(image, source, offset, err))
        return false;
    if (image->checksum != image->checksum_actual)
        return ota_fail(err, OTA_E_IMAGE_CHECKSUM, .part = "checksum",
                        .offset = offset + image->checksum_offset,
                        .expected = image->checksum_actual,
                        .actual = image->checksum);
    return true;
}

bool ota_image_stored_digest(const struct ota_image *image,
                             const struct ota_source *source,
                             uint8_t digest[OTA_IMAGE_DIGEST_SIZE])
{
    return ota_source_read(source, image->offset + image->size, digest,
                           OTA_IMAGE_DIGEST_SIZE, NULL);
}

bool ota_image_segment_is_flash(const struct ota_image_segment *segment)
{
    return segment->address >= OTA_IMAGE_FLASH_WINDOW &&
           segment->address < OTA_IMAGE_FLASH_WINDOW_END;
}

bool ota_image_link_slot(const struct ota_image *image, uint32_t *slot)
{
    const struct ota_image_segment *first = &image->segments[0];
    if (image->segment_count == 0 || !ota_image_segment_is_flash(first))
        return false;
    *slot = first->address - OTA_IMAGE_FLASH_WINDOW - first->offset;
    return *slot < OTA_IMAGE_FLASH_WINDOW_END - OTA_IMAGE_FLASH_WINDOW;
}
