/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/bytes.h"
#include "otatool/image.h"
#include <string.h>

enum { LINE_SIZE = 16 };

/* A position in out that counts on where it cannot write. */
struct writer {
    uint8_t *out;
    uint32_t at;
};

static void put(struct writer *writer, const void *data, uint32_t size)
{
    if (size > 0)
        memcpy(writer->out + writer->at, data, size);
    writer->at += size;
}

static void put_zeros(struct writer *writer, uint32_t size)
{
    memset(writer->out + writer->at, 0, size);
    writer->at += size;
}

static uint64_t padded(uint32_t size)
{
    return ((uint64_t)size + 3) & ~(uint64_t)3;
}

static uint64_t full_size(const struct ota_image_plan *plan, uint32_t base)
{
    uint64_t end = (uint64_t)base + OTA_IMAGE_HEADER_SIZE;
    for (uint8_t i = 0; i < plan->part_count; i++)
        end += OTA_IMAGE_SEGMENT_HEADER_SIZE + padded(plan->parts[i].size);
    return (end | (LINE_SIZE - 1)) + 1 - base;
}

uint32_t ota_image_built_size(const struct ota_image_plan *plan, uint32_t base)
{
    uint64_t size = full_size(plan, base);
    return size > UINT32_MAX ? 0 : (uint32_t)size;
}

static void put_header(struct writer *writer, const struct ota_image_plan *plan)
{
    uint8_t header[OTA_IMAGE_HEADER_SIZE] = {
        OTA_IMAGE_MAGIC,
        plan->segment_count,
        plan->mode,
        plan->size_frequency,
    };
    write_le32(header + 4, plan->entry);
    put(writer, header, sizeof(header));
}

static void put_part(struct writer *writer, const struct ota_image_part *part)
{
    uint8_t header[OTA_IMAGE_SEGMENT_HEADER_SIZE];
    uint32_t padding = (uint32_t)(padded(part->size) - part->size);
    write_le32(header, part->address);
    write_le32(header + 4, part->size + padding);
    put(writer, header, sizeof(header));
    put(writer, part->data, part->size);
    put_zeros(writer, padding);
}

static uint8_t sum_of(const struct ota_image_part *part)
{
    const uint8_t *data = part->data;
    uint8_t sum = 0;
    for (uint32_t i = 0; i < part->size; i++)
        sum ^= data[i];
    return sum;
}

bool ota_image_build(const struct ota_image_plan *plan, uint32_t base,
                     uint8_t *out, uint32_t size, struct ota_error *err)
{
    uint64_t needed = full_size(plan, base);
    struct writer writer = {.out = out};
    uint8_t sum = OTA_IMAGE_CHECKSUM_START;
    if (plan->segment_count > OTA_IMAGE_MAX_SEGMENTS)
        return ota_fail(err, OTA_E_IMAGE_SEGMENT_COUNT,
                        .expected = OTA_IMAGE_MAX_SEGMENTS,
                        .actual = plan->segment_count);
    if (needed > size)
        return ota_fail(err, OTA_E_BUFFER_TOO_SMALL, .expected = size,
                        .actual = needed);
    put_header(&writer, plan);
    for (uint8_t i = 0; i < plan->part_count; i++) {
        put_part(&writer, &plan->parts[i]);
        sum ^= sum_of(&plan->parts[i]);
    }
    put_zeros(&writer, (uint32_t)needed - 1 - writer.at);
    out[writer.at] = sum;
    return true;
}
