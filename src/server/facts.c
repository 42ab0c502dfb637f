/* SPDX-License-Identifier: Apache-2.0 */
#include "facts.h"
#include "otatool/crc32.h"
#include "otatool/pack_file.h"
#include "otatool/rules.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { SKETCH_AT = 0x1000 };

/* The core's boot, one sector long, then the sketch, both plain images. */
static bool is_arduino(const struct ota_catalog_entry *entry)
{
    return entry->route.size > SKETCH_AT + OTA_IMAGE_HEADER_SIZE &&
           entry->data[0] == OTA_IMAGE_MAGIC &&
           entry->data[SKETCH_AT] == OTA_IMAGE_MAGIC &&
           entry->facts.kind != OTA_KIND_PACK;
}

static void judge_pack(struct ota_catalog_facts *facts,
                       const struct ota_pack *pack)
{
    facts->is_sound = true;
    for (size_t i = 0; i < ota_pack_rule_count && facts->is_sound; i++) {
        const struct ota_pack_rule *rule = &ota_pack_rules[i];
        struct ota_error err;
        if (rule->severity == OTA_REFUSE && !rule->holds(pack, &err)) {
            facts->is_sound = false;
            facts->broken = rule->code;
        }
    }
}

static void note_project(struct ota_catalog_facts *facts,
                         const struct ota_image *app,
                         const struct ota_source *source)
{
    struct ota_app_description description;
    if (ota_image_description(app, source, &description))
        memcpy(facts->project, description.project_name,
               sizeof(facts->project));
}

static void look_at_pack(struct ota_catalog_entry *entry)
{
    struct ota_catalog_facts *facts = &entry->facts;
    struct ota_pack *pack = calloc(1, sizeof(*pack));
    struct ota_error err = {.code = OTA_E_MEMORY};
    facts->broken = err.code;
    if (pack && ota_pack_file_read(pack, entry->data, (size_t)entry->route.size,
                                   &err)) {
        facts->slot = ota_pack_stamp(pack);
        if (pack->has_app && pack->app_address >= OTA_PACK_BASE) {
            facts->app_offset = pack->app_address - OTA_PACK_BASE;
            facts->app_size = pack->app_size;
            note_project(facts, &pack->app, &pack->source);
        }
        judge_pack(facts, pack);
    }
    free(pack);
}

/* What looks like an image and is none may be any file. */
static void look_at_image(struct ota_catalog_entry *entry,
                          const struct ota_source *source)
{
    struct ota_image image;
    struct ota_error err = {.code = OTA_OK};
    struct ota_catalog_facts *facts = &entry->facts;
    facts->is_sound = ota_image_verify(&image, source, 0, &err);
    facts->broken = err.code;
    if (facts->is_sound)
        note_project(facts, &image, source);
    else
        facts->kind = OTA_KIND_UNKNOWN;
}

static bool is_sealed(const struct ota_catalog_entry *entry)
{
    size_t size = (size_t)entry->route.size;
    if (size < 2 * OTA_PACK_CRC_SIZE)
        return false;
    const uint8_t *end = entry->data + size - OTA_PACK_CRC_SIZE;
    uint32_t stored = end[0] | (uint32_t)end[1] << 8 | (uint32_t)end[2] << 16 |
                      (uint32_t)end[3] << 24;
    uLong plain = crc32_z(0, entry->data, size - OTA_PACK_CRC_SIZE);
    return stored == ota_crc32_old_sdk((uint32_t)plain);
}

void facts_find(struct ota_catalog_entry *entry)
{
    struct ota_catalog_facts *facts = &entry->facts;
    struct ota_source source =
        ota_source_memory(entry->data, (uint32_t)entry->route.size);
    facts->kind = ota_kind_of(&source);
    facts->is_arduino = is_arduino(entry);
    ota_md5(entry->data, (size_t)entry->route.size, facts->md5);
    if (facts->kind != OTA_KIND_UNKNOWN)
        facts->is_sealed = is_sealed(entry);
    if (facts->kind == OTA_KIND_PACK)
        look_at_pack(entry);
    if (facts->kind == OTA_KIND_APP || facts->kind == OTA_KIND_APP_PAIR ||
        facts->kind == OTA_KIND_BOOTLOADER)
        look_at_image(entry, &source);
    if (facts->kind == OTA_KIND_USER && entry->data[3] <= 2)
        facts->slot = entry->data[3];
}
