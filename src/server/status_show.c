/* SPDX-License-Identifier: Apache-2.0 */
#include "status_show.h"
#include "escape.h"
#include "status_files.h"
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TIME = 32 };

static void format_time(int64_t seconds, char text[TIME])
{
    time_t when = (time_t)seconds;
    struct tm tm;
    text[0] = '\0';
    if (gmtime_r(&when, &tm))
        strftime(text, TIME, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

/* --- for programs ------------------------------------------------------------
 */

static json_t *what_json(const struct status_what *what, uint64_t sent)
{
    char began[TIME];
    format_time(what->began, began);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I}", "time", began,
                     "client", what->client, "family", what->family, "file",
                     what->file, "target", what->target, "sent",
                     (json_int_t)sent, "asked", (json_int_t)what->size);
}

static json_t *downloads_json(const struct status_view *view)
{
    json_t *array = json_array();
    for (size_t i = 0; i < view->download_count; i++) {
        const struct status_download *download = &view->downloads[i];
        json_t *object = what_json(&download->what, download->sent);
        json_object_set_new(object, "id",
                            json_integer((json_int_t)download->id));
        json_object_set_new(object, "rate",
                            json_integer((json_int_t)download->rate));
        json_array_append_new(array, object);
    }
    return array;
}

static json_t *failures_json(const struct status_view *view)
{
    json_t *array = json_array();
    for (size_t i = 0; i < view->failure_count; i++) {
        const struct status_failure *failure = &view->failures[i];
        json_t *object = what_json(&failure->what, failure->sent);
        json_object_set_new(object, "status",
                            json_integer((json_int_t)failure->status));
        json_object_set_new(object, "end",
                            json_string(ota_server_end_name(failure->end)));
        json_object_set_new(object, "reason", json_string(failure->reason));
        json_array_append_new(array, object);
    }
    return array;
}

char *status_json(const struct status_view *view, size_t *size)
{
    char now[TIME];
    format_time(view->now, now);
    json_t *root = json_pack(
        "{s:s, s:I, s:I, s:I, s:I, s:o, s:o}", "time", now, "running",
        (json_int_t)view->running, "shown", (json_int_t)view->download_count,
        "completed", (json_int_t)view->completed, "failed",
        (json_int_t)view->failed, "downloads", downloads_json(view), "failures",
        failures_json(view));
    char *text = json_dumps(root, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(root);
    *size = text ? strlen(text) : 0;
    return text;
}

char *status_event(const struct status_view *view, size_t *size)
{
    size_t json_size;
    char *json = status_json(view, &json_size);
    char *text = NULL;
    int length = json ? asprintf(&text, "data: %s\n\n", json) : -1;
    free(json);
    *size = length < 0 ? 0 : (size_t)length;
    return length < 0 ? NULL : text;
}

/* --- for people --------------------------------------------------------------
 */

static void print_cell(FILE *out, const char *label, const char *text)
{
    fprintf(out, "<td role=\"cell\" data-label=\"%s\">", label);
    escape_html(out, text);
    fputs("</td>", out);
}

static unsigned percent_of(uint64_t sent, uint64_t size)
{
    return size ? (unsigned)(sent >= size ? 100 : sent * 100 / size) : 0;
}

static void print_download(FILE *out, const struct status_download *download)
{
    const struct status_what *what = &download->what;
    char text[96];
    unsigned percent = percent_of(download->sent, what->size);
    fputs("<tr role=\"row\">", out);
    print_cell(out, "Client", what->client);
    print_cell(out, "Kind", what->family);
    print_cell(out, "File", what->file);
    print_cell(out, "Request", what->target);
    fputs("<td role=\"cell\" data-label=\"Progress\">"
          "<progress max=\"100\" aria-label=\"Download of ",
          out);
    escape_html(out, what->client);
    fprintf(out, "\" value=\"%u\"></progress> <span>%u %%</span></td>", percent,
            percent);
    snprintf(text, sizeof(text), "%" PRIu64 " of %" PRIu64 " KB",
             download->sent / 1024, what->size / 1024);
    print_cell(out, "Sent", text);
    snprintf(text, sizeof(text), "%" PRIu64 " KB/s", download->rate / 1024);
    print_cell(out, "Rate", text);
    fputs("</tr>\n", out);
}

static void print_downloads(FILE *out, const struct status_view *view)
{
    for (size_t i = 0; i < view->download_count; i++)
        print_download(out, &view->downloads[i]);
}

/* An answer that refuses may well be complete, which would tell nothing. */
static const char *end_of(const struct status_failure *failure)
{
    return failure->status >= 400 ? "refused"
                                  : ota_server_end_name(failure->end);
}

static void print_failure(FILE *out, const struct status_failure *failure)
{
    const struct status_what *what = &failure->what;
    char text[96];
    fputs("<tr role=\"row\">", out);
    format_time(what->began, text);
    print_cell(out, "Time", text);
    print_cell(out, "Client", what->client);
    print_cell(out, "Kind", what->family);
    print_cell(out, "Request", what->target);
    snprintf(text, sizeof(text), "%03u", failure->status);
    print_cell(out, "Status", text);
    print_cell(out, "End", end_of(failure));
    print_cell(out, "Why", failure->reason);
    fputs("</tr>\n", out);
}

static void print_failures(FILE *out, const struct status_view *view)
{
    for (size_t i = 0; i < view->failure_count; i++)
        print_failure(out, &view->failures[i]);
}

static void print_summary(FILE *out, const struct status_view *view)
{
    fprintf(out,
            "%" PRIu64 " running, %" PRIu64 " completed, %" PRIu64 " failed",
            view->running, view->completed, view->failed);
    if (view->running > view->download_count)
        fprintf(out, "; the first %zu are shown", view->download_count);
}

static void print_time(FILE *out, const struct status_view *view)
{
    char text[TIME];
    format_time(view->now, text);
    fputs(text, out);
}

/* What stands in status.html in place of what is known at run time only. */
static const struct {
    const char *mark;
    void (*print)(FILE *out, const struct status_view *view);
} marks[] = {
    {"<!--summary-->", print_summary},
    {"<!--time-->", print_time},
    {"<!--downloads-->", print_downloads},
    {"<!--failures-->", print_failures},
};

static void print_page(FILE *out, const struct status_view *view)
{
    const char *rest = status_html;
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
        const char *at = strstr(rest, marks[i].mark);
        fwrite(rest, 1, (size_t)(at - rest), out);
        marks[i].print(out, view);
        rest = at + strlen(marks[i].mark);
    }
    fputs(rest, out);
}

char *status_page(const struct status_view *view, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    if (!out)
        return NULL;
    print_page(out, view);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
