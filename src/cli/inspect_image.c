/* SPDX-License-Identifier: Apache-2.0 */
/* Images and containers as parts of an inspection. */
#include "inspect.h"
#include "otatool/digest.h"
#include "otatool/image.h"
#include "otatool/report.h"
#include <string.h>

static const struct {
    uint32_t start;
    uint32_t end;
    const char *name;
} regions[] = {
    {0x3ffe8000, 0x40000000, "DRAM"},      {0x40000000, 0x40010000, "ROM"},
    {0x40100000, 0x40110000, "IRAM"},      {0x40200000, 0x40300000, "flash"},
    {0x60000000, 0x60001000, "registers"}, {0x60001000, 0x60001800, "RTC"},
};

static const char *region_of(uint32_t address)
{
    for (size_t i = 0; i < sizeof(regions) / sizeof(regions[0]); i++)
        if (address >= regions[i].start && address < regions[i].end)
            return regions[i].name;
    return "nowhere";
}

static const char *const modes[] = {"qio", "qout", "dio", "dout"};

/* The SDK v3 writes the codes of another chip into its apps. */
static const char *const sizes[2][16] = {
    {"512KB", "256KB", "1MB", "2MB", "4MB", "2MB-c1", "4MB-c1", NULL, "8MB",
     "16MB"},
    {"1MB", "2MB", "4MB", "8MB", "16MB"},
};

static const char *frequency_of(uint8_t code)
{
    static const char *const names[] = {"40m", "26m", "20m"};
    return code < 3 ? names[code] : code == 15 ? "80m" : "unknown";
}

static void set_flash(json_t *part, const struct ota_image *image, bool is_app)
{
    const char *size = sizes[is_app][image->size_frequency >> 4];
    json_object_set_new(
        part, "flash_mode",
        json_string(image->mode < 4 ? modes[image->mode] : "unknown"));
    json_object_set_new(part, "flash_size",
                        json_string(size ? size : "unknown"));
    json_object_set_new(part, "flash_frequency",
                        json_string(frequency_of(image->size_frequency & 0xf)));
}

static json_t *segments_json(const struct ota_image *image)
{
    json_t *list = json_array();
    for (uint8_t i = 0; i < image->segment_count; i++) {
        const struct ota_image_segment *segment = &image->segments[i];
        json_array_append_new(
            list, json_pack("{s:I, s:I, s:I, s:s}", "address",
                            (json_int_t)segment->address, "offset",
                            (json_int_t)(image->offset + segment->offset),
                            "size", (json_int_t)segment->size, "region",
                            region_of(segment->address)));
    }
    return list;
}

static json_t *check_json(uint32_t stored, uint32_t computed)
{
    return json_pack("{s:I, s:I, s:b}", "stored", (json_int_t)stored,
                     "computed", (json_int_t)computed, "ok",
                     stored == computed);
}

static void set_text(json_t *object, const char *key, const char *text)
{
    json_object_set_new(object, key, ota_report_text(text));
}

static json_t *description_json(const struct ota_app_description *description)
{
    json_t *object = json_object();
    set_text(object, "project", description->project_name);
    set_text(object, "version", description->version);
    set_text(object, "date", description->date);
    set_text(object, "time", description->time);
    set_text(object, "sdk", description->idf_version);
    json_object_set_new(object, "secure_version",
                        json_integer(description->secure_version));
    return object;
}

static bool is_blank(const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != 0xff)
            return false;
    return true;
}

/* Only the SDK v3's apps have one; nothing in the header says so. */
static void set_digest(struct inspection *inspection, json_t *part,
                       const struct ota_image *image,
                       const struct ota_source *source)
{
    uint8_t stored[OTA_IMAGE_DIGEST_SIZE];
    uint8_t actual[OTA_SHA256_SIZE];
    char hex[2 * OTA_IMAGE_DIGEST_SIZE + 1];
    if (!ota_image_stored_digest(image, source, stored) ||
        is_blank(stored, sizeof(stored)))
        return;
    ota_sha256(inspection->data + image->offset, image->size, actual);
    bool ok = memcmp(stored, actual, sizeof(actual)) == 0;
    ota_hex(stored, sizeof(stored), hex);
    json_object_set_new(part, "digest",
                        json_pack("{s:s, s:b}", "stored", hex, "ok", ok));
    if (!ok)
        inspect_problem(inspection,
                        (struct ota_error){.code = OTA_E_IMAGE_DIGEST,
                                           .part = "digest",
                                           .offset = (uint64_t)image->offset +
                                                     image->size});
}

static void set_checksum(struct inspection *inspection, json_t *part,
                         const struct ota_image *image)
{
    json_object_set_new(part, "checksum",
                        check_json(image->checksum, image->checksum_actual));
    if (image->checksum != image->checksum_actual)
        inspect_problem(inspection,
                        (struct ota_error){.code = OTA_E_IMAGE_CHECKSUM,
                                           .part = "checksum",
                                           .offset = (uint64_t)image->offset +
                                                     image->checksum_offset,
                                           .expected = image->checksum_actual,
                                           .actual = image->checksum});
}

static void set_app(struct inspection *inspection, json_t *part,
                    const struct ota_image *image,
                    const struct ota_source *source)
{
    struct ota_app_description description;
    uint32_t slot;
    if (ota_image_link_slot(image, &slot))
        json_object_set_new(part, "linked_for", json_integer(slot));
    if (ota_image_description(image, source, &description))
        json_object_set_new(part, "description",
                            description_json(&description));
    set_digest(inspection, part, image, source);
}

static void fill_image(struct inspection *inspection, json_t *part,
                       const struct ota_image *image,
                       const struct ota_source *source)
{
    bool is_app = image->segment_count > 0 &&
                  ota_image_segment_is_flash(&image->segments[0]);
    json_object_set_new(part, "entry", json_integer(image->entry));
    set_flash(part, image, is_app);
    json_object_set_new(part, "segments", segments_json(image));
    set_checksum(inspection, part, image);
    if (is_app)
        set_app(inspection, part, image, source);
}

static json_t *new_part(struct inspection *inspection, const char *name,
                        uint32_t offset, uint32_t size)
{
    json_t *part = json_object();
    set_text(part, "part", name);
    json_object_set_new(part, "offset", json_integer(offset));
    json_object_set_new(part, "size", json_integer(size));
    json_array_append_new(inspection->parts, part);
    return part;
}

void inspect_image(struct inspection *inspection, const char *part,
                   uint32_t offset, uint32_t end)
{
    struct ota_image image;
    struct ota_error err;
    struct ota_source source = ota_source_memory(inspection->data, end);
    if (!ota_image_parse(&image, &source, offset, &err)) {
        inspect_problem(inspection, err);
        return;
    }
    fill_image(inspection, new_part(inspection, part, offset, image.size),
               &image, &source);
}

static void set_crc(struct inspection *inspection, json_t *part,
                    const struct ota_container *container, uint32_t offset)
{
    if (!container->has_crc) {
        inspect_problem(
            inspection,
            (struct ota_error){
                .code = OTA_E_TRUNCATED,
                .part = "CRC",
                .offset = (uint64_t)offset + container->crc_offset,
                .expected = (uint64_t)offset + container->crc_offset + 4,
                .actual = inspection->size});
        return;
    }
    json_object_set_new(part, "crc",
                        check_json(container->crc, container->crc_actual));
    if (container->crc != container->crc_actual)
        inspect_problem(inspection,
                        (struct ota_error){.code = OTA_E_IMAGE_CRC,
                                           .part = "CRC",
                                           .offset = (uint64_t)offset +
                                                     container->crc_offset,
                                           .expected = container->crc_actual,
                                           .actual = container->crc});
}

/* Offsets count from the container until here; afterwards from the file. */
static void fill_container(struct inspection *inspection, json_t *part,
                           struct ota_container *container, uint32_t offset)
{
    struct ota_source source =
        ota_source_memory(inspection->data, inspection->size);
    json_object_set_new(part, "user", json_integer(container->user));
    if (container->irom_size > 0)
        json_object_set_new(
            part, "irom",
            json_pack("{s:I, s:I}", "offset",
                      (json_int_t)(offset + container->irom_offset), "size",
                      (json_int_t)container->irom_size));
    container->image.offset += offset;
    fill_image(inspection, part, &container->image, &source);
    set_crc(inspection, part, container, offset);
}

void inspect_container(struct inspection *inspection, const char *part,
                       uint32_t offset, uint32_t end)
{
    struct ota_container container;
    struct ota_error err;
    struct ota_source source =
        ota_source_memory(inspection->data + offset, end - offset);
    if (!ota_container_parse(&container, &source, &err)) {
        err.offset += offset;
        inspect_problem(inspection, err);
        return;
    }
    uint32_t size = container.crc_offset + (container.has_crc ? 4 : 0);
    fill_container(inspection, new_part(inspection, part, offset, size),
                   &container, offset);
}
