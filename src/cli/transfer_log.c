/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer_log.h"
#include "otatool/report.h"
#include <inttypes.h>
#include <jansson.h>
#include <time.h>

static bool is_plain(char c)
{
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

/* A line break in a target would let a client write lines of its own. */
static void print_escaped(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (is_plain(*text))
            fputc(*text, out);
        else
            fprintf(out, "\\x%02x", (unsigned char)*text);
    }
}

static void format_time(int64_t seconds, char *text, size_t size)
{
    time_t when = (time_t)seconds;
    struct tm tm;
    text[0] = '\0';
    if (gmtime_r(&when, &tm))
        strftime(text, size, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

static void print_range(FILE *out, const char *range)
{
    if (!range) {
        fputs("-", out);
        return;
    }
    fputc('"', out);
    print_escaped(out, range);
    fputc('"', out);
}

void transfer_log_text(FILE *out, const struct ota_server_transfer *transfer)
{
    char began[32];
    format_time(transfer->began, began, sizeof(began));
    fprintf(out, "%s %s \"", began, transfer->client);
    print_escaped(out, transfer->method);
    fputc(' ', out);
    print_escaped(out, transfer->target);
    fprintf(out, "\" %03u ", transfer->status);
    print_range(out, transfer->range);
    fprintf(out,
            " %" PRIu64 "/%" PRIu64 " bytes %" PRIu64 ".%03" PRIu64
            " s %s; %s (%s): %s (%s)\n",
            transfer->sent, transfer->asked, transfer->duration_ms / 1000,
            transfer->duration_ms % 1000, ota_server_end_name(transfer->end),
            transfer->family, transfer->told_by, transfer->file,
            transfer->reason);
}

void transfer_log_json(FILE *out, const struct ota_server_transfer *transfer)
{
    char began[32];
    format_time(transfer->began, began, sizeof(began));
    json_t *line = json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:i, s:o, s:I, s:I, s:I, s:s,"
        " s:s, s:s, s:s, s:s}",
        "event", "transfer", "time", began, "client", transfer->client,
        "method", ota_report_text(transfer->method), "target",
        ota_report_text(transfer->target), "status", (int)transfer->status,
        "range",
        transfer->range ? ota_report_text(transfer->range) : json_null(),
        "sent", (json_int_t)transfer->sent, "asked",
        (json_int_t)transfer->asked, "duration_ms",
        (json_int_t)transfer->duration_ms, "end",
        ota_server_end_name(transfer->end), "family", transfer->family,
        "told_by", transfer->told_by, "file", transfer->file, "reason",
        transfer->reason);
    json_dumpf(line, out, JSON_COMPACT | JSON_ENSURE_ASCII);
    fputc('\n', out);
    json_decref(line);
}

static void add_url(json_t *line, const char *name, const char *url)
{
    if (*url)
        json_object_set_new(line, name, json_string(url));
}

void transfer_log_ready_json(FILE *out, const char *url, const char *tls_url,
                             const char *path)
{
    json_t *line = json_pack("{s:s}", "event", "ready");
    add_url(line, "url", url);
    add_url(line, "tls_url", tls_url);
    json_object_set_new(line, "path", ota_report_text(path));
    json_dumpf(line, out, JSON_COMPACT | JSON_ENSURE_ASCII);
    fputc('\n', out);
    json_decref(line);
}
