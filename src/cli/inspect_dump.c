/* SPDX-License-Identifier: Apache-2.0 */
/* A whole flash: of the old SDKs by its map, of the SDK v3 by its table. */
#include "inspect.h"
#include "otatool/boot_params.h"
#include "otatool/flash_map.h"
#include "otatool/image.h"
#include "otatool/otadata.h"
#include "otatool/partition_table.h"

static bool is_blank_at(const struct inspection *inspection, uint32_t offset)
{
    return offset >= inspection->size || inspection->data[offset] == 0xff;
}

/* Whatever stands in a slot of the old SDKs. */
static void inspect_slot(struct inspection *inspection, const char *name,
                         uint32_t offset, uint32_t end)
{
    if (is_blank_at(inspection, offset))
        return;
    end = end < inspection->size ? end : inspection->size;
    if (inspection->data[offset] == OTA_IMAGE_CONTAINER_MAGIC)
        inspect_container(inspection, name, offset, end);
    else
        inspect_image(inspection, name, offset, end);
}

static void inspect_params(struct inspection *inspection,
                           const struct ota_flash_map *map)
{
    struct ota_boot_params params;
    struct ota_error err;
    struct ota_source source =
        ota_source_memory(inspection->data, inspection->size);
    if (!ota_boot_params_read(&params, &source, map, &err)) {
        inspect_problem(inspection, err);
        return;
    }
    json_array_append_new(
        inspection->parts,
        json_pack("{s:s, s:I, s:I, s:s, s:i, s:i}", "part", "boot parameters",
                  "offset",
                  (json_int_t)(ota_flash_map_parameters(map) +
                               OTA_SECTOR_SIZE * (1u + params.copy)),
                  "size", (json_int_t)OTA_SECTOR_SIZE, "map", map->name,
                  "boot_version", (int)params.version, "running_slot",
                  ota_boot_params_slot(&params)));
}

static void inspect_old_flash(struct inspection *inspection)
{
    const struct ota_flash_map *map =
        ota_flash_map_by_code(inspection->data[3] >> 4);
    if (!map || map->bin_size == 0)
        return;
    uint32_t user2 = ota_flash_map_slot(map, 2);
    uint32_t half = ota_flash_map_half(map);
    inspect_slot(inspection, "user1", ota_flash_map_slot(map, 1), half);
    inspect_slot(inspection, "user2", user2, half + half);
    inspect_params(inspection, map);
}

static void inspect_partition(struct inspection *inspection,
                              const struct ota_partition *partition)
{
    uint64_t end = ota_partition_end(partition);
    if (partition->offset >= inspection->size ||
        is_blank_at(inspection, partition->offset))
        return;
    if (partition->type == OTA_PARTITION_APP)
        inspect_image(inspection, partition->name, partition->offset,
                      end < inspection->size ? (uint32_t)end
                                             : inspection->size);
    else if (partition->type == OTA_PARTITION_DATA &&
             partition->subtype == OTA_PARTITION_DATA_OTADATA)
        inspect_otadata(inspection, partition->offset);
}

static void inspect_new_flash(struct inspection *inspection, uint32_t offset)
{
    struct ota_partition_table table;
    struct ota_source source =
        ota_source_memory(inspection->data, inspection->size);
    inspect_table(inspection, offset);
    if (!ota_partition_table_parse(&table, &source, offset, NULL))
        return;
    for (size_t i = 0; i < table.count; i++)
        inspect_partition(inspection, &table.entries[i]);
}

void inspect_dump(struct inspection *inspection)
{
    static const uint32_t places[] = {0x8000, 0x5000};
    struct ota_partition_table table;
    struct ota_source source =
        ota_source_memory(inspection->data, inspection->size);
    inspect_image(inspection, "boot", 0, inspection->size);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (ota_partition_table_parse(&table, &source, places[i], NULL) &&
            table.count > 0) {
            inspect_new_flash(inspection, places[i]);
            return;
        }
    inspect_old_flash(inspection);
}
