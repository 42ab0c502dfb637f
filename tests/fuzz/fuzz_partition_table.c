/* SPDX-License-Identifier: Apache-2.0 */
/* What parses can be built, and parses again to the same entries. */
#include "otatool/partition_table.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ota_partition_table table;
    struct ota_partition_table again;
    struct ota_source source = ota_source_memory(data, size);
    uint8_t bytes[OTA_PARTITION_TABLE_SIZE];
    if (!ota_partition_table_parse(&table, &source, 0, NULL))
        return 0;
    struct ota_source built = ota_source_memory(bytes, sizeof(bytes));
    if (!ota_partition_table_build(&table, NULL, bytes, NULL) ||
        !ota_partition_table_parse(&again, &built, 0, NULL) ||
        again.count != table.count ||
        memcmp(again.entries, table.entries, sizeof(table.entries)) != 0)
        abort();
    return 0;
}
