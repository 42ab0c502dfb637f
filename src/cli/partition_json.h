/* SPDX-License-Identifier: Apache-2.0 */
/* Partition tables as JSON. */
#ifndef OTATOOL_CLI_PARTITION_JSON_H
#define OTATOOL_CLI_PARTITION_JSON_H

#include "otatool/partition_table.h"
#include <jansson.h>

/* An array of {"name", "type", "subtype", "offset", "size", "encrypted"}:
 * types are keywords where there are any, else numbers. New. */
json_t *partition_table_json(const struct ota_partition_table *table);

#endif
