/* SPDX-License-Identifier: Apache-2.0 */
/* What parses lies inside the source, and is built again as it was: all but
 * the padding before the checksum, which no parser looks at. */
#include "otatool/image.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void build_again(const struct ota_image *image, const uint8_t *data)
{
    struct ota_image_part parts[OTA_IMAGE_MAX_SEGMENTS];
    struct ota_image_plan plan = {
        .mode = image->mode,
        .size_frequency = image->size_frequency,
        .entry = image->entry,
        .parts = parts,
        .part_count = image->segment_count,
        .segment_count = image->segment_count,
    };
    uint32_t end = OTA_IMAGE_HEADER_SIZE;
    for (uint8_t i = 0; i < image->segment_count; i++) {
        const struct ota_image_segment *segment = &image->segments[i];
        end = segment->offset + segment->size;
        parts[i] = (struct ota_image_part){
            segment->address, data + segment->offset, segment->size};
    }
    uint8_t *out = malloc(image->size);
    if (!out || ota_image_built_size(&plan, 0) != image->size ||
        !ota_image_build(&plan, 0, out, image->size, NULL) ||
        memcmp(out, data, end) != 0 ||
        out[image->size - 1] != image->checksum_actual)
        abort();
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ota_image image;
    struct ota_app_description description;
    uint8_t digest[OTA_IMAGE_DIGEST_SIZE];
    uint32_t slot;
    struct ota_source source = ota_source_memory(data, size);
    if (!ota_image_parse(&image, &source, 0, NULL))
        return 0;
    if (image.size > size || image.checksum_offset != image.size - 1)
        abort();
    ota_image_description(&image, &source, &description);
    ota_image_stored_digest(&image, &source, digest);
    ota_image_link_slot(&image, &slot);
    build_again(&image, data);
    return 0;
}
