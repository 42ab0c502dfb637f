/* SPDX-License-Identifier: Apache-2.0 */
#include "http_text.h"
#include <microhttpd.h>
#include <string.h>

enum { WORD = 4, LENGTH_LINE = 48 };

static uint64_t parts_size(const struct reply *reply)
{
    char text[OTA_ROUTE_PART];
    uint64_t size = 0;
    for (size_t i = 0; i <= reply->answer.range_count; i++) {
        size += ota_route_part(&reply->answer, &reply->entry->route, i, text);
        if (i < reply->answer.range_count)
            size += reply->answer.ranges[i].size;
    }
    return size;
}

uint64_t http_text_body(const struct reply *reply)
{
    switch (reply->answer.range_count) {
    case 0:
        return 0;
    case 1:
        return reply->answer.ranges[0].size;
    default:
        return parts_size(reply);
    }
}

static char *put_field(char *at, const char *name, const char *value)
{
    at = stpcpy(stpcpy(stpcpy(at, name), ": "), value);
    return stpcpy(at, "\r\n");
}

static char *put_number(char *at, uint64_t number)
{
    char digits[20];
    size_t first = sizeof(digits);
    do
        digits[--first] = (char)('0' + number % 10);
    while (number /= 10);
    memcpy(at, digits + first, sizeof(digits) - first);
    return at + sizeof(digits) - first;
}

/* All but the last lines: what the zeros depend on. */
static char *put_beginning(const struct reply *reply,
                           const struct manner *manner, const char *date,
                           char *text)
{
    const struct ota_route_response *answer = &reply->answer;
    char *at = put_number(stpcpy(text, "HTTP/1.1 "), answer->status);
    at = stpcpy(stpcpy(at, " "), MHD_get_reason_phrase_for(answer->status));
    at = put_field(stpcpy(at, "\r\n"), "Date", date);
    if (manner->closes)
        at = stpcpy(at, "Connection: close\r\n");
    else if (manner->says_keeps)
        at = stpcpy(at, "Connection: Keep-Alive\r\n");
    for (size_t i = 0; i < answer->header_count; i++)
        at = put_field(at, answer->headers[i].name, answer->headers[i].value);
    return at;
}

/* A 304 has no body, but its file has: it says nothing of a length. */
static char *put_end(const struct reply *reply, char *at)
{
    if (reply->answer.status != 304) {
        at = put_number(stpcpy(at, "Content-Length: "), http_text_body(reply));
        at = stpcpy(at, "\r\n");
    }
    return stpcpy(at, "\r\n");
}

/* The zeros that bring a header of this size to a multiple of four. */
static const char *align_for(size_t size, const struct manner *manner)
{
    if (!manner->is_aligned || size % WORD == 0)
        return NULL;
    return &"0000"[(size + strlen("Align: \r\n")) % WORD];
}

struct http_text http_text_write(const struct reply *reply,
                                 const struct manner *manner, const char *date,
                                 char text[HTTP_TEXT])
{
    char end[LENGTH_LINE];
    size_t end_size = (size_t)(put_end(reply, end) - end);
    char *at = put_beginning(reply, manner, date, text);
    const char *align = align_for((size_t)(at - text) + end_size, manner);
    if (align)
        at = put_field(at, "Align", align);
    memcpy(at, end, end_size);
    return (struct http_text){(size_t)(at - text) + end_size, align};
}
