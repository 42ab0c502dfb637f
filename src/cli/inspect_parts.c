/* SPDX-License-Identifier: Apache-2.0 */
/* A file as its parts. */
#include "inspect.h"
#include "otatool/digest.h"
#include "otatool/image.h"
#include "otatool/otadata.h"
#include "otatool/pack_file.h"
#include "otatool/report.h"
#include "partition_json.h"
#include <string.h>

void inspect_problem(struct inspection *inspection, struct ota_error err)
{
    err.subject = inspection->name;
    ota_report_print(stderr, "otatool", &err);
    json_array_append_new(inspection->problems, ota_report_json(&err));
}

static void set_md5(struct inspection *inspection, json_t *part,
                    const struct ota_partition_table *table, uint32_t offset)
{
    uint8_t md5[OTA_MD5_SIZE];
    ota_md5(inspection->data + offset, table->md5_covers, md5);
    bool ok = memcmp(md5, table->md5, sizeof(md5)) == 0;
    json_object_set_new(part, "md5", json_pack("{s:b}", "ok", ok));
    if (!ok)
        inspect_problem(
            inspection,
            (struct ota_error){.code = OTA_E_TABLE_MD5,
                               .part = "partition table",
                               .offset = (uint64_t)offset + table->md5_covers});
}

void inspect_table(struct inspection *inspection, uint32_t offset)
{
    struct ota_partition_table table;
    struct ota_error err;
    struct ota_source source =
        ota_source_memory(inspection->data, inspection->size);
    if (!ota_partition_table_parse(&table, &source, offset, &err)) {
        inspect_problem(inspection, err);
        return;
    }
    uint32_t left = inspection->size - offset;
    uint32_t size =
        left < OTA_PARTITION_TABLE_SIZE ? left : OTA_PARTITION_TABLE_SIZE;
    json_t *part =
        json_pack("{s:s, s:I, s:I, s:o}", "part", "partition table", "offset",
                  (json_int_t)offset, "size", (json_int_t)size, "partitions",
                  partition_table_json(&table));
    json_array_append_new(inspection->parts, part);
    if (table.has_md5)
        set_md5(inspection, part, &table, offset);
}

void inspect_otadata(struct inspection *inspection, uint32_t offset)
{
    struct ota_otadata otadata;
    struct ota_error err;
    struct ota_source source =
        ota_source_memory(inspection->data, inspection->size);
    if (!ota_otadata_parse(&otadata, &source, offset, &err)) {
        inspect_problem(inspection, err);
        return;
    }
    json_t *copies = json_array();
    for (size_t i = 0; i < OTA_OTADATA_COPIES; i++)
        json_array_append_new(
            copies, json_pack("{s:I, s:b, s:s}", "sequence",
                              (json_int_t)otadata.copies[i].sequence, "valid",
                              otadata.copies[i].is_valid, "state",
                              ota_otadata_state_name(otadata.copies[i].state)));
    json_array_append_new(inspection->parts,
                          json_pack("{s:s, s:I, s:I, s:o}", "part", "otadata",
                                    "offset", (json_int_t)offset, "size",
                                    (json_int_t)OTA_OTADATA_SIZE, "copies",
                                    copies));
}

static void inspect_crc(struct inspection *inspection,
                        const struct ota_pack *pack)
{
    uint32_t offset = pack->size - OTA_PACK_CRC_SIZE;
    bool ok = pack->crc == pack->crc_actual;
    json_array_append_new(inspection->parts,
                          json_pack("{s:s, s:I, s:i, s:{s:I, s:I, s:b}}",
                                    "part", "CRC", "offset", (json_int_t)offset,
                                    "size", OTA_PACK_CRC_SIZE, "crc", "stored",
                                    (json_int_t)pack->crc, "computed",
                                    (json_int_t)pack->crc_actual, "ok", ok));
    if (!ok)
        inspect_problem(inspection,
                        (struct ota_error){.code = OTA_E_PACK_CRC,
                                           .part = "CRC",
                                           .offset = offset,
                                           .expected = pack->crc_actual,
                                           .actual = pack->crc});
}

/* Where a part will lie in flash, for the parts found so far. */
static void set_addresses(struct inspection *inspection)
{
    size_t i;
    json_t *part;
    json_array_foreach(inspection->parts, i, part)
    {
        json_int_t offset = json_integer_value(json_object_get(part, "offset"));
        json_object_set_new(part, "address",
                            json_integer(offset + OTA_PACK_BASE));
    }
}

static void inspect_pack(struct inspection *inspection)
{
    struct ota_pack pack;
    struct ota_error err;
    if (!ota_pack_file_read(&pack, inspection->data, inspection->size, &err)) {
        inspect_problem(inspection, err);
        return;
    }
    uint32_t end = pack.size - OTA_PACK_CRC_SIZE;
    inspect_image(inspection, "bootloader", 0, end);
    if (pack.has_table)
        inspect_table(inspection, pack.table_address - OTA_PACK_BASE);
    else
        inspect_problem(inspection, pack.table_error);
    if (pack.has_app)
        inspect_image(inspection, "app", pack.app_address - OTA_PACK_BASE, end);
    else
        inspect_problem(inspection, pack.app_error);
    set_addresses(inspection);
    inspect_crc(inspection, &pack);
}

/* Nothing but the image may be in the file. */
static void inspect_lone_image(struct inspection *inspection)
{
    inspect_image(inspection, ota_kind_name(inspection->kind), 0,
                  inspection->size);
    const json_t *part = json_array_get(inspection->parts, 0);
    json_int_t end = json_integer_value(json_object_get(part, "size"));
    if (json_object_get(part, "digest"))
        end += OTA_IMAGE_DIGEST_SIZE;
    if (part && end < inspection->size)
        inspect_problem(inspection,
                        (struct ota_error){.code = OTA_E_APP_TRAILING,
                                           .part = "image",
                                           .offset = (uint64_t)end,
                                           .expected = (uint64_t)end,
                                           .actual = inspection->size});
}

static void inspect_pair(struct inspection *inspection)
{
    inspect_image(inspection, "app for ota_0", 0, inspection->size / 2);
    inspect_image(inspection, "app for ota_1", inspection->size / 2,
                  inspection->size);
}

/* The CRC of a flat image is at the end of the file, as a pack's is. */
static void inspect_flat(struct inspection *inspection)
{
    struct ota_pack pack;
    struct ota_error err;
    inspect_image(inspection, "image", 0, OTA_KIND_FLAT_IROM);
    if (!ota_pack_file_read(&pack, inspection->data, inspection->size, &err)) {
        inspect_problem(inspection, err);
        return;
    }
    json_array_append_new(inspection->parts,
                          json_pack("{s:s, s:I, s:I}", "part", "irom", "offset",
                                    (json_int_t)OTA_KIND_FLAT_IROM, "size",
                                    (json_int_t)(pack.size - OTA_PACK_CRC_SIZE -
                                                 OTA_KIND_FLAT_IROM)));
    inspect_crc(inspection, &pack);
}

void inspect_parts(struct inspection *inspection)
{
    struct ota_source source =
        ota_source_memory(inspection->data, inspection->size);
    inspection->kind = ota_kind_of(&source);
    switch (inspection->kind) {
    case OTA_KIND_BOOTLOADER:
    case OTA_KIND_APP:
        inspect_lone_image(inspection);
        break;
    case OTA_KIND_OLD_BOOT:
        inspect_image(inspection, ota_kind_name(inspection->kind), 0,
                      inspection->size);
        break;
    case OTA_KIND_APP_PAIR:
        inspect_pair(inspection);
        break;
    case OTA_KIND_USER:
        inspect_container(inspection, "container", 0, inspection->size);
        break;
    case OTA_KIND_USER_FLAT:
        inspect_flat(inspection);
        break;
    case OTA_KIND_PARTITION_TABLE:
        inspect_table(inspection, 0);
        break;
    case OTA_KIND_OTADATA:
        inspect_otadata(inspection, 0);
        break;
    case OTA_KIND_PACK:
        inspect_pack(inspection);
        break;
    case OTA_KIND_FLASH_DUMP:
        inspect_dump(inspection);
        break;
    case OTA_KIND_UNKNOWN:
    case OTA_KIND_COUNT:
        inspect_problem(inspection,
                        (struct ota_error){.code = inspection->size
                                                       ? OTA_E_FILE_UNKNOWN
                                                       : OTA_E_FILE_EMPTY});
        break;
    }
}
