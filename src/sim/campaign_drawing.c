/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time, in operations, goes to the right; addresses go down. Bands are what
 * the new world keeps where; a line is a sector being erased or programmed; a
 * dot is an operation in which a cut was the end, and leads to its account.
 */
#include "campaign_drawing.h"
#include <inttypes.h>

enum { WIDTH = 1000, HEIGHT = 420, LEFT = 150, TOP = 20, BOTTOM = 400 };

struct drawing {
    FILE *out;
    const struct ota_campaign_row *row;
    size_t index;
    uint32_t top; /* behind the highest address of interest */
};

/* Coordinates in tenths. */
static uint32_t x_of(const struct drawing *drawing, uint32_t step)
{
    uint64_t width = (WIDTH - LEFT - 10) * 10;
    return LEFT * 10 +
           (uint32_t)(step * width / drawing->row->result.step_count);
}

static uint32_t y_of(const struct drawing *drawing, uint32_t address)
{
    uint64_t height = (BOTTOM - TOP) * 10;
    return TOP * 10 + (uint32_t)(address * height / drawing->top);
}

static void put_number(FILE *out, uint32_t tenths)
{
    fprintf(out, "%" PRIu32 ".%" PRIu32, tenths / 10, tenths % 10);
}

/* --- bands -------------------------------------------------------------- */

static void put_band(const struct drawing *drawing, const char *name,
                     uint32_t from, uint64_t to)
{
    uint32_t end = to < drawing->top ? (uint32_t)to : drawing->top;
    if (from >= end)
        return;
    uint32_t y = y_of(drawing, from);
    uint32_t height = y_of(drawing, end) - y;
    fprintf(drawing->out, "<rect class=\"band\" x=\"%d\" width=\"%d\" y=\"",
            LEFT, WIDTH - LEFT);
    put_number(drawing->out, y);
    fputs("\" height=\"", drawing->out);
    put_number(drawing->out, height);
    fputs("\"/>", drawing->out);
    if (height < 120 || !name)
        return;
    fprintf(drawing->out, "<text x=\"%d\" text-anchor=\"end\" y=\"", LEFT - 8);
    put_number(drawing->out, y + height / 2 + 40);
    fprintf(drawing->out, "\">%s</text>", name);
}

/* Names out of a table are anyone's: only what the SDK itself would write. */
static const char *name_of(const struct ota_partition *partition)
{
    static const char *const slots[] = {"ota_0", "ota_1"};
    uint32_t slot = partition->subtype - (uint32_t)OTA_PARTITION_APP_OTA_0;
    if (partition->type == OTA_PARTITION_APP)
        return slot < 2 ? slots[slot] : "app";
    if (partition->subtype == OTA_PARTITION_DATA_NVS)
        return "nvs";
    return partition->subtype == OTA_PARTITION_DATA_OTADATA ? "otadata"
                                                            : "data";
}

static void put_bands(const struct drawing *drawing,
                      const struct ota_partition_table *table)
{
    const struct ota_flash_map *map = drawing->row->kind.map;
    uint32_t parameters = ota_flash_map_parameters(map);
    for (uint32_t i = 0; i < table->count; i++)
        put_band(drawing, name_of(&table->entries[i]), table->entries[i].offset,
                 ota_partition_end(&table->entries[i]));
    put_band(drawing, "old parameters", parameters, map->flash_size);
}

/* --- lines -------------------------------------------------------------- */

static bool is_same_sector(const struct ota_campaign_step *left,
                           const struct ota_campaign_step *right)
{
    return left->kind == right->kind &&
           left->offset / OTA_SECTOR_SIZE == right->offset / OTA_SECTOR_SIZE;
}

static void put_lines(const struct drawing *drawing, enum ota_chip_kind kind)
{
    const struct ota_campaign *result = &drawing->row->result;
    uint32_t end;
    fprintf(drawing->out, "<path class=\"%s\" d=\"",
            kind == OTA_CHIP_ERASE ? "erase" : "write");
    for (uint32_t i = 0; i < result->step_count; i = end) {
        const struct ota_campaign_step *step = &result->steps[i];
        end = i + 1;
        while (end < result->step_count &&
               is_same_sector(step, &result->steps[end]))
            end++;
        if (step->kind != kind)
            continue;
        fputc('M', drawing->out);
        put_number(drawing->out, x_of(drawing, i));
        fputc(' ', drawing->out);
        put_number(drawing->out, y_of(drawing, step->offset));
        fputc('H', drawing->out);
        put_number(drawing->out, x_of(drawing, end));
    }
    fputs("\"/>\n", drawing->out);
}

/* --- dots --------------------------------------------------------------- */

/* The first account of a loss in that operation; none is kept: 0. */
static uint32_t account_of(const struct ota_campaign *result, uint32_t step)
{
    for (uint32_t i = 0; i < result->loss_count; i++)
        if (result->losses[i].cuts[0].operation == step + 1)
            return i;
    return 0;
}

static void put_dots(const struct drawing *drawing)
{
    const struct ota_campaign *result = &drawing->row->result;
    for (uint32_t i = 0; i < result->step_count; i++) {
        const struct ota_campaign_step *step = &result->steps[i];
        if (step->lost == 0)
            continue;
        fprintf(drawing->out,
                "<a href=\"#loss-%zu-%" PRIu32 "\"><title>operation %" PRIu32
                " at 0x%" PRIx32 ": %" PRIu32
                " lost</title><circle class=\"dead\" r=\"4\" cx=\"",
                drawing->index, account_of(result, i), i + 1, step->offset,
                step->lost);
        put_number(drawing->out, x_of(drawing, i));
        fputs("\" cy=\"", drawing->out);
        put_number(drawing->out, y_of(drawing, step->offset));
        fputs("\"/></a>\n", drawing->out);
    }
}

void campaign_draw(FILE *out, const struct ota_campaign_page *page,
                   size_t index)
{
    const struct drawing drawing = {out, &page->rows[index], index,
                                    page->rows[index].kind.map->flash_size};
    fprintf(out,
            "<svg viewBox=\"0 0 %d %d\" role=\"group\" "
            "aria-labelledby=\"drawing-%zu\"><title id=\"drawing-%zu\">What is "
            "written where, over %" PRIu32 " operations</title>\n",
            WIDTH, HEIGHT, index, index, page->rows[index].result.step_count);
    put_bands(&drawing, page->table);
    put_lines(&drawing, OTA_CHIP_ERASE);
    put_lines(&drawing, OTA_CHIP_PROGRAM);
    put_dots(&drawing);
    fprintf(out,
            "<text x=\"%d\" y=\"%d\">operations, of which blue erase and "
            "green program; addresses go down</text></svg>\n",
            LEFT, HEIGHT - 4);
}
