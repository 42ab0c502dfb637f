/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/route.h"
#include "http_date.h"
#include "range.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* For a text that fits. */
static void add_text(struct ota_route_response *response, const char *name,
                     const char *text)
{
    struct ota_route_header *header =
        &response->headers[response->header_count++];
    header->name = name;
    memcpy(header->value, text, strlen(text) + 1);
}

__attribute__((format(printf, 3, 4))) static void
add_header(struct ota_route_response *response, const char *name,
           const char *format, ...)
{
    struct ota_route_header *header =
        &response->headers[response->header_count++];
    header->name = name;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(header->value, sizeof(header->value), format, arguments);
    va_end(arguments);
}

static void write_digest(struct ota_route_entry *entry)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                 "abcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = stpcpy(entry->digest, "sha-256=:");
    for (size_t i = 0; i < OTA_SHA256_SIZE; i += 3) {
        uint32_t bits = 0;
        for (size_t k = i; k < i + 3; k++)
            bits = bits << 8 | (k < OTA_SHA256_SIZE ? entry->sha256[k] : 0);
        for (int shift = 18; shift >= 0; shift -= 6)
            *out++ = digits[bits >> shift & 63];
    }
    strcpy(out - 1, "=:"); /* 32 bytes are ten threes and a two */
}

void ota_route_describe(struct ota_route_entry *entry)
{
    /* Half of the digest tells files apart and keeps the header short. */
    ota_hex(entry->sha256, 16, entry->etag + 1);
    entry->etag[0] = '"';
    strcpy(entry->etag + 1 + 2 * 16, "\"");
    entry->last_modified[0] = '\0';
    if (entry->modified)
        http_date_format(entry->modified, entry->last_modified);
    write_digest(entry);
}

/* No file holds its own digest, so this cannot occur inside of a part. */
static void name_boundary(const struct ota_route_entry *entry, char *boundary)
{
    ota_hex(entry->sha256 + 16, 16, boundary);
}

void ota_route_refuse(unsigned status, struct ota_route_response *response)
{
    *response = (struct ota_route_response){.status = status};
    response->must_close = status == 400 || status == 405 || status == 408 ||
                           status == 431 || status == 505;
    if (status == 405)
        add_text(response, "Allow", "GET, HEAD");
    if (status == 503)
        add_text(response, "Retry-After", "1");
}

static const char *skip_spaces(const char *text)
{
    return text + strspn(text, " \t");
}

/* Is etag in the list, or the list "*"? With is_weak_fine W/ is overlooked. */
static bool lists_etag(const char *list, const char *etag, bool is_weak_fine)
{
    size_t length = strlen(etag);
    list = skip_spaces(list);
    if (list[0] == '*')
        return true;
    while (*list) {
        list += strspn(list, " \t,");
        bool is_weak = strncmp(list, "W/", 2) == 0;
        const char *tag = is_weak ? list + 2 : list;
        if (*tag != '"')
            return false;
        const char *end = strchr(tag + 1, '"');
        if (!end)
            return false;
        list = end + 1;
        if ((!is_weak || is_weak_fine) && (size_t)(list - tag) == length &&
            memcmp(tag, etag, length) == 0)
            return true;
    }
    return false;
}

static bool is_since(const struct ota_route_entry *entry, const char *date)
{
    int64_t since;
    return entry->modified && http_date_parse(date, &since) &&
           entry->modified > since;
}

/* 412 or 304 where a condition asks for it, else 200: RFC 9110, 13.2.2. */
static unsigned check_conditions(const struct ota_route_request *request,
                                 const struct ota_route_entry *entry)
{
    if (request->if_match) {
        if (!lists_etag(request->if_match, entry->etag, false))
            return 412;
    } else if (request->if_unmodified_since &&
               is_since(entry, request->if_unmodified_since)) {
        return 412;
    }
    int64_t since;
    if (request->if_none_match)
        return lists_etag(request->if_none_match, entry->etag, true) ? 304
                                                                     : 200;
    if (request->if_modified_since && entry->modified &&
        http_date_parse(request->if_modified_since, &since))
        return entry->modified <= since ? 304 : 200;
    return 200;
}

/*
 * Does the client hold a part of this very content? A date proves it only
 * when the file cannot have changed twice within that second.
 */
static bool if_range_holds(const struct ota_route_request *request,
                           const struct ota_route_entry *entry)
{
    if (!request->if_range)
        return true;
    const char *value = skip_spaces(request->if_range);
    if (*value == '"') {
        size_t length = strlen(entry->etag);
        return strncmp(value, entry->etag, length) == 0 &&
               *skip_spaces(value + length) == '\0';
    }
    int64_t date;
    return entry->modified && http_date_parse(value, &date) &&
           date == entry->modified && entry->modified < request->now - 1;
}

static void add_validators(struct ota_route_response *response,
                           const struct ota_route_entry *entry)
{
    add_text(response, "ETag", entry->etag);
    if (*entry->last_modified)
        add_text(response, "Last-Modified", entry->last_modified);
}

static void add_body_headers(struct ota_route_response *response,
                             const struct ota_route_entry *entry)
{
    if (response->range_count > 1) {
        char boundary[OTA_ROUTE_ETAG];
        name_boundary(entry, boundary);
        add_header(response, "Content-Type",
                   "multipart/byteranges; boundary=%s", boundary);
    } else {
        add_text(response, "Content-Type", entry->type);
    }
    if (response->status == 206 && response->range_count == 1) {
        const struct ota_route_range *range = &response->ranges[0];
        add_header(response, "Content-Range",
                   "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, range->offset,
                   range->offset + range->size - 1, entry->size);
    }
    add_text(response, "Accept-Ranges", "bytes");
    add_validators(response, entry);
    add_text(response, "Repr-Digest", entry->digest);
}

static void choose_bytes(const struct ota_route_request *request,
                         const struct ota_route_entry *entry,
                         struct ota_route_response *response)
{
    enum range_verdict verdict = RANGE_IGNORED;
    if (request->range && if_range_holds(request, entry))
        verdict = range_parse(request->range, entry->size, response);
    if (verdict == RANGE_UNSATISFIABLE) {
        response->status = 416;
        add_header(response, "Content-Range", "bytes */%" PRIu64, entry->size);
        add_text(response, "Accept-Ranges", "bytes");
        return;
    }
    response->status = verdict == RANGE_PARTIAL ? 206 : 200;
    if (verdict == RANGE_IGNORED) {
        response->ranges[0] = (struct ota_route_range){0, entry->size};
        response->range_count = 1;
    }
    add_body_headers(response, entry);
}

void ota_route_answer(const struct ota_route_request *request,
                      const struct ota_route_entry *entry, unsigned status,
                      struct ota_route_response *response)
{
    *response = (struct ota_route_response){0};
    if (strcmp(request->method, "GET") != 0 &&
        strcmp(request->method, "HEAD") != 0) {
        ota_route_refuse(405, response);
        return;
    }
    if (request->has_body) {
        ota_route_refuse(400, response);
        return;
    }
    if (!entry) {
        ota_route_refuse(status, response);
        return;
    }
    response->status = check_conditions(request, entry);
    if (response->status == 304)
        add_validators(response, entry);
    else if (response->status == 200)
        choose_bytes(request, entry, response);
}

size_t ota_route_part(const struct ota_route_response *response,
                      const struct ota_route_entry *entry, size_t index,
                      char *text)
{
    char boundary[OTA_ROUTE_ETAG];
    name_boundary(entry, boundary);
    if (index == response->range_count)
        return (size_t)snprintf(text, OTA_ROUTE_PART, "\r\n--%s--\r\n",
                                boundary);
    const struct ota_route_range *range = &response->ranges[index];
    return (size_t)snprintf(
        text, OTA_ROUTE_PART,
        "%s--%s\r\nContent-Type: %s\r\n"
        "Content-Range: bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64 "\r\n\r\n",
        index ? "\r\n" : "", boundary, entry->type, range->offset,
        range->offset + range->size - 1, entry->size);
}
