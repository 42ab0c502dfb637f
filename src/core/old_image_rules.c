/* SPDX-License-Identifier: Apache-2.0 */
/* What the old SDKs' script lets through, and a device does not survive. */
#include "otatool/old_image.h"

enum {
    /* user1 starts a sector late, and behind user2 lie 4 of parameters. */
    RESERVED_SECTORS = 5,
    FLAT_IROM = 0x10000,
};

#define IRAM_START 0x40100000u
#define IRAM_END 0x40108000u
#define DRAM_START 0x3ffe8000u
#define DRAM_END 0x3ffffc00u /* the boots' stack lies above */

/* The header announces three segments and the boots read that many. */
static bool parts_are_there(const struct ota_old_image_plan *plan,
                            struct ota_error *err)
{
    if (plan->text.size == 0)
        return ota_fail(err, OTA_E_OLD_PART_EMPTY, .part = "text");
    if (plan->data.size == 0)
        return ota_fail(err, OTA_E_OLD_PART_EMPTY, .part = "data");
    if (plan->rodata.size == 0)
        return ota_fail(err, OTA_E_OLD_PART_EMPTY, .part = "rodata");
    return true;
}

/* Without the irom block the boots take the image's entry for its length. */
static bool irom_is_there(const struct ota_old_image_plan *plan,
                          struct ota_error *err)
{
    if (plan->boot != OTA_OLD_BOOT_1_2_UP || plan->irom.size > 0)
        return true;
    return ota_fail(err, OTA_E_OLD_PART_EMPTY, .part = "irom0text");
}

static bool lies_in(const struct ota_image_part *part, uint32_t start,
                    uint32_t end)
{
    return part->size == 0 || (part->address >= start && part->address < end &&
                               part->size <= end - part->address);
}

static bool ram_holds(const struct ota_old_image_plan *plan,
                      struct ota_error *err)
{
    const struct {
        const char *name;
        const char *symbol;
        const struct ota_image_part *part;
        uint32_t start;
        uint32_t end;
    } rows[] = {
        {"text", "", &plan->text, IRAM_START, IRAM_END},
        {"data", "_data_start", &plan->data, DRAM_START, DRAM_END},
        {"rodata", "_rodata_start", &plan->rodata, DRAM_START, DRAM_END},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].part->address == 0)
            return ota_fail(err, OTA_E_ELF_SYMBOL, .part = rows[i].name,
                            .detail = rows[i].symbol);
        if (!lies_in(rows[i].part, rows[i].start, rows[i].end))
            return ota_fail(err, OTA_E_OLD_RAM, .part = rows[i].name,
                            .expected = rows[i].end,
                            .actual = (uint64_t)rows[i].part->address +
                                      rows[i].part->size);
    }
    return true;
}

static bool has_slots(const struct ota_old_image_plan *plan)
{
    return plan->boot != OTA_OLD_BOOT_NONE && plan->map->bin_size > 0;
}

static bool map_has_slots(const struct ota_old_image_plan *plan,
                          struct ota_error *err)
{
    if (plan->boot == OTA_OLD_BOOT_NONE || has_slots(plan))
        return true;
    return ota_fail(err, OTA_E_MAP_UNUSABLE, .part = plan->map->name);
}

/* Else the irom would not be at 64 KB, where it is linked to. */
static bool flat_image_fits(const struct ota_old_image_plan *plan,
                            struct ota_error *err)
{
    uint32_t size = ota_old_image_size(plan);
    uint32_t limit = FLAT_IROM + plan->irom.size + 4;
    if (plan->boot != OTA_OLD_BOOT_1_1 || size <= limit)
        return true;
    return ota_fail(err, OTA_E_IMAGE_TOO_LARGE, .part = "code before irom0text",
                    .expected = FLAT_IROM,
                    .actual = (uint64_t)size - limit + FLAT_IROM);
}

static bool slot_fits(const struct ota_old_image_plan *plan,
                      struct ota_error *err)
{
    if (!has_slots(plan))
        return true;
    uint32_t limit =
        ota_flash_map_half(plan->map) - RESERVED_SECTORS * OTA_SECTOR_SIZE;
    uint32_t size = ota_old_image_size(plan);
    if (size > 0 && size <= limit)
        return true;
    return ota_fail(err, OTA_E_IMAGE_TOO_LARGE, .part = plan->map->name,
                    .expected = limit, .actual = size);
}

static bool link_holds(const struct ota_old_image_plan *plan,
                       struct ota_error *err)
{
    uint32_t expected = ota_old_image_irom_address(plan);
    if (!has_slots(plan) || plan->irom.size == 0 || plan->irom.address == 0 ||
        plan->irom.address == expected)
        return true;
    return ota_fail(err, OTA_E_OLD_LINK,
                    .part = plan->user == 2 ? "user2" : "user1",
                    .expected = expected, .actual = plan->irom.address);
}

static bool (*const rules[])(const struct ota_old_image_plan *plan,
                             struct ota_error *err) = {
    parts_are_there, irom_is_there, ram_holds,  map_has_slots,
    flat_image_fits, slot_fits,     link_holds,
};

const size_t ota_old_image_rule_count = sizeof(rules) / sizeof(rules[0]);

bool ota_old_image_holds(size_t rule, const struct ota_old_image_plan *plan,
                         struct ota_error *err)
{
    return rules[rule](plan, err);
}
