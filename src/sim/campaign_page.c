/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/campaign_page.h"
#include "campaign_drawing.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char style[] =
    ":root{color-scheme:light dark;--ink:#1b1f24;--paper:#fff;--soft:#59636e;"
    "--line:#d1d9e0;--band:#eef2f6;--erase:#0a62c4;--write:#1a7f37;"
    "--lost:#c4121f}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--paper:#0d1117;"
    "--soft:#9aa4af;--line:#3d444d;--band:#1b222b;--erase:#6cb0ff;"
    "--write:#5fd07a;--lost:#ff7b72}}"
    "body{font:16px/1.5 system-ui,sans-serif;color:var(--ink);"
    "background:var(--paper);max-width:70rem;margin:0 auto;padding:1rem}"
    "table{border-collapse:collapse;margin:1rem 0}"
    "caption{text-align:left;color:var(--soft);padding:.3rem 0}"
    "th,td{text-align:right;padding:.2rem .7rem;"
    "border-bottom:1px solid var(--line)}"
    "th:first-child,td:first-child,.words{text-align:left}"
    ".wide{overflow-x:auto}.lost{color:var(--lost);font-weight:600}"
    "a{color:var(--erase)}a:focus-visible{outline:3px solid var(--erase);"
    "outline-offset:2px}:target{background:var(--band)}"
    "code{overflow-wrap:anywhere}"
    "svg{width:100%;height:auto;background:var(--paper)}"
    "svg text{font:12px system-ui,sans-serif;fill:var(--soft)}"
    ".band{fill:var(--band);stroke:var(--line)}"
    ".erase,.write{fill:none;stroke-width:3}"
    ".erase{stroke:var(--erase)}.write{stroke:var(--write)}"
    ".dead{fill:var(--lost)}";

/* --- words -------------------------------------------------------------- */

static const char *end_in_words(enum ota_rehearsal_end end)
{
    static const char *const words[OTA_REHEARSAL_ENDS] = {
        [OTA_REHEARSAL_APP] = "the new app starts",
        [OTA_REHEARSAL_OLD] = "the old firmware starts",
        [OTA_REHEARSAL_NO_IMAGE] = "nothing is left to start",
        [OTA_REHEARSAL_RESTARTS] = "it restarts without end",
        [OTA_REHEARSAL_HANGS] = "it hangs",
        [OTA_REHEARSAL_EXCEPTION] = "it crashes at every start",
        [OTA_REHEARSAL_UNKNOWN] = "it asks for what is not modelled",
        [OTA_REHEARSAL_DAMAGED] = "it starts what nobody has sent",
    };
    return words[end];
}

static const char *cause_in_words(enum ota_campaign_cause cause)
{
    static const char *const words[] = {
        [OTA_CAUSE_CUTS] = "power lost in",
        [OTA_CAUSE_FAILED] = "an error from",
        [OTA_CAUSE_SILENT] = "nothing done by",
        [OTA_CAUSE_UNREADABLE] = "the sector unreadable from",
    };
    return words[cause];
}

void ota_campaign_page_loss(const struct ota_campaign_loss *loss, char *out,
                            size_t size)
{
    FILE *text = fmemopen(out, size, "w");
    if (!text)
        return;
    for (uint32_t i = 0; i < loss->depth && i < OTA_CAMPAIGN_CUTS; i++) {
        const struct ota_campaign_cut *cut = &loss->cuts[i];
        fprintf(text, "%s %s operation %" PRIu32 ", %s at 0x%" PRIx32,
                i == 0 ? "" : ", then ", cause_in_words(loss->cause),
                cut->operation,
                cut->kind == OTA_CHIP_ERASE ? "erase" : "program", cut->offset);
        if (loss->cause == OTA_CAUSE_CUTS)
            fprintf(text, " (way %" PRIu32 ")", cut->tear);
    }
    fprintf(text, "%s: %s", loss->depth ? "" : "undisturbed",
            end_in_words(loss->end));
    fclose(text);
}

/* Names may be anything. */
static void put_text(FILE *out, const char *text)
{
    for (; *text; text++)
        switch (*text) {
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '&':
            fputs("&amp;", out);
            break;
        default:
            fputc((unsigned char)*text < 0x80 ? *text : '?', out);
        }
}

static void put_kind(FILE *out, const struct ota_rehearsal_device *kind)
{
    fprintf(out, "%s, boot 1.%u, user%u, sector %u", kind->map->name,
            (unsigned)kind->boot_version, (unsigned)kind->slot,
            kind->copy + 1u);
}

/* --- the parts of the page ---------------------------------------------- */

static uint64_t sum_lost(const struct ota_campaign_page *page)
{
    uint64_t lost = 0;
    for (size_t i = 0; i < page->count; i++)
        lost += page->rows[i].result.lost;
    return lost;
}

static void put_summary(FILE *out, const struct ota_campaign_page *page)
{
    uint64_t lost = sum_lost(page);
    fprintf(out,
            "<h1>%s</h1><p>%zu kind%s of devices, %" PRIu64
            " distinct contents of the flash left by cuts (%s), run to their "
            "end by the %s gear: <strong%s>%" PRIu64 " lost</strong>.</p>"
            "<p>The pack is ",
            lost ? "Devices would be lost" : "No device is lost", page->count,
            page->count == 1 ? "" : "s", page->states, page->cuts, page->gear,
            lost ? " class=\"lost\"" : "", lost);
    put_text(out, page->pack);
    fputs(". This page is made again by</p><p><code>", out);
    put_text(out, page->command);
    fputs("</code></p>", out);
}

static void put_row(FILE *out, const struct ota_campaign_row *row, size_t index)
{
    const struct ota_campaign *result = &row->result;
    fprintf(out, "<tr><th scope=\"row\"><a href=\"#device-%zu\">", index);
    put_kind(out, &row->kind);
    fprintf(out,
            "</a></th><td class=\"words\">%s</td><td>%" PRIu32
            "</td><td>%" PRIu32 "</td><td>%" PRIu32 ".%" PRIu32
            "</td><td>%zu</td><td%s>%" PRIu64 "</td></tr>\n",
            end_in_words(result->end), result->erases, result->programs,
            result->ms / 1000, result->ms / 100 % 10, result->states.count,
            result->lost ? " class=\"lost\"" : "", result->lost);
}

static void put_table(FILE *out, const struct ota_campaign_page *page)
{
    fputs("<div class=\"wide\" tabindex=\"0\" role=\"region\" "
          "aria-label=\"Devices\"><table><caption>Each kind of device: how it "
          "ends undisturbed and what that costs, then what cuts come to"
          "</caption><thead><tr><th scope=\"col\">Device</th>"
          "<th scope=\"col\" class=\"words\">Undisturbed</th>"
          "<th scope=\"col\">Erases</th><th scope=\"col\">Pages</th>"
          "<th scope=\"col\">Seconds</th><th scope=\"col\">Contents</th>"
          "<th scope=\"col\">Lost</th></tr></thead><tbody>\n",
          out);
    for (size_t i = 0; i < page->count; i++)
        put_row(out, &page->rows[i], i);
    fputs("</tbody></table></div>", out);
}

static void put_losses(FILE *out, const struct ota_campaign *result,
                       size_t index)
{
    char words[1024];
    if (result->lost == 0)
        return;
    fprintf(out, "<h3>The first %" PRIu32 " of %" PRIu64 " losses</h3><ol>\n",
            result->loss_count, result->lost);
    for (uint32_t i = 0; i < result->loss_count; i++) {
        ota_campaign_page_loss(&result->losses[i], words, sizeof(words));
        fprintf(out, "<li id=\"loss-%zu-%" PRIu32 "\">%s</li>\n", index, i,
                words);
    }
    fputs("</ol>", out);
}

static void put_device(FILE *out, const struct ota_campaign_page *page,
                       size_t index)
{
    const struct ota_campaign_row *row = &page->rows[index];
    fprintf(out,
            "<section aria-labelledby=\"device-%zu\"><h2 id=\"device-%zu\">",
            index, index);
    put_kind(out, &row->kind);
    fputs("</h2>", out);
    if (row->result.step_count > 0)
        campaign_draw(out, page, index);
    else
        fputs("<p>It writes nothing: all lies in its place.</p>", out);
    put_losses(out, &row->result, index);
    fputs("</section>\n", out);
}

static void put_page(FILE *out, const struct ota_campaign_page *page)
{
    fprintf(out,
            "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">"
            "<meta name=\"viewport\" content=\"width=device-width\">"
            "<title>otatool simulate: power cuts</title><style>%s</style>"
            "</head><body><main>\n",
            style);
    put_summary(out, page);
    put_table(out, page);
    for (size_t i = 0; i < page->count; i++)
        put_device(out, page, i);
    fputs("</main></body></html>\n", out);
}

bool ota_campaign_page_build(const struct ota_campaign_page *page, char **text,
                             size_t *size, struct ota_error *err)
{
    *text = NULL;
    FILE *out = open_memstream(text, size);
    if (out)
        put_page(out, page);
    bool ok = out && !ferror(out);
    if (out && fclose(out) == 0 && ok)
        return true;
    free(*text);
    *text = NULL;
    return ota_fail(err, OTA_E_MEMORY, .subject = "report");
}
