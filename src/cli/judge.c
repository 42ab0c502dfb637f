/* SPDX-License-Identifier: Apache-2.0 */
#include "judge.h"
#include "otatool/partition_rules.h"
#include "otatool/report.h"
#include <string.h>

/* Packs for these can exist at all; a table tells why one can not. */
static uint16_t maps_that_can_work(void)
{
    uint16_t maps = 0;
    for (int code = 0; code < OTA_FLASH_MAP_COUNT; code++)
        if (ota_flash_maps[code].bin_size)
            maps |= (uint16_t)(1u << code);
    return maps;
}

static bool names_map(const struct ota_flash_map *map, const char *text,
                      size_t length)
{
    if (length == 1 && text[0] == '0' + map->code)
        return true;
    return strlen(map->name) == length &&
           strncasecmp(map->name, text, length) == 0;
}

static bool add_map(const char *text, size_t length, uint16_t *maps)
{
    for (int code = 0; code < OTA_FLASH_MAP_COUNT; code++)
        if (names_map(&ota_flash_maps[code], text, length)) {
            *maps |= (uint16_t)(1u << code);
            return true;
        }
    return false;
}

bool judge_maps(const char *text, uint16_t *maps)
{
    for (;;) {
        size_t length = strcspn(text, ",");
        if (!add_map(text, length, maps))
            return false;
        if (!text[length])
            return true;
        text += length + 1;
    }
}

void judge_add(struct judgement *judgement, enum ota_severity severity,
               struct ota_error facts)
{
    if (severity == OTA_REFUSE)
        judgement->is_usable = false;
    if (judgement->count < JUDGE_MAX_FINDINGS)
        judgement->findings[judgement->count++] =
            (struct judge_finding){severity, facts};
}

static bool takes(const struct ota_pack *pack, const struct ota_flash_map *map,
                  uint8_t boot, uint8_t slot)
{
    return ota_rules_judge(pack, map, boot, slot).clients != 0;
}

/* Whether some boot of the map takes the pack in every slot it is for. */
static bool map_takes(const struct ota_pack *pack,
                      const struct ota_flash_map *map)
{
    uint8_t stamp = ota_pack_stamp(pack);
    for (uint8_t boot = 2; boot <= 7; boot++) {
        bool from_user1 = stamp == 1 || takes(pack, map, boot, 1);
        bool from_user2 = stamp == 2 || takes(pack, map, boot, 2);
        if (ota_flash_map_boots(map, boot) && from_user1 && from_user2)
            return true;
    }
    return false;
}

/* Maps named by the user must all work; of the others one is enough. */
static void ask_devices(struct judgement *judgement, bool all_must,
                        const char *subject)
{
    bool any = false;
    for (int code = 0; code < OTA_FLASH_MAP_COUNT; code++) {
        const struct ota_flash_map *map = &ota_flash_maps[code];
        if (!(judgement->maps >> code & 1))
            continue;
        if (map_takes(judgement->pack, map))
            any = true;
        else if (all_must)
            judge_add(judgement, OTA_REFUSE,
                      (struct ota_error){.code = OTA_E_MAP_CANNOT,
                                         .subject = subject,
                                         .part = map->name});
    }
    if (!any && !all_must)
        judge_add(
            judgement, OTA_REFUSE,
            (struct ota_error){.code = OTA_E_NO_DEVICE, .subject = subject});
}

static void ask_pack_rules(struct judgement *judgement, const char *subject)
{
    for (size_t i = 0; i < ota_pack_rule_count; i++) {
        struct ota_error facts;
        if (ota_pack_rules[i].holds(judgement->pack, &facts))
            continue;
        facts.subject = subject;
        judge_add(judgement, ota_pack_rules[i].severity, facts);
    }
}

static void ask_table_rules(struct judgement *judgement, const char *subject)
{
    const struct ota_pack *pack = judgement->pack;
    struct ota_partition_place place = {
        .table_offset = pack->table_address,
        .flash_size = ota_pack_flash_size(pack),
        .bootloader_copies = pack->has_own_boot,
    };
    for (size_t i = 0; pack->has_table && i < ota_partition_rule_count; i++) {
        struct ota_error facts;
        if (ota_partition_rule_check(i, &pack->table, &place, &facts))
            continue;
        facts.subject = subject;
        judge_add(judgement, ota_partition_rules[i].severity, facts);
    }
}

void judge_pack(struct judgement *judgement, struct ota_pack *pack,
                const struct judge_options *options, const char *subject)
{
    pack->built_for_table = options->table_offset;
    *judgement = (struct judgement){
        .pack = pack,
        .maps = options->maps ? options->maps : maps_that_can_work(),
        .is_usable = true,
    };
    ask_pack_rules(judgement, subject);
    ask_table_rules(judgement, subject);
    if (judgement->is_usable)
        ask_devices(judgement, options->maps != 0, subject);
}

void judge_print_refusals(const struct judgement *judgement, FILE *out,
                          const char *label)
{
    for (size_t i = 0; i < judgement->count; i++)
        if (judgement->findings[i].severity == OTA_REFUSE)
            ota_report_print(out, label, &judgement->findings[i].facts);
}
