/* SPDX-License-Identifier: Apache-2.0 */
#include "partition_json.h"
#include "otatool/partition_csv.h"
#include "otatool/report.h"

static json_t *kind(const char *keyword, uint8_t value)
{
    return keyword ? json_string(keyword) : json_integer(value);
}

static json_t *partition_json(const struct ota_partition *partition)
{
    return json_pack(
        "{s:o, s:o, s:o, s:I, s:I, s:b}", "name",
        ota_report_text(partition->name), "type",
        kind(ota_partition_csv_type(partition->type), partition->type),
        "subtype",
        kind(ota_partition_csv_subtype(partition->type, partition->subtype),
             partition->subtype),
        "offset", (json_int_t)partition->offset, "size",
        (json_int_t)partition->size, "encrypted", partition->flags & 1);
}

json_t *partition_table_json(const struct ota_partition_table *table)
{
    json_t *array = json_array();
    for (uint32_t i = 0; i < table->count; i++)
        json_array_append_new(array, partition_json(&table->entries[i]));
    return array;
}
