/* SPDX-License-Identifier: Apache-2.0 */
/* Plans the next request from what has arrived, until all of it has. */
#include "otatool/fetch.h"
#include "otatool/file.h"
#include "part.h"
#include <string.h>
#include <time.h>

enum {
    MOST_BACKOFF_MS = 8000,
    MOST_RESTARTS = 3,
    ERROR_PAGE = 65536, /* bytes of it that are waited for */
};

struct fetch {
    const struct ota_fetch_options *options;
    struct ota_fetch_result *result;
    struct part part;
    uint64_t asked_from; /* where the request on its way begins */
    bool is_checked;     /* its answer's header was found fit */
    size_t page;         /* bytes of its error page */
    unsigned restarts;
    bool has_digest;
    uint8_t digest[OTA_SHA256_SIZE];
};

static uint64_t ceiling(const struct fetch *fetch)
{
    return fetch->options->ceiling ? fetch->options->ceiling : OTA_FILE_CEILING;
}

static bool fail(const struct fetch *fetch, struct ota_error *err,
                 enum ota_code code)
{
    return ota_fail(err, code, .subject = fetch->options->url);
}

/* A weak ETag does not promise the same bytes; a date is the next best. */
static const char *validator_of(const struct ota_client_response *response)
{
    return response->etag[0] == '"' ? response->etag : response->last_modified;
}

static bool total_fits(const struct fetch *fetch, uint64_t total,
                       struct ota_error *err)
{
    return total <= ceiling(fetch) ||
           ota_fail(err, OTA_E_FILE_TOO_LARGE, .subject = fetch->options->url,
                    .expected = ceiling(fetch), .actual = total);
}

static bool start_file(struct fetch *fetch,
                       const struct ota_client_response *response,
                       uint64_t total, struct ota_error *err)
{
    if (!total_fits(fetch, total, err))
        return false;
    if (fetch->part.done > 0 && ++fetch->restarts > MOST_RESTARTS)
        return fail(fetch, err, OTA_E_CHANGED);
    fetch->result->resumed_at = 0;
    fetch->has_digest = false;
    return part_restart(&fetch->part, fetch->options->url,
                        validator_of(response), total, err);
}

static bool check_whole(struct fetch *fetch,
                        const struct ota_client_response *response,
                        struct ota_error *err)
{
    const struct part *part = &fetch->part;
    bool is_changed = part->total != 0 &&
                      strcmp(part->validator, validator_of(response)) != 0;
    if (fetch->options->refuse_change && is_changed)
        return fail(fetch, err, OTA_E_CHANGED);
    if (fetch->options->refuse_change && fetch->options->chunk)
        return fail(fetch, err, OTA_E_RANGE_IGNORED);
    if (!response->has_length)
        return fail(fetch, err, OTA_E_HTTP_LENGTH);
    return start_file(fetch, response, response->length, err);
}

static bool is_same_file(const struct part *part,
                         const struct ota_client_response *response)
{
    return part->total == response->range_total &&
           strcmp(part->validator, validator_of(response)) == 0;
}

static bool check_part(struct fetch *fetch,
                       const struct ota_client_response *response,
                       struct ota_error *err)
{
    if (!response->has_range || response->range_first != fetch->asked_from)
        return ota_fail(err, OTA_E_RANGE_WRONG, .subject = fetch->options->url,
                        .expected = fetch->asked_from,
                        .actual = response->range_first);
    if (fetch->part.total == 0 || fetch->part.done != fetch->asked_from)
        return start_file(fetch, response, response->range_total, err);
    if (is_same_file(&fetch->part, response))
        return true;
    return fail(fetch, err, OTA_E_CHANGED);
}

/* The header of an answer with a body, before its first byte is kept. */
static bool check_header(struct fetch *fetch,
                         const struct ota_client_response *response,
                         struct ota_error *err)
{
    if (response->is_encoded)
        return fail(fetch, err, OTA_E_HTTP_ENCODED);
    bool ok = response->status == 206 ? check_part(fetch, response, err)
                                      : check_whole(fetch, response, err);
    if (ok && response->has_digest) {
        fetch->has_digest = true; /* of the file, so it holds for all parts */
        memcpy(fetch->digest, response->sha256, sizeof(fetch->digest));
    }
    return ok;
}

static bool has_file(const struct ota_client_response *response)
{
    return response->status == 200 || response->status == 206;
}

/* An error page without an end must not hold us. */
static bool skip_page(struct fetch *fetch,
                      const struct ota_client_response *response, size_t size,
                      struct ota_error *err)
{
    fetch->page += size;
    return fetch->page <= ERROR_PAGE ||
           ota_fail(err, OTA_E_HTTP_STATUS, .subject = fetch->options->url,
                    .expected = 200, .actual = response->status);
}

static bool take(void *context, const struct ota_client_response *response,
                 const void *data, size_t size, struct ota_error *err)
{
    struct fetch *fetch = context;
    if (!has_file(response))
        return skip_page(fetch, response, size, err);
    if (!fetch->is_checked && !check_header(fetch, response, err))
        return false;
    fetch->is_checked = true;
    if (size > fetch->part.total - fetch->part.done)
        return ota_fail(err, OTA_E_HTTP_LENGTH, .subject = fetch->options->url,
                        .expected = fetch->part.total,
                        .actual = fetch->part.done + size);
    if (!part_append(&fetch->part, data, size, err))
        return false;
    if (fetch->options->on_progress)
        fetch->options->on_progress(fetch->options->context, fetch->part.done,
                                    fetch->part.total);
    return true;
}

static struct ota_client_request plan(const struct fetch *fetch)
{
    const struct ota_fetch_options *options = fetch->options;
    const struct part *part = &fetch->part;
    /* Without a validator, what follows might be of another file. */
    bool goes_on = part->done > 0 && (*part->validator || options->chunk);
    return (struct ota_client_request){
        .url = options->url,
        .access = options->access,
        .has_range = goes_on || options->chunk > 0,
        .first = goes_on ? part->done : 0,
        .last = options->chunk ? part->done + options->chunk - 1
                               : OTA_CLIENT_TO_THE_END,
        .if_range = goes_on ? part->validator : NULL,
        .connect_ms = options->connect_ms,
        .stall_seconds = options->stall_seconds,
    };
}

/* An answer without a byte of the file: an empty file, or a refusal. */
static bool judge_answer(struct fetch *fetch,
                         const struct ota_client_response *response,
                         struct ota_error *err)
{
    if (fetch->is_checked)
        return true;
    if (has_file(response))
        return check_header(fetch, response, err) &&
               (fetch->part.total == 0 || fail(fetch, err, OTA_E_CUT_OFF));
    if (response->status == 416 && fetch->part.total != 0 &&
        !fetch->options->refuse_change && ++fetch->restarts <= MOST_RESTARTS)
        return part_restart(&fetch->part, fetch->options->url, "", 0, err);
    return ota_fail(err, OTA_E_HTTP_STATUS, .subject = fetch->options->url,
                    .expected = 200, .actual = response->status);
}

static bool ask_once(struct fetch *fetch, struct ota_client_response *response,
                     struct ota_error *err)
{
    struct ota_client_request request = plan(fetch);
    struct ota_client_sink sink = {take, fetch};
    fetch->asked_from = request.first;
    fetch->is_checked = false;
    fetch->page = 0;
    fetch->result->requests++;
    return ota_client_send(&request, &sink, response, err) &&
           judge_answer(fetch, response, err);
}

static bool is_complete(const struct fetch *fetch)
{
    return fetch->part.total > 0 && fetch->part.done == fetch->part.total;
}

/* What may mend itself when asked again. */
static bool may_retry(const struct ota_client_response *response,
                      const struct ota_error *err)
{
    switch (err->code) {
    case OTA_E_CONNECT:
    case OTA_E_TIMEOUT:
    case OTA_E_CUT_OFF:
    case OTA_E_HTTP:
        return true;
    case OTA_E_HTTP_STATUS:
        return response->status >= 500 || response->status == 429 ||
               response->status == 408;
    default:
        return false;
    }
}

static void wait_before_retry(const struct fetch *fetch, unsigned failures,
                              const struct ota_error *err)
{
    unsigned wait = fetch->options->backoff_ms;
    for (unsigned i = 1; i < failures && wait < MOST_BACKOFF_MS; i++)
        wait *= 2;
    if (wait > MOST_BACKOFF_MS)
        wait = MOST_BACKOFF_MS;
    /* Many clients that failed together must not come back together. */
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    wait += (unsigned)(now.tv_nsec / 1000) % (wait / 2 + 1);
    if (fetch->options->on_retry)
        fetch->options->on_retry(fetch->options->context, err, wait);
    struct timespec pause = {wait / 1000, (long)(wait % 1000) * 1000000};
    nanosleep(&pause, NULL);
}

/* Failures count anew after each byte of progress. */
static bool ask_until_whole(struct fetch *fetch, struct ota_error *err)
{
    unsigned failures = 0;
    while (!is_complete(fetch)) {
        struct ota_client_response response;
        uint64_t before = fetch->part.done;
        bool ok = ask_once(fetch, &response, err);
        if (ok && fetch->part.total == 0 && has_file(&response))
            return fail(fetch, err, OTA_E_FILE_EMPTY);
        if (ok)
            continue;
        if (fetch->part.done > before)
            failures = 0;
        if (err->code == OTA_E_CHANGED && !fetch->options->refuse_change &&
            fetch->restarts < MOST_RESTARTS) {
            fetch->restarts++;
            if (part_restart(&fetch->part, fetch->options->url, "", 0, err))
                continue;
            return false;
        }
        if (!may_retry(&response, err) || failures++ >= fetch->options->retries)
            return false;
        wait_before_retry(fetch, failures, err);
    }
    return true;
}

static bool check_digest(struct fetch *fetch, struct ota_error *err)
{
    struct ota_file file;
    struct ota_fetch_result *result = fetch->result;
    if (!ota_file_load(&file, fetch->part.path, ceiling(fetch), err)) {
        err->subject = fetch->options->output;
        return false;
    }
    ota_sha256(file.data, file.size, result->sha256);
    ota_file_release(&file);
    result->size = fetch->part.total;
    result->digest_matched =
        fetch->has_digest &&
        memcmp(fetch->digest, result->sha256, sizeof(fetch->digest)) == 0;
    if (!fetch->has_digest || result->digest_matched)
        return true;
    fetch->part.done = 0; /* so that it is forgotten */
    return fail(fetch, err, OTA_E_DOWNLOAD_DIGEST);
}

bool ota_fetch(const struct ota_fetch_options *options,
               struct ota_fetch_result *result, struct ota_error *err)
{
    struct fetch fetch = {.options = options, .result = result};
    struct ota_error own;
    if (!err)
        err = &own;
    *result = (struct ota_fetch_result){0};
    if (!part_open(&fetch.part, options->output, options->url, err))
        return false;
    result->resumed_at = fetch.part.done;
    bool ok = total_fits(&fetch, fetch.part.total, err) &&
              ask_until_whole(&fetch, err) && check_digest(&fetch, err) &&
              part_finish(&fetch.part, err);
    part_close(&fetch.part);
    return ok;
}

bool ota_fetch_name(const char *url, char *name, size_t size)
{
    const char *path = strstr(url, "://");
    path = path ? path + 3 + strcspn(path + 3, "/?#") : NULL;
    if (!path || *path != '/')
        return false;
    size_t end = strcspn(path, "?#");
    size_t start = end;
    while (path[start - 1] != '/')
        start--;
    if (start == end || end - start >= size || path[start] == '.')
        return false;
    for (size_t i = start; i < end; i++)
        if ((unsigned char)path[i] < 0x20 || path[i] == 0x7f)
            return false;
    memcpy(name, path + start, end - start);
    name[end - start] = '\0';
    return true;
}
