/* SPDX-License-Identifier: Apache-2.0 */
/* otatool fetch: a download with resume and check. */
#include "access.h"
#include "otatool/fetch.h"
#include "otatool/progress.h"
#include "otatool/report.h"
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { KEY_RETRIES = 0x100, KEY_TIMEOUT, KEY_CHUNK };

struct options {
    struct common common;
    struct access_options access;
    struct ota_fetch_options fetch;
    struct ota_progress progress;
    char name[NAME_MAX + 1];
};

static const struct argp_option rows[] = {
    {"output", 'o', "FILE", 0, "where to write; default: the URL's file name",
     1},
    {"retries", KEY_RETRIES, "N", 0, "failures in a row to bear; default 5", 1},
    {"timeout", KEY_TIMEOUT, "SECONDS", 0,
     "without an answer or a byte; default 30", 1},
    {"chunk", KEY_CHUNK, "SIZE", 0,
     "ask for ranges of SIZE bytes, as a device does", 1},
    {0},
};

static uint32_t number(struct argp_state *state, const char *text)
{
    uint32_t value = 0;
    if (!command_number(text, &value))
        argp_error(state, "'%s' is not a number", text);
    return value;
}

static void take_url(struct argp_state *state, struct options *options,
                     const char *url)
{
    if (options->fetch.url)
        argp_error(state, "one URL at a time");
    options->fetch.url = url;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->access;
        state->child_inputs[1] = &options->common;
        return 0;
    case 'o':
        options->fetch.output = arg;
        return 0;
    case KEY_RETRIES:
        options->fetch.retries = number(state, arg);
        return 0;
    case KEY_TIMEOUT:
        options->fetch.stall_seconds = number(state, arg);
        options->fetch.connect_ms = options->fetch.stall_seconds * 1000;
        return 0;
    case KEY_CHUNK:
        options->fetch.chunk = number(state, arg);
        return 0;
    case ARGP_KEY_ARG:
        take_url(state, options, arg);
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name a URL");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "URL",
    .doc = "Download a file as a device would, and never start again from "
           "zero.\v"
           "What has arrived is kept in FILE.part; run the same command again "
           "and it goes on from there, unless the file changed. FILE appears "
           "when all of it is there and matches the server's digest.",
    .children = access_children,
};

static void show_progress(void *context, uint64_t done, uint64_t total)
{
    struct options *options = context;
    options->progress.total = total;
    ota_progress_update(&options->progress, done);
}

static void show_retry(void *context, const struct ota_error *err,
                       unsigned wait_ms)
{
    struct options *options = context;
    if (options->common.quiet)
        return;
    ota_progress_end(&options->progress);
    fputs("otatool: ", stderr);
    ota_report_line(stderr, err);
    fprintf(stderr, "; again in %u.%u s\n", wait_ms / 1000,
            wait_ms % 1000 / 100);
    ota_progress_begin(&options->progress, options->fetch.output, 0, false);
}

static int tell(const struct options *options,
                const struct ota_fetch_result *result)
{
    char sha256[2 * OTA_SHA256_SIZE + 1];
    ota_hex(result->sha256, OTA_SHA256_SIZE, sha256);
    if (options->common.json)
        return command_json(
            json_pack("{s:b, s:o, s:o, s:I, s:I, s:i, s:s, s:b}", "ok", 1,
                      "url", ota_report_text(options->fetch.url), "file",
                      ota_report_text(options->fetch.output), "size",
                      (json_int_t)result->size, "resumed_at",
                      (json_int_t)result->resumed_at, "requests",
                      (int)result->requests, "sha256", sha256, "digest_matched",
                      result->digest_matched),
            EXIT_DONE);
    if (options->common.quiet)
        return EXIT_DONE;
    ota_report_name(stdout, options->fetch.output);
    printf(": %" PRIu64 " bytes", result->size);
    if (result->resumed_at)
        printf(", resumed at %" PRIu64, result->resumed_at);
    printf("\n  sha256 %s%s\n", sha256,
           result->digest_matched ? ", as the server says" : "");
    return EXIT_DONE;
}

int cmd_fetch(int argc, char **argv)
{
    struct ota_error err;
    struct ota_fetch_result result;
    struct options options = {
        .fetch = {.retries = 5,
                  .backoff_ms = 500,
                  .on_progress = show_progress,
                  .on_retry = show_retry},
    };
    command_parse(&argp, argc, argv, &options);
    options.fetch.context = &options;
    if (!access_read(&options.access, &err))
        return command_fail(&options.common, &err);
    options.fetch.access = options.access.client;
    if (!options.fetch.output) {
        if (!ota_fetch_name(options.fetch.url, options.name,
                            sizeof(options.name)))
            command_usage("fetch",
                          "'%s' is no URL with a file name at its "
                          "end; give one, or a name by -o",
                          options.fetch.url);
        options.fetch.output = options.name;
    }
    ota_progress_begin(&options.progress, options.fetch.output, 0,
                       options.common.quiet);
    bool ok = ota_fetch(&options.fetch, &result, &err);
    ota_progress_end(&options.progress);
    return ok ? tell(&options, &result) : command_fail(&options.common, &err);
}
