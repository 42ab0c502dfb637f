/* SPDX-License-Identifier: Apache-2.0 */
/* A table written as text reads back to the same offsets and sizes. */
#include "otatool/partition_csv.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool rises(const struct ota_partition_table *table)
{
    for (uint32_t i = 1; i < table->count; i++)
        if (table->entries[i].offset <
            ota_partition_end(&table->entries[i - 1]))
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ota_partition_csv csv;
    static struct ota_partition_csv again;
    char text[OTA_PARTITION_CSV_SIZE];
    if (!ota_partition_csv_parse(&csv, (const char *)data, size, 0x8000, NULL))
        return 0;
    if (!rises(&csv.table))
        abort();
    size_t written = ota_partition_csv_build(&csv.table, text);
    if (csv.slip.code != OTA_OK)
        return 0; /* such names need not survive */
    for (uint32_t i = 0; i < csv.table.count; i++)
        if (strpbrk(csv.table.entries[i].name, "#,"))
            return 0;
    if (!ota_partition_csv_parse(&again, text, written, 0x8000, NULL) ||
        again.table.count != csv.table.count)
        abort();
    for (uint32_t i = 0; i < csv.table.count; i++)
        if (again.table.entries[i].offset != csv.table.entries[i].offset ||
            again.table.entries[i].size != csv.table.entries[i].size)
            abort();
    return 0;
}
