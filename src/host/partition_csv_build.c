/* SPDX-License-Identifier: Apache-2.0 */
/* Writing partition tables as CSV, and the keywords both ways share. */
#include "otatool/partition_csv.h"
#include "partition_keywords.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const struct keyword partition_types[] = {
    {"app", 0, OTA_PARTITION_APP},
    {"data", 0, OTA_PARTITION_DATA},
    {0},
};
const struct keyword partition_subtypes[] = {
    {"factory", 0, 0x00},  {"test", 0, 0x20},
    {"ota_0", 0, 0x10},    {"ota_1", 0, 0x11},
    {"ota_2", 0, 0x12},    {"ota_3", 0, 0x13},
    {"ota_4", 0, 0x14},    {"ota_5", 0, 0x15},
    {"ota_6", 0, 0x16},    {"ota_7", 0, 0x17},
    {"ota_8", 0, 0x18},    {"ota_9", 0, 0x19},
    {"ota_10", 0, 0x1a},   {"ota_11", 0, 0x1b},
    {"ota_12", 0, 0x1c},   {"ota_13", 0, 0x1d},
    {"ota_14", 0, 0x1e},   {"ota_15", 0, 0x1f},
    {"ota", 1, 0x00},      {"phy", 1, 0x01},
    {"nvs", 1, 0x02},      {"coredump", 1, 0x03},
    {"nvs_keys", 1, 0x04}, {"efuse", 1, 0x05},
    {"esphttpd", 1, 0x80}, {"fat", 1, 0x81},
    {"spiffs", 1, 0x82},   {0},
};
const char *ota_partition_csv_type(uint8_t type)
{
    for (const struct keyword *k = partition_types; k->name; k++)
        if (k->value == type)
            return k->name;
    return NULL;
}

const char *ota_partition_csv_subtype(uint8_t type, uint8_t subtype)
{
    for (const struct keyword *k = partition_subtypes; k->name; k++)
        if (k->type == type && k->value == subtype)
            return k->name;
    return NULL;
}

bool ota_partition_csv_name_fits(const struct ota_partition *partition)
{
    const char *subtype =
        ota_partition_csv_subtype(partition->type, partition->subtype);
    for (const struct keyword *k = partition_types; k->name; k++)
        if (strcmp(partition->name, k->name) == 0)
            return k->value == partition->type;
    for (const struct keyword *k = partition_subtypes; k->name; k++)
        if (strcmp(partition->name, k->name) == 0)
            return subtype && strcmp(partition->name, subtype) == 0;
    return true;
}

static void print_kind(FILE *out, const char *keyword, uint8_t value)
{
    if (keyword)
        fprintf(out, "%s,", keyword);
    else
        fprintf(out, "%u,", value);
}

static void print_size(FILE *out, uint32_t size)
{
    if (size % 0x100000 == 0)
        fprintf(out, "%" PRIu32 "M", size / 0x100000);
    else if (size % 0x400 == 0)
        fprintf(out, "%" PRIu32 "K", size / 0x400);
    else
        fprintf(out, "0x%" PRIx32, size);
}

static void print_partition(FILE *out, const struct ota_partition *partition)
{
    fprintf(out, "%s,", partition->name);
    print_kind(out, ota_partition_csv_type(partition->type), partition->type);
    print_kind(out,
               ota_partition_csv_subtype(partition->type, partition->subtype),
               partition->subtype);
    fprintf(out, "0x%" PRIx32 ",", partition->offset);
    print_size(out, partition->size);
    fprintf(out, ",%s\n", partition->flags & 1 ? "encrypted" : "");
}

size_t ota_partition_csv_build(const struct ota_partition_table *table,
                               char *text)
{
    FILE *out = fmemopen(text, OTA_PARTITION_CSV_SIZE, "w");
    if (!out)
        return 0;
    fputs("# Espressif ESP32 Partition Table\n"
          "# Name, Type, SubType, Offset, Size, Flags\n",
          out);
    for (uint32_t i = 0; i < table->count; i++)
        print_partition(out, &table->entries[i]);
    long size = ftell(out);
    fclose(out);
    return size > 0 ? (size_t)size : 0;
}
