/* SPDX-License-Identifier: Apache-2.0 */
/* The description that an SDK-v3 app carries (esp_app_desc_t). */
#include "otatool/bytes.h"
#include "otatool/image.h"
#include <string.h>

enum {
    DESCRIPTION_SIZE = 256,
    SECURE_VERSION_AT = 4,
    VERSION_AT = 16,
    PROJECT_NAME_AT = 48,
    TIME_AT = 80,
    DATE_AT = 96,
    IDF_VERSION_AT = 112,
    ELF_SHA256_AT = 144,
};

#define DESCRIPTION_MAGIC 0xabcd5432u

/* out is one byte longer than the field and zero before. */
#define COPY_TEXT(out, raw, at) memcpy((out), (raw) + (at), sizeof(out) - 1)

static void fill(struct ota_app_description *description, const uint8_t *raw)
{
    memset(description, 0, sizeof(*description));
    description->secure_version = read_le32(raw + SECURE_VERSION_AT);
    COPY_TEXT(description->version, raw, VERSION_AT);
    COPY_TEXT(description->project_name, raw, PROJECT_NAME_AT);
    COPY_TEXT(description->time, raw, TIME_AT);
    COPY_TEXT(description->date, raw, DATE_AT);
    COPY_TEXT(description->idf_version, raw, IDF_VERSION_AT);
    memcpy(description->elf_sha256, raw + ELF_SHA256_AT,
           sizeof(description->elf_sha256));
}

static bool read_at(const struct ota_image *image,
                    const struct ota_image_segment *segment,
                    const struct ota_source *source,
                    struct ota_app_description *description)
{
    uint8_t raw[DESCRIPTION_SIZE];
    if (!ota_image_segment_is_flash(segment) || segment->size < sizeof(raw) ||
        !ota_source_read(source, image->offset + segment->offset, raw,
                         sizeof(raw), NULL) ||
        read_le32(raw) != DESCRIPTION_MAGIC)
        return false;
    fill(description, raw);
    return true;
}

bool ota_image_description(const struct ota_image *image,
                           const struct ota_source *source,
                           struct ota_app_description *description)
{
    for (uint8_t i = 0; i < image->segment_count; i++)
        if (read_at(image, &image->segments[i], source, description))
            return true;
    return false;
}
