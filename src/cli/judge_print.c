/* SPDX-License-Identifier: Apache-2.0 */
/* A judgement as a table for people and as JSON for programs. */
#include "judge.h"
#include "otatool/report.h"
#include <inttypes.h>
#include <string.h>

enum { FIRST_BOOT = 2, LAST_BOOT = 7, MAX_NOTES = 32 };

static const uint8_t all_clients = (1u << OTA_CLIENT_COUNT) - 1;

/* The two cells of a row: what a device makes of the pack. */
struct row {
    struct ota_verdict running[2]; /* user1 runs, user2 runs */
};

static struct row row_of(const struct judgement *judgement,
                         const struct ota_flash_map *map, uint8_t boot)
{
    return (struct row){{
        ota_rules_judge(judgement->pack, map, boot, 1),
        ota_rules_judge(judgement->pack, map, boot, 2),
    }};
}

static bool same_verdict(const struct ota_verdict *a,
                         const struct ota_verdict *b)
{
    return a->clients == b->clients && a->broken == b->broken &&
           a->reason.expected == b->reason.expected &&
           a->reason.actual == b->reason.actual &&
           a->reason.index == b->reason.index;
}

static bool same_row(const struct row *a, const struct row *b)
{
    return same_verdict(&a->running[0], &b->running[0]) &&
           same_verdict(&a->running[1], &b->running[1]);
}

/* Footnotes: each reason once. */
struct notes {
    struct ota_verdict items[MAX_NOTES];
    size_t count;
};

static size_t note_of(struct notes *notes, const struct ota_verdict *verdict)
{
    for (size_t i = 0; i < notes->count; i++)
        if (same_verdict(&notes->items[i], verdict))
            return i + 1;
    if (notes->count == MAX_NOTES)
        return MAX_NOTES;
    notes->items[notes->count++] = *verdict;
    return notes->count;
}

static void cell(char text[24], struct notes *notes,
                 const struct ota_verdict *verdict)
{
    if (verdict->clients == all_clients)
        snprintf(text, 24, "yes");
    else
        snprintf(text, 24, "%s [%zu]", verdict->clients ? "yes" : "no",
                 note_of(notes, verdict));
}

static void print_row(FILE *out, struct notes *notes, const char *map,
                      const char *boots, const struct row *row)
{
    char user1[24];
    char user2[24];
    cell(user1, notes, &row->running[0]);
    cell(user2, notes, &row->running[1]);
    fprintf(out, "  %-16s  %-8s  %-22s  %s\n", map, boots, user1, user2);
}

/* Boots that differ in nothing share a row. */
static void print_map(FILE *out, const struct judgement *judgement,
                      const struct ota_flash_map *map, struct notes *notes)
{
    const char *name = map->name;
    for (uint8_t boot = FIRST_BOOT; boot <= LAST_BOOT; boot++) {
        if (!ota_flash_map_boots(map, boot))
            continue;
        struct row row = row_of(judgement, map, boot);
        uint8_t last = boot;
        while (last < LAST_BOOT) {
            struct row next = row_of(judgement, map, (uint8_t)(last + 1));
            if (!same_row(&row, &next))
                break;
            last++;
        }
        char boots[16];
        if (last == boot)
            snprintf(boots, sizeof(boots), "1.%u", boot);
        else
            snprintf(boots, sizeof(boots), "1.%u-1.%u", boot, last);
        print_row(out, notes, name, boots, &row);
        name = "";
        boot = last;
    }
}

static void print_clients(FILE *out, uint8_t clients)
{
    const char *separator = "";
    for (int c = 0; c < OTA_CLIENT_COUNT; c++) {
        if (!(clients >> c & 1))
            continue;
        fprintf(out, "%s%s", separator, ota_client_name((enum ota_client)c));
        separator = ", ";
    }
}

static void print_notes(FILE *out, const struct notes *notes)
{
    for (size_t i = 0; i < notes->count; i++) {
        const struct ota_verdict *verdict = &notes->items[i];
        fprintf(out, "  [%zu] ", i + 1);
        if (verdict->clients) {
            fputs("not ", out);
            print_clients(out, all_clients & (uint8_t)~verdict->clients);
            fputs(": ", out);
        }
        ota_report_line(out, &verdict->reason);
        fputc('\n', out);
        if (!verdict->clients)
            fprintf(out, "      %s\n", ota_report_words(verdict->broken)->mend);
    }
}

static void print_devices(FILE *out, const struct judgement *judgement)
{
    struct notes notes = {0};
    fprintf(out, "\n  %-16s  %-8s  %-22s  %s\n", "who can take it", "boot",
            "user1 runs (unpacks)", "user2 runs (in place)");
    for (int code = 0; code < OTA_FLASH_MAP_COUNT; code++)
        if (judgement->maps >> code & 1)
            print_map(out, judgement, &ota_flash_maps[code], &notes);
    print_notes(out, &notes);
}

static const char *check_word(enum ota_check check)
{
    static const char *const words[] = {"not there", "ok", "WRONG"};
    return words[check];
}

static void print_description(FILE *out,
                              const struct ota_app_description *about)
{
    ota_report_name(out, about->project_name);
    fputc(' ', out);
    ota_report_name(out, about->version);
    fputs(" (SDK ", out);
    ota_report_name(out, about->idf_version);
    fputs("), ", out);
}

static void print_app(FILE *out, const struct ota_pack *pack)
{
    struct ota_app_description about;
    fprintf(out, "  0x%06" PRIx32 "  app              %8" PRIu32 "  ",
            pack->app_address, pack->app_size);
    if (ota_image_description(&pack->app, &pack->source, &about))
        print_description(out, &about);
    fprintf(out, "checksum %s, SHA-256 %s\n",
            pack->app.checksum == pack->app.checksum_actual ? "ok" : "WRONG",
            check_word(pack->app_digest));
}

static void print_parts(FILE *out, const struct ota_pack *pack)
{
    const struct ota_image *boot = &pack->bootloader;
    if (pack->has_bootloader)
        fprintf(out,
                "  0x%06x  bootloader       %8" PRIu32
                "  %u segments, checksum %s\n",
                OTA_PACK_BASE, boot->size, boot->segment_count,
                boot->checksum == boot->checksum_actual ? "ok" : "WRONG");
    if (pack->has_table)
        fprintf(out, "  0x%06" PRIx32 "  partition table  %8u  %u partitions\n",
                pack->table_address, OTA_PARTITION_TABLE_SIZE,
                pack->table.count);
    if (pack->has_app)
        print_app(out, pack);
    fprintf(out, "  %-8s  CRC              %8u  0x%08" PRIx32 " %s\n", "end",
            OTA_PACK_CRC_SIZE, pack->crc,
            pack->crc == pack->crc_actual ? "ok" : "WRONG");
}

static void print_warnings(FILE *out, const struct judgement *judgement)
{
    for (size_t i = 0; i < judgement->count; i++) {
        const struct judge_finding *finding = &judgement->findings[i];
        if (finding->severity != OTA_WARN)
            continue;
        fputs("  note: ", out);
        ota_report_line(out, &finding->facts);
        fprintf(out, "\n        %s\n",
                ota_report_words(finding->facts.code)->mend);
    }
}

/* A pack that the file's own rules refuse is for no device at all. */
static bool is_for_devices(const struct judgement *judgement)
{
    for (size_t i = 0; i < judgement->count; i++)
        if (judgement->findings[i].severity == OTA_REFUSE &&
            judgement->findings[i].facts.code != OTA_E_NO_DEVICE &&
            judgement->findings[i].facts.code != OTA_E_MAP_CANNOT)
            return false;
    return true;
}

void judge_print(const struct judgement *judgement, FILE *out)
{
    print_parts(out, judgement->pack);
    if (is_for_devices(judgement))
        print_devices(out, judgement);
    print_warnings(out, judgement);
}

static json_t *clients_json(uint8_t clients)
{
    json_t *list = json_array();
    for (int c = 0; c < OTA_CLIENT_COUNT; c++)
        if (clients >> c & 1)
            json_array_append_new(
                list, json_string(ota_client_name((enum ota_client)c)));
    return list;
}

static json_t *verdict_json(const struct ota_verdict *verdict)
{
    json_t *object = json_pack("{s:b, s:o}", "takes", verdict->clients != 0,
                               "clients", clients_json(verdict->clients));
    if (verdict->broken)
        json_object_set_new(object, "reason",
                            ota_report_json(&verdict->reason));
    return object;
}

static json_t *devices_json(const struct judgement *judgement)
{
    json_t *list = json_array();
    for (int code = 0; code < OTA_FLASH_MAP_COUNT; code++) {
        const struct ota_flash_map *map = &ota_flash_maps[code];
        if (!(judgement->maps >> code & 1))
            continue;
        for (uint8_t boot = FIRST_BOOT; boot <= LAST_BOOT; boot++) {
            if (!ota_flash_map_boots(map, boot))
                continue;
            struct row row = row_of(judgement, map, boot);
            char name[8];
            snprintf(name, sizeof(name), "1.%u", boot);
            json_array_append_new(
                list, json_pack("{s:s, s:i, s:s, s:o, s:o}", "map", map->name,
                                "map_code", code, "boot", name, "user1_runs",
                                verdict_json(&row.running[0]), "user2_runs",
                                verdict_json(&row.running[1])));
        }
    }
    return list;
}

static json_t *findings_json(const struct judgement *judgement)
{
    json_t *list = json_array();
    for (size_t i = 0; i < judgement->count; i++) {
        const struct judge_finding *finding = &judgement->findings[i];
        json_t *object = ota_report_json(&finding->facts);
        json_object_set_new(
            object, "severity",
            json_string(finding->severity == OTA_REFUSE ? "refuse" : "warn"));
        json_array_append_new(list, object);
    }
    return list;
}

static json_t *parts_json(const struct ota_pack *pack)
{
    json_t *list = json_array();
    if (pack->has_bootloader)
        json_array_append_new(
            list, json_pack("{s:s, s:i, s:i}", "part", "bootloader", "address",
                            OTA_PACK_BASE, "size", (int)pack->bootloader.size));
    if (pack->has_table)
        json_array_append_new(list, json_pack("{s:s, s:i, s:i}", "part",
                                              "partition table", "address",
                                              (int)pack->table_address, "size",
                                              OTA_PARTITION_TABLE_SIZE));
    if (pack->has_app)
        json_array_append_new(list, json_pack("{s:s, s:I, s:i}", "part", "app",
                                              "address",
                                              (json_int_t)pack->app_address,
                                              "size", (int)pack->app_size));
    return list;
}

json_t *judge_json(const struct judgement *judgement)
{
    const struct ota_pack *pack = judgement->pack;
    json_t *object = json_pack(
        "{s:b, s:s, s:I, s:I, s:o, s:o}", "ok", judgement->is_usable, "kind",
        "pack", "size", (json_int_t)pack->size, "crc", (json_int_t)pack->crc,
        "parts", parts_json(pack), "findings", findings_json(judgement));
    if (is_for_devices(judgement))
        json_object_set_new(object, "devices", devices_json(judgement));
    return object;
}
