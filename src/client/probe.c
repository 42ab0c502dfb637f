/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/probe.h"
#include "otatool/client.h"
#include "otatool/file.h"
#include "wire.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum check {
    CHECK_STATUS_LINE,
    CHECK_LENGTH_SPELLING,
    CHECK_LENGTHS_AGREE,
    CHECK_HEADER_SIZE,
    CHECK_HEADER_WHOLE,
    CHECK_HEADER_ALONE,
    CHECK_TYPE,
    CHECK_PLAIN,
    CHECK_HEAD_WITHOUT_BODY,
    CHECK_EXACT_BODY,
    CHECK_LAST_SEGMENT,
    CHECK_ERROR_LENGTH,
    CHECK_NO_SLASH,
    CHECK_RANGE,
    CHECK_RANGE_BEYOND,
    CHECK_ETAG,
    CHECK_IF_RANGE,
};

#define OLD "NonOS and RTOS clients"

const struct ota_probe_check ota_probe_checks[OTA_PROBE_CHECKS] = {
    [CHECK_STATUS_LINE] = {"status-line", "the answer begins HTTP/1.x 200 OK",
                           OLD, OTA_REFUSE},
    [CHECK_LENGTH_SPELLING] = {"length-spelling",
                               "Content-Length is spelled just so, and first "
                               "of its name",
                               OLD, OTA_REFUSE},
    [CHECK_LENGTHS_AGREE] = {"lengths-agree",
                             "HEAD and GET state the same length",
                             "NonOS clients, which erase by the first",
                             OTA_REFUSE},
    [CHECK_HEADER_SIZE] = {"header-size", "the header is below 536 bytes", OLD,
                           OTA_REFUSE},
    [CHECK_HEADER_WHOLE] = {"header-whole", "the header comes in one segment",
                            OLD, OTA_REFUSE},
    [CHECK_HEADER_ALONE] = {"header-alone",
                            "the header comes before any byte of the file",
                            "NonOS clients, unless the pack is stamped",
                            OTA_WARN},
    [CHECK_TYPE] = {"type", "Content-Type is application/octet-stream",
                    "RTOS 2.1 clients", OTA_REFUSE},
    [CHECK_PLAIN] = {"plain", "nothing is compressed or sent in chunks", OLD,
                     OTA_REFUSE},
    [CHECK_HEAD_WITHOUT_BODY] = {"head-without-body",
                                 "HEAD is answered without a body",
                                 "NonOS clients", OTA_REFUSE},
    [CHECK_EXACT_BODY] = {"exact-body", "nothing follows the file",
                          "NonOS clients", OTA_REFUSE},
    [CHECK_LAST_SEGMENT] = {"last-segment",
                            "the last segment has 4 bytes or more",
                            "NonOS clients, which take the CRC from it",
                            OTA_REFUSE},
    [CHECK_ERROR_LENGTH] = {"error-length", "an error to HEAD states no length",
                            "NonOS clients, which erase for it", OTA_WARN},
    [CHECK_NO_SLASH] = {"no-slash", "a target without a slash is understood",
                        "RTOS 2.1 clients", OTA_WARN},
    [CHECK_RANGE] = {"range", "a range is answered 206 with just that range",
                     "clients that resume", OTA_REFUSE},
    [CHECK_RANGE_BEYOND] = {"range-beyond",
                            "a range behind the end is answered 416",
                            "clients that resume", OTA_WARN},
    [CHECK_ETAG] = {"etag", "a strong ETag stays the same",
                    "clients that resume", OTA_WARN},
    [CHECK_IF_RANGE] = {"if-range",
                        "a range of another file (If-Range) gets the whole",
                        "clients that resume", OTA_REFUSE},
};

struct asking {
    struct ota_probe *probe;
    const char *url;
    const struct ota_client_access *access;
    unsigned timeout_ms;
    struct wire_place place;
    char authorization[OTA_CLIENT_TOKEN + 32]; /* a header's line, or empty */
    struct ota_error *err;
};

static void settle(struct asking *asking, enum check check, bool ok,
                   const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void settle(struct asking *asking, enum check check, bool ok,
                   const char *format, ...)
{
    struct ota_probe_result *result = &asking->probe->results[check];
    va_list arguments;
    result->verdict = ok ? OTA_PROBE_OK : OTA_PROBE_BROKEN;
    result->detail[0] = '\0';
    if (ok)
        return;
    va_start(arguments, format);
    vsnprintf(result->detail, sizeof(result->detail), format, arguments);
    va_end(arguments);
    for (char *c = result->detail; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' '; /* a server's bytes must not steer a terminal */
    if (ota_probe_checks[check].severity == OTA_REFUSE)
        asking->probe->is_usable = false;
}

/* --- the wire ----------------------------------------------------------- */

/* ending: behind the target. */
static bool ask(struct asking *asking, const char *method, const char *ending,
                uint64_t limit, struct wire_answer *answer)
{
    char request[2048];
    int size = snprintf(request, sizeof(request),
                        "%s %s%s HTTP/1.1\r\nHost: %s\r\n"
                        "Connection: close\r\n%s"
                        "Accept-Encoding: gzip,deflate\r\n\r\n",
                        method, asking->place.target, ending,
                        asking->place.authority, asking->authorization);
    if (size < 0 || (size_t)size >= sizeof(request))
        return ota_fail(asking->err, OTA_E_URL, .subject = asking->url,
                        .detail = "it is too long");
    return wire_ask(&asking->place, request, (size_t)size, limit,
                    asking->timeout_ms, answer, asking->err);
}

static bool is_status_line(const char *header)
{
    return (strncmp(header, "HTTP/1.1 200 OK\r\n", 17) == 0 ||
            strncmp(header, "HTTP/1.0 200 OK\r\n", 17) == 0);
}

static unsigned status_of(const struct wire_answer *answer)
{
    const char *space = strchr(answer->header, ' ');
    return space ? (unsigned)strtoul(space, NULL, 10) : 0;
}

/* Old clients take the first place where the name stands. */
static bool is_spelled_just_so(const struct wire_answer *answer)
{
    const char *value = wire_header(answer, "Content-Length");
    const char *first = strstr(answer->header, "Content-Length");
    return value && first && first + strlen("Content-Length: ") == value &&
           strspn(value, "0123456789") > 0;
}

static uint64_t length_of(const struct wire_answer *answer)
{
    const char *value = wire_header(answer, "Content-Length");
    return value ? strtoull(value, NULL, 10) : 0;
}

/* Several segments that came at once leave open where the first ended. */
static void look_at_first_segment(struct asking *asking,
                                  const struct wire_answer *get)
{
    if (get->first_size <= get->header_size)
        settle(asking, CHECK_HEADER_ALONE, true, " ");
    else if (get->first_segments == 1)
        settle(asking, CHECK_HEADER_ALONE, false,
               "%zu bytes of the file came with it",
               get->first_size - get->header_size);
}

static void look_at_header(struct asking *asking, const struct wire_answer *get)
{
    settle(asking, CHECK_STATUS_LINE, is_status_line(get->header),
           "it begins %.40s", get->header);
    settle(asking, CHECK_LENGTH_SPELLING, is_spelled_just_so(get),
           "no line 'Content-Length: N', or another before it");
    settle(asking, CHECK_HEADER_SIZE,
           get->header_size > 0 && get->header_size < 536, "it has %zu bytes",
           get->header_size);
    settle(asking, CHECK_HEADER_WHOLE, get->first_size >= get->header_size,
           "the first segment held %zu of %zu bytes", get->first_size,
           get->header_size);
    look_at_first_segment(asking, get);
    settle(asking, CHECK_TYPE,
           strstr(get->header, "application/octet-stream") != NULL,
           "the header does not say it");
    settle(asking, CHECK_PLAIN,
           !strcasestr(get->header, "\r\nTransfer-Encoding:") &&
               !strcasestr(get->header, "\r\nContent-Encoding:"),
           "it is encoded");
}

static bool look_at_wire(struct asking *asking)
{
    struct wire_answer get;
    struct wire_answer head;
    if (!ask(asking, "GET", "", 1, &get) || !ask(asking, "HEAD", "", 1, &head))
        return false;
    if (get.header_size == 0)
        return ota_fail(asking->err, OTA_E_TIMEOUT, .subject = asking->url,
                        .detail = "no whole header came");
    unsigned status = status_of(&get);
    if (status >= 400)
        return ota_fail(asking->err, OTA_E_HTTP_STATUS, .subject = asking->url,
                        .expected = 200, .actual = status);
    look_at_header(asking, &get);
    settle(asking, CHECK_LENGTHS_AGREE,
           is_spelled_just_so(&head) && length_of(&get) == length_of(&head),
           "HEAD says %" PRIu64 ", GET says %" PRIu64, length_of(&head),
           length_of(&get));
    settle(asking, CHECK_HEAD_WITHOUT_BODY, head.body_size == 0,
           "a body followed");
    return true;
}

enum { WAIT_FOR_LAST_MS = 3000 /* what is lost comes again by then */ };

/* Of the sizes that old clients ask for. On a way that has no room for the
 * larger one, the other alone tells. */
static bool look_at_last_segment(struct asking *asking, uint64_t length)
{
    static const unsigned sizes[] = {536, 1460};
    struct asking brief = *asking;
    struct wire_answer all;
    bool ok = true;
    if (brief.timeout_ms > WAIT_FOR_LAST_MS)
        brief.timeout_ms = WAIT_FOR_LAST_MS;
    for (size_t i = 0; ok && i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        brief.place.segment = sizes[i];
        if (!ask(&brief, "GET", "", length, &all))
            return false;
        uint64_t missing = length - all.body_size;
        ok = all.body_size >= length || missing > 3;
        if (all.has_segments && (all.body_size >= length || !ok))
            settle(asking, CHECK_LAST_SEGMENT, ok,
                   "it has %" PRIu64 " when others have %u", missing, sizes[i]);
    }
    return true;
}

/* What was cut off, or is slow, says nothing about what follows. */
static bool look_at_end(struct asking *asking)
{
    struct wire_answer head;
    struct wire_answer all;
    if (!ask(asking, "HEAD", "", 1, &head))
        return false;
    uint64_t length = length_of(&head);
    if (length == 0 || length > OTA_FILE_CEILING)
        return true;
    if (!ask(asking, "GET", "", length + 1, &all))
        return false;
    if (length_of(&all) != length || all.body_size < length)
        return true;
    settle(asking, CHECK_EXACT_BODY, all.body_size == length,
           "more than %" PRIu64 " bytes came", length);
    return look_at_last_segment(asking, length);
}

/* A server may have something by any name. */
static bool look_at_error(struct asking *asking)
{
    struct wire_answer answer;
    if (!ask(asking, "HEAD", ".no-such-file", 1, &answer))
        return false;
    if (status_of(&answer) >= 400)
        settle(asking, CHECK_ERROR_LENGTH, length_of(&answer) == 0,
               "%u came with the length %" PRIu64, status_of(&answer),
               length_of(&answer));
    return true;
}

/* Just as the RTOS example asks, with a NUL at the end. */
static bool look_without_slash(struct asking *asking)
{
    char request[2048];
    struct wire_answer answer;
    int size = snprintf(request, sizeof(request),
                        "GET %s HTTP/1.0\r\nHost: %s\r\n%s"
                        "Accept: application/octet-stream\r\n"
                        "Accept-Encoding: identity\r\n\r\n",
                        asking->place.target + 1, asking->place.authority,
                        asking->authorization);
    if (size < 0 || (size_t)size >= sizeof(request))
        return true;
    if (!wire_ask(&asking->place, request, (size_t)size + 1, 1,
                  asking->timeout_ms, &answer, asking->err))
        return false;
    settle(asking, CHECK_NO_SLASH, is_status_line(answer.header),
           "it begins %.40s", answer.header_size ? answer.header : "nothing");
    return true;
}

/* --- ranges, for clients that resume ------------------------------------ */

enum { ENOUGH = 65536 };

/* The header says it all, and a body may have no end. */
static bool count(void *context, const struct ota_client_response *response,
                  const void *data, size_t size, struct ota_error *err)
{
    uint64_t *received = context;
    (void)response;
    (void)data;
    *received += size;
    return *received <= ENOUGH || ota_fail(err, OTA_E_RANGE_IGNORED);
}

static bool ask_range(struct asking *asking, uint64_t first, uint64_t last,
                      const char *if_range,
                      struct ota_client_response *response)
{
    uint64_t received = 0;
    struct ota_client_sink sink = {count, &received};
    struct ota_client_request request = {
        .url = asking->url,
        .access = *asking->access,
        .has_range = true,
        .first = first,
        .last = last,
        .if_range = if_range,
        .connect_ms = asking->timeout_ms,
        .stall_seconds = (asking->timeout_ms + 999) / 1000,
    };
    return ota_client_send(&request, &sink, response, asking->err) ||
           received > ENOUGH;
}

static bool look_at_ranges(struct asking *asking)
{
    struct ota_client_response response;
    struct ota_client_response again;
    if (!ask_range(asking, 4, 7, NULL, &response))
        return false;
    bool ok = response.status == 206 && response.has_range &&
              response.range_first == 4 && response.range_last == 7 &&
              response.has_length && response.length == 4;
    settle(asking, CHECK_RANGE, ok, "bytes 4 to 7 were answered %u",
           response.status);
    if (!ask_range(asking, UINT32_MAX, UINT32_MAX, NULL, &again))
        return false;
    settle(asking, CHECK_RANGE_BEYOND, again.status == 416,
           "it was answered %u", again.status);
    if (!ask_range(asking, 4, 7, "\"of-another-file\"", &again))
        return false;
    settle(asking, CHECK_IF_RANGE, !ok || again.status == 200,
           "it was answered %u", again.status);
    settle(asking, CHECK_ETAG,
           response.etag[0] == '"' && strcmp(response.etag, again.etag) == 0,
           "%.40s, then %.40s", response.etag[0] ? response.etag : "none",
           again.etag[0] ? again.etag : "none");
    return true;
}

bool ota_probe_server(struct ota_probe *probe, const char *url,
                      const struct ota_client_access *access,
                      unsigned timeout_ms, struct ota_error *err)
{
    struct asking asking = {.probe = probe,
                            .url = url,
                            .access = access,
                            .timeout_ms = timeout_ms,
                            .err = err};
    if (access->token)
        snprintf(asking.authorization, sizeof(asking.authorization),
                 "Authorization: Bearer %s\r\n", access->token);
    memset(probe, 0, sizeof(*probe));
    probe->is_usable = true;
    if (wire_place(&asking.place, url) &&
        (!look_at_wire(&asking) || !look_at_end(&asking) ||
         !look_at_error(&asking) || !look_without_slash(&asking))) {
        err->subject = url;
        return false;
    }
    return look_at_ranges(&asking);
}
