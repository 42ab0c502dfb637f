/* SPDX-License-Identifier: Apache-2.0 */
/* otatool verify with a URL: judges the server, then what it serves. */
#include "otatool/fetch.h"
#include "otatool/probe.h"
#include "otatool/progress.h"
#include "otatool/report.h"
#include "verify.h"
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Ranges of this size, so that a change on the way is seen. */
enum { CHUNK = 32 * 1024, TIMEOUT_MS = 10000 };

/* A folder of our own for the download. */
struct scratch {
    char folder[PATH_MAX];
    char file[PATH_MAX + 16];
};

static bool scratch_init(struct scratch *scratch)
{
    const char *base = getenv("TMPDIR");
    snprintf(scratch->folder, sizeof(scratch->folder), "%s/otatool-XXXXXX",
             base && *base ? base : "/tmp");
    if (!mkdtemp(scratch->folder))
        return false;
    snprintf(scratch->file, sizeof(scratch->file), "%s/download",
             scratch->folder);
    return true;
}

static void scratch_release(const struct scratch *scratch)
{
    char path[PATH_MAX + 32];
    static const char *const ends[] = {"", ".part", ".part.json"};
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        snprintf(path, sizeof(path), "%s%s", scratch->file, ends[i]);
        unlink(path);
    }
    rmdir(scratch->folder);
}

static const char *verdict_word(enum ota_probe_verdict verdict,
                                enum ota_severity severity)
{
    if (verdict == OTA_PROBE_BROKEN)
        return severity == OTA_REFUSE ? "NO" : "no";
    return verdict == OTA_PROBE_OK ? "yes" : "-";
}

static void print_server(const char *url, const struct ota_probe *probe)
{
    ota_report_name(stdout, url);
    puts(": the server");
    for (size_t i = 0; i < OTA_PROBE_CHECKS; i++) {
        const struct ota_probe_check *check = &ota_probe_checks[i];
        const struct ota_probe_result *result = &probe->results[i];
        printf("  %-3s  %s%s\n", verdict_word(result->verdict, check->severity),
               check->sentence,
               result->verdict == OTA_PROBE_SKIPPED ? ": not seen" : "");
        if (result->verdict == OTA_PROBE_BROKEN)
            printf("       %s; for %s\n", result->detail, check->who);
    }
}

static json_t *server_json(const struct ota_probe *probe)
{
    static const char *const words[] = {"skipped", "ok", "broken"};
    json_t *list = json_array();
    for (size_t i = 0; i < OTA_PROBE_CHECKS; i++) {
        const struct ota_probe_check *check = &ota_probe_checks[i];
        const struct ota_probe_result *result = &probe->results[i];
        json_array_append_new(
            list,
            json_pack("{s:s, s:s, s:s, s:s, s:o}", "check", check->id,
                      "verdict", words[result->verdict], "severity",
                      check->severity == OTA_REFUSE ? "refuse" : "warn", "for",
                      check->who, "detail", ota_report_text(result->detail)));
    }
    return list;
}

static void show_progress(void *context, uint64_t done, uint64_t total)
{
    struct ota_progress *progress = context;
    progress->total = total;
    ota_progress_update(progress, done);
}

/* By ranges; from a server without them, at once. */
static bool download(const struct verify_options *options, const char *url,
                     const char *path, bool by_ranges, struct ota_error *err)
{
    struct ota_progress progress;
    struct ota_fetch_result result;
    struct ota_fetch_options fetch = {
        .url = url,
        .output = path,
        .access = options->access.client,
        .retries = 1,
        .backoff_ms = 200,
        .connect_ms = TIMEOUT_MS,
        .stall_seconds = TIMEOUT_MS / 1000,
        .chunk = by_ranges ? CHUNK : 0,
        .refuse_change = true,
        .on_progress = show_progress,
        .context = &progress,
    };
    ota_progress_begin(&progress, url, 0,
                       options->common.quiet || options->common.json);
    bool ok = ota_fetch(&fetch, &result, err);
    ota_progress_end(&progress);
    return ok;
}

static bool has_ranges(const struct ota_probe *probe)
{
    for (size_t i = 0; i < OTA_PROBE_CHECKS; i++)
        if (strcmp(ota_probe_checks[i].id, "range") == 0)
            return probe->results[i].verdict == OTA_PROBE_OK;
    return false;
}

static struct verify_result judge_file(const struct verify_options *options,
                                       const char *url, bool by_ranges)
{
    struct scratch scratch;
    struct ota_error err = {.code = OTA_E_FILE_WRITE,
                            .detail = "no temporary folder"};
    struct verify_input input = {.name = url};
    struct verify_result result;
    if (!scratch_init(&scratch))
        return verify_failed(&input, "unreadable", err);
    if (download(options, url, scratch.file, by_ranges, &err) &&
        ota_file_load(&input.file, scratch.file, OTA_FILE_CEILING, &err))
        result = verify_file(options, &input);
    else
        result = verify_failed(&input, "unreadable", err);
    ota_file_release(&input.file);
    scratch_release(&scratch);
    return result;
}

static struct verify_result judge_url(const struct verify_options *options,
                                      const char *url)
{
    struct ota_probe probe;
    struct ota_error err;
    struct verify_input input = {.name = url};
    if (!ota_probe_server(&probe, url, &options->access.client, TIMEOUT_MS,
                          &err))
        return verify_failed(&input, "unreadable", err);
    if (verify_talks(options))
        print_server(url, &probe);
    struct verify_result result = judge_file(options, url, has_ranges(&probe));
    json_object_set_new(result.json, "server", server_json(&probe));
    if (probe.is_usable)
        return result;
    err = (struct ota_error){.code = OTA_E_SERVER_DIALECT, .subject = url};
    ota_report_print(stderr, "otatool", &err);
    json_object_set_new(result.json, "ok", json_false());
    result.ok = false;
    return result;
}

int cmd_verify_url(int argc, char **argv)
{
    char name[] = "verify";
    struct verify_options options = {.arguments = argv + 1};
    struct ota_error err;
    argv[0] = name;
    command_parse(&verify_argp, argc, argv, &options);
    if (!access_read(&options.access, &err))
        return command_fail(&options.common, &err);
    json_t *results = json_array();
    bool ok = true;
    for (int i = 0; i < options.argument_count; i++) {
        const char *argument = options.arguments[i];
        if (!verify_is_url(argument)) {
            verify_local(&options, argument, results, &ok);
            continue;
        }
        struct verify_result result = judge_url(&options, argument);
        ok &= result.ok;
        json_array_append_new(results, result.json);
    }
    return verify_finish(&options, results, ok);
}
