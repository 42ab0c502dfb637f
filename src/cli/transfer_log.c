/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer_log.h"
#include "otatool/report.h"
#include <jansson.h>
#include <string.h>
#include <time.h>

/*
 * A busy server writes a hundred thousand lines a second, so the text form is
 * put together here: printf() would take more than all else that the server
 * does for a poll.
 */
static void put_text(FILE *out, const char *text)
{
    fputs_unlocked(text, out);
}

static void put_number(FILE *out, uint64_t number, int digits)
{
    char text[24];
    char *at = text + sizeof(text);
    *--at = '\0';
    for (; number > 0 || digits > 0; number /= 10, digits--)
        *--at = (char)('0' + number % 10);
    fputs_unlocked(at, out);
}

static bool is_plain(char c)
{
    return c >= ' ' && c < 0x7f && c != '"' && c != '\\';
}

/* A line break in a target would let a client write lines of its own. */
static void put_escaped(FILE *out, const char *text)
{
    while (*text) {
        size_t plain = 0;
        while (is_plain(text[plain]))
            plain++;
        fwrite_unlocked(text, 1, plain, out);
        text += plain;
        if (*text)
            fprintf(out, "\\x%02x", (unsigned char)*text++);
    }
}

static void put_quoted(FILE *out, const char *text)
{
    put_text(out, "\"");
    put_escaped(out, text);
    put_text(out, "\"");
}

static const char *time_of(struct transfer_log *log, int64_t second)
{
    time_t when = (time_t)second;
    struct tm tm;
    if (log->second != second || !*log->time) {
        log->second = second;
        if (!gmtime_r(&when, &tm) || strftime(log->time, sizeof(log->time),
                                              "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
            strcpy(log->time, "-");
    }
    return log->time;
}

static void put_request(FILE *out, const struct ota_server_transfer *transfer)
{
    put_text(out, " ");
    put_text(out, transfer->client);
    put_text(out, " \"");
    put_escaped(out, transfer->method);
    put_text(out, " ");
    put_escaped(out, transfer->target);
    put_text(out, "\" ");
    put_number(out, transfer->status, 3);
    put_text(out, " ");
    if (transfer->range)
        put_quoted(out, transfer->range);
    else
        put_text(out, "-");
}

static void put_result(FILE *out, const struct ota_server_transfer *transfer)
{
    put_text(out, " ");
    put_number(out, transfer->sent, 1);
    put_text(out, "/");
    put_number(out, transfer->asked, 1);
    put_text(out, " bytes ");
    put_number(out, transfer->duration_ms / 1000, 1);
    put_text(out, ".");
    put_number(out, transfer->duration_ms % 1000, 3);
    put_text(out, " s ");
    put_text(out, ota_server_end_name(transfer->end));
}

static void put_why(FILE *out, const struct ota_server_transfer *transfer)
{
    put_text(out, "; ");
    put_text(out, transfer->family);
    put_text(out, " (");
    put_text(out, transfer->told_by);
    put_text(out, "): ");
    put_text(out, transfer->file);
    put_text(out, " (");
    put_text(out, transfer->reason);
    put_text(out, ")\n");
}

void transfer_log_text(struct transfer_log *log,
                       const struct ota_server_transfer *transfer)
{
    put_text(log->out, time_of(log, transfer->began));
    put_request(log->out, transfer);
    put_result(log->out, transfer);
    put_why(log->out, transfer);
}

void transfer_log_json(struct transfer_log *log,
                       const struct ota_server_transfer *transfer)
{
    json_t *line = json_pack(
        "{s:s, s:s, s:s, s:o, s:o, s:i, s:o, s:I, s:I, s:I, s:s,"
        " s:s, s:s, s:s, s:s}",
        "event", "transfer", "time", time_of(log, transfer->began), "client",
        transfer->client, "method", ota_report_text(transfer->method), "target",
        ota_report_text(transfer->target), "status", (int)transfer->status,
        "range",
        transfer->range ? ota_report_text(transfer->range) : json_null(),
        "sent", (json_int_t)transfer->sent, "asked",
        (json_int_t)transfer->asked, "duration_ms",
        (json_int_t)transfer->duration_ms, "end",
        ota_server_end_name(transfer->end), "family", transfer->family,
        "told_by", transfer->told_by, "file", transfer->file, "reason",
        transfer->reason);
    json_dumpf(line, log->out, JSON_COMPACT | JSON_ENSURE_ASCII);
    fputc('\n', log->out);
    json_decref(line);
}

static void add_url(json_t *line, const char *name, const char *url)
{
    if (*url)
        json_object_set_new(line, name, json_string(url));
}

static json_t *offer_json(const struct serve_offer *offer)
{
    return offer->count == 1 ? ota_report_text(offer->name) : json_null();
}

void transfer_log_ready_json(FILE *out, const char *url, const char *tls_url,
                             const char *path,
                             const struct serve_offer offers[2])
{
    json_t *line = json_pack("{s:s}", "event", "ready");
    add_url(line, "url", url);
    add_url(line, "tls_url", tls_url);
    json_object_set_new(line, "path", ota_report_text(path));
    json_object_set_new(line, "old", offer_json(&offers[0]));
    json_object_set_new(line, "new", offer_json(&offers[1]));
    json_dumpf(line, out, JSON_COMPACT | JSON_ENSURE_ASCII);
    fputc('\n', out);
    json_decref(line);
}
