/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/boot_mark.h"
#include <string.h>

enum { BLOCK_SIZE = 256 };

/* Searches a segment for bytes, in blocks that overlap by their length. */
static bool segment_holds(const struct ota_image_segment *segment,
                          const struct ota_source *data, const void *bytes,
                          uint32_t length, uint32_t step)
{
    uint8_t block[BLOCK_SIZE];
    uint8_t first = *(const uint8_t *)bytes;
    uint32_t at = 0;
    while (at + length <= segment->size) {
        uint32_t size = segment->size - at;
        if (size > sizeof(block))
            size = sizeof(block);
        if (!ota_source_read(data, at, block, size, NULL))
            return false;
        for (uint32_t i = 0; i + length <= size; i += step)
            if (block[i] == first && memcmp(block + i, bytes, length) == 0)
                return true;
        at += (size - length) / step * step + step;
    }
    return false;
}

bool ota_boot_holds(const struct ota_image *image,
                    const struct ota_source *source, const void *bytes,
                    uint32_t length, uint32_t step)
{
    for (size_t i = 0; i < image->segment_count; i++) {
        const struct ota_image_segment *segment = &image->segments[i];
        struct ota_slice slice = {source, image->offset + segment->offset};
        struct ota_source data = ota_source_slice(&slice);
        if (segment_holds(segment, &data, bytes, length, step))
            return true;
    }
    return false;
}

bool ota_boot_is_ours(const struct ota_image *image,
                      const struct ota_source *source)
{
    static const char mark[] = OTA_BOOT_MARK;
    return ota_boot_holds(image, source, mark, sizeof(mark), 4);
}
