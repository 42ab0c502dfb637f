/* SPDX-License-Identifier: Apache-2.0 */
/* otatool verify: images, tables and otadata; who judges what. */
#include "otatool/digest.h"
#include "otatool/kind.h"
#include "otatool/otadata.h"
#include "otatool/partition_rules.h"
#include "otatool/report.h"
#include "verify.h"
#include <inttypes.h>
#include <string.h>

static struct ota_source source_of(const struct verify_input *input)
{
    return ota_source_memory(input->file.data, input->file.size);
}

static struct verify_result passed(const struct verify_options *options,
                                   const struct verify_input *input,
                                   enum ota_kind kind)
{
    if (verify_talks(options)) {
        ota_report_name(stdout, input->name);
        printf(": %s, %zu bytes, sound\n", ota_kind_name(kind),
               input->file.size);
    }
    return (struct verify_result){
        .ok = true,
        .json =
            json_pack("{s:b, s:o, s:s, s:I}", "ok", 1, "file",
                      ota_report_text(input->name), "kind", ota_kind_name(kind),
                      "size", (json_int_t)input->file.size),
    };
}

/* The image at offset is whole; *end is behind it and its digest. */
static bool image_is_sound(const struct verify_input *input, uint32_t offset,
                           uint32_t *end, struct ota_error *err)
{
    struct ota_image image;
    uint8_t stored[OTA_IMAGE_DIGEST_SIZE];
    uint8_t actual[OTA_SHA256_SIZE];
    struct ota_source source = source_of(input);
    if (!ota_image_verify(&image, &source, offset, err))
        return false;
    *end = offset + image.size;
    if (image.segment_count == 0 ||
        !ota_image_segment_is_flash(&image.segments[0]) ||
        !ota_image_stored_digest(&image, &source, stored))
        return true;
    ota_sha256(input->file.data + offset, image.size, actual);
    if (memcmp(stored, actual, sizeof(actual)) != 0)
        return ota_fail(err, OTA_E_IMAGE_DIGEST, .offset = *end);
    *end += OTA_IMAGE_DIGEST_SIZE;
    return true;
}

static bool ends_at(const struct verify_input *input, uint32_t end,
                    struct ota_error *err)
{
    return input->file.size == end ||
           ota_fail(err, OTA_E_APP_TRAILING, .part = "image", .offset = end,
                    .expected = end, .actual = input->file.size);
}

static bool check_image(const struct verify_input *input, enum ota_kind kind,
                        struct ota_error *err)
{
    struct ota_source source = source_of(input);
    struct ota_container container;
    uint32_t end = 0;
    if (kind == OTA_KIND_USER)
        return ota_container_verify(&container, &source, err);
    if (!image_is_sound(input, 0, &end, err))
        return false;
    if (kind == OTA_KIND_APP_PAIR && !image_is_sound(input, end, &end, err))
        return false;
    if (kind == OTA_KIND_APP || kind == OTA_KIND_APP_PAIR ||
        kind == OTA_KIND_BOOTLOADER)
        return ends_at(input, end, err);
    return true;
}

struct verify_result verify_image(const struct verify_options *options,
                                  const struct verify_input *input)
{
    struct ota_error err;
    struct ota_source source = source_of(input);
    enum ota_kind kind = ota_kind_of(&source);
    if (!check_image(input, kind, &err))
        return verify_failed(input, ota_kind_name(kind), err);
    return passed(options, input, kind);
}

static bool check_table(const struct verify_options *options,
                        const struct verify_input *input,
                        struct ota_partition_table *table,
                        struct ota_error *err)
{
    uint8_t md5[OTA_MD5_SIZE];
    struct ota_source source = source_of(input);
    struct ota_partition_place place = {.table_offset =
                                            options->judge.table_offset};
    if (!ota_partition_table_parse(table, &source, 0, err))
        return false;
    ota_md5(input->file.data, table->md5_covers, md5);
    if (table->has_md5 && memcmp(md5, table->md5, sizeof(md5)) != 0)
        return ota_fail(err, OTA_E_TABLE_MD5, .part = "partition table",
                        .offset = table->md5_covers);
    for (size_t i = 0; i < ota_partition_rule_count; i++)
        if (ota_partition_rules[i].severity == OTA_REFUSE &&
            !ota_partition_rule_check(i, table, &place, err))
            return false;
    return true;
}

struct verify_result verify_table(const struct verify_options *options,
                                  const struct verify_input *input)
{
    struct ota_error err;
    struct ota_partition_table table;
    if (!check_table(options, input, &table, &err))
        return verify_failed(input, ota_kind_name(OTA_KIND_PARTITION_TABLE),
                             err);
    return passed(options, input, OTA_KIND_PARTITION_TABLE);
}

/* A bootloader with this much behind it was meant to be a pack. */
static bool leads_a_pack(const struct verify_input *input)
{
    struct ota_image image;
    struct ota_source source = source_of(input);
    return ota_image_parse(&image, &source, 0, NULL) &&
           source.size - image.size > OTA_SECTOR_SIZE;
}

/* --against: the first byte that differs, or where the shorter one ends. */
static bool is_same(const struct verify_options *options,
                    const struct verify_input *input, struct ota_error *err)
{
    struct ota_file wanted;
    const struct ota_file *found = &input->file;
    if (!ota_file_load(&wanted, options->against, OTA_FILE_CEILING, err))
        return false;
    size_t common = wanted.size < found->size ? wanted.size : found->size;
    size_t at = 0;
    while (at < common && wanted.data[at] == found->data[at])
        at++;
    bool ok = wanted.size == found->size && at == common;
    if (!ok && at < common)
        ota_fail(err, OTA_E_FILE_DIFFERS, .part = "byte", .offset = at,
                 .expected = wanted.data[at], .actual = found->data[at],
                 .detail = options->against);
    else if (!ok)
        ota_fail(err, OTA_E_FILE_DIFFERS, .part = "length", .offset = at,
                 .expected = wanted.size, .actual = found->size,
                 .detail = options->against);
    ota_file_release(&wanted);
    return ok;
}

static struct verify_result judge(const struct verify_options *options,
                                  const struct verify_input *input,
                                  enum ota_kind kind)
{
    switch (kind) {
    case OTA_KIND_PARTITION_TABLE:
        return verify_table(options, input);
    case OTA_KIND_OTADATA:
        return passed(options, input, kind);
    case OTA_KIND_PACK:
        return verify_pack(options, input);
    case OTA_KIND_BOOTLOADER:
        return leads_a_pack(input) ? verify_pack(options, input)
                                   : verify_image(options, input);
    case OTA_KIND_UNKNOWN:
    case OTA_KIND_COUNT:
        return verify_failed(input, ota_kind_name(kind),
                             (struct ota_error){.code = OTA_E_FILE_UNKNOWN});
    default:
        return verify_image(options, input);
    }
}

struct verify_result verify_file(const struct verify_options *options,
                                 const struct verify_input *input)
{
    struct ota_error err;
    struct ota_source source = source_of(input);
    enum ota_kind kind = ota_kind_of(&source);
    if (kind == OTA_KIND_FLASH_DUMP)
        return verify_dump(options, input);
    if (options->against && !is_same(options, input, &err))
        return verify_failed(input, ota_kind_name(kind), err);
    return judge(options, input, kind);
}
