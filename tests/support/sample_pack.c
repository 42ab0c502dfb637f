/* SPDX-License-Identifier: Apache-2.0 */
#include "sample_pack.h"
#include "otatool/digest.h"
#include "otatool/image.h"
#include "otatool/pack.h"
#include "otatool/pack_file.h"
#include <stdlib.h>
#include <string.h>

enum { CAPACITY = 1024 * 1024 };

static void add(struct ota_partition_table *table, const char *name,
                uint8_t type, uint8_t subtype, uint32_t offset, uint32_t size)
{
    struct ota_partition *entry = &table->entries[table->count++];
    *entry = (struct ota_partition){
        .type = type, .subtype = subtype, .offset = offset, .size = size};
    strncpy(entry->name, name, OTA_PARTITION_NAME_SIZE);
}

void sample_pack_init(struct sample_pack *sample, uint8_t flash_code)
{
    *sample = (struct sample_pack){
        .bootloader_flash = flash_code,
        .link = 0x7000,
        .app_at = 0x7000,
        .table_at = 0x5000,
        .app_padding = 4096,
    };
    struct ota_partition_table *table = &sample->table;
    add(table, "phy_init", OTA_PARTITION_DATA, OTA_PARTITION_DATA_PHY, 0x6000,
        0x1000);
    add(table, "ota_0", OTA_PARTITION_APP, OTA_PARTITION_APP_OTA_0, 0x7000,
        0x77000);
    add(table, "nvs", OTA_PARTITION_DATA, OTA_PARTITION_DATA_NVS, 0x7f000,
        0x4000);
    add(table, "otadata", OTA_PARTITION_DATA, OTA_PARTITION_DATA_OTADATA,
        0x83000, 0x2000);
    add(table, "ota_1", OTA_PARTITION_APP, OTA_PARTITION_APP_OTA_0 + 1, 0x85000,
        0x77000);
    sample_pack_build(sample);
}

static uint32_t build_image(uint8_t *out, uint8_t size_frequency,
                            uint32_t entry, struct ota_image_part *parts,
                            uint8_t count)
{
    struct ota_image_plan plan = {.mode = OTA_FLASH_DIO,
                                  .size_frequency = size_frequency,
                                  .entry = entry,
                                  .parts = parts,
                                  .part_count = count,
                                  .segment_count = count};
    if (!ota_image_build(&plan, 0, out, CAPACITY, NULL))
        abort();
    return ota_image_built_size(&plan, 0);
}

static uint32_t build_bootloader(const struct sample_pack *sample, uint8_t *out,
                                 const uint8_t *noise)
{
    struct ota_image_part parts[] = {
        {0x40100000, noise, 0x1400},
        {0x3ffe8000, noise + 16, 0x100},
        {0x3ffe8100, noise + 32, 0x200},
    };
    return build_image(out, (uint8_t)(sample->bootloader_flash << 4),
                       0x40100004, parts, 3);
}

static uint32_t build_app(const struct sample_pack *sample, uint8_t *out,
                          const uint8_t *noise)
{
    static const uint8_t esp32_code[] = {0, 0, 0, 1, 2, 1, 2, 0, 3, 4};
    uint32_t text = 0x40200010 + (sample->link & 0xfffff);
    struct ota_image_part parts[] = {
        {text, noise, sample->app_padding},
        {0x3ffe8000, noise + 48, 0x80},
    };
    uint32_t size =
        build_image(out, (uint8_t)(esp32_code[sample->bootloader_flash] << 4),
                    text + 4, parts, 2);
    ota_sha256(out, size, out + size);
    return size + OTA_IMAGE_DIGEST_SIZE;
}

void sample_pack_build(struct sample_pack *sample)
{
    uint8_t *noise = malloc(CAPACITY);
    uint8_t *app = malloc(CAPACITY);
    uint8_t *bootloader = malloc(CAPACITY);
    uint8_t table[OTA_PARTITION_TABLE_SIZE];
    if (!noise || !app || !bootloader)
        abort();
    for (size_t i = 0; i < CAPACITY; i++)
        noise[i] = (uint8_t)(i * 7 + i / 251);
    if (!ota_partition_table_build(&sample->table, NULL, table, NULL))
        abort();
    struct ota_pack_part parts[] = {
        {0, bootloader, build_bootloader(sample, bootloader, noise), "boot"},
        {sample->table_at, table, sizeof(table), "table"},
        {sample->app_at, app, build_app(sample, app, noise), "app"},
    };
    size_t last = 2;
    if (!ota_pack_arrange(parts, 3, &last, NULL))
        abort();
    free(sample->data);
    sample->size = (size_t)ota_pack_size(parts, 3);
    sample->data = malloc(sample->size);
    if (!sample->data)
        abort();
    ota_pack_build(parts, 3, sample->data);
    ota_pack_file_seal(sample->data, sample->size);
    free(noise);
    free(app);
    free(bootloader);
}

void sample_pack_release(struct sample_pack *sample)
{
    free(sample->data);
    sample->data = NULL;
}
