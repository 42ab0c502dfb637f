/* SPDX-License-Identifier: Apache-2.0 */
/* The lines of an answer's header; all of it comes from outside. */
#include "otatool/client.h"
#include <string.h>
#include <strings.h>

/* A line without its end, and what is left of it. */
struct text {
    const char *at;
    size_t size;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct text trim(struct text text)
{
    while (text.size > 0 && is_blank(text.at[0])) {
        text.at++;
        text.size--;
    }
    while (text.size > 0 && is_blank(text.at[text.size - 1]))
        text.size--;
    return text;
}

static bool skip(struct text *text, const char *word)
{
    size_t length = strlen(word);
    if (text->size < length || strncasecmp(text->at, word, length) != 0)
        return false;
    text->at += length;
    text->size -= length;
    return true;
}

static bool number(struct text *text, uint64_t *value)
{
    size_t digits = 0;
    *value = 0;
    while (text->size > 0 && *text->at >= '0' && *text->at <= '9') {
        if (++digits > 18)
            return false;
        *value = *value * 10 + (uint64_t)(*text->at - '0');
        text->at++;
        text->size--;
    }
    return digits > 0;
}

/* bytes 0-99/200, or bytes * / 200 of a 416. */
static void content_range(struct ota_client_response *response,
                          struct text value)
{
    if (!skip(&value, "bytes "))
        return;
    if (skip(&value, "*/")) {
        response->has_total =
            number(&value, &response->range_total) && value.size == 0;
        return;
    }
    response->has_range =
        number(&value, &response->range_first) && skip(&value, "-") &&
        number(&value, &response->range_last) && skip(&value, "/") &&
        number(&value, &response->range_total) && value.size == 0 &&
        response->range_first <= response->range_last &&
        response->range_last < response->range_total;
}

static int base64_value(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"
                                 "qrstuvwxyz0123456789+/";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

/* sha-256=:BASE64:, 44 characters for 32 bytes. */
static void repr_digest(struct ota_client_response *response, struct text value)
{
    enum { CHARACTERS = 43 };
    uint32_t bits = 0;
    size_t filled = 0;
    if (!skip(&value, "sha-256=:") || value.size < CHARACTERS)
        return;
    for (size_t i = 0; i < CHARACTERS; i++) {
        int digit = base64_value(value.at[i]);
        if (digit < 0)
            return;
        bits = bits << 6 | (uint32_t)digit;
        if (i % 4 != 0)
            response->sha256[filled++] = (uint8_t)(bits >> (6 - 2 * (i % 4)));
    }
    response->has_digest = true;
}

/* A validator goes into requests and JSON as it is, so it must be plain. */
static void keep(char *field, struct text value)
{
    for (size_t i = 0; i < value.size; i++)
        if (value.at[i] < 0x20 || value.at[i] > 0x7e)
            return;
    if (value.size >= OTA_CLIENT_VALIDATOR)
        return;
    memcpy(field, value.at, value.size);
    field[value.size] = '\0';
}

static void content_length(struct ota_client_response *response,
                           struct text value)
{
    response->has_length = number(&value, &response->length) && value.size == 0;
}

static void status_line(struct ota_client_response *response, struct text line)
{
    uint64_t status;
    *response = (struct ota_client_response){0};
    while (line.size > 0 && *line.at != ' ') {
        line.at++;
        line.size--;
    }
    line = trim(line);
    if (number(&line, &status) && status < 1000)
        response->status = (unsigned)status;
}

void ota_client_header(struct ota_client_response *response, const char *line,
                       size_t size)
{
    struct text text = trim((struct text){line, size});
    if (size >= 5 && memcmp(line, "HTTP/", 5) == 0)
        status_line(response, text);
    else if (skip(&text, "Content-Length:"))
        content_length(response, trim(text));
    else if (skip(&text, "Content-Range:"))
        content_range(response, trim(text));
    else if (skip(&text, "Content-Encoding:"))
        response->is_encoded =
            !skip(&(struct text){trim(text).at, trim(text).size}, "identity");
    else if (skip(&text, "ETag:"))
        keep(response->etag, trim(text));
    else if (skip(&text, "Last-Modified:"))
        keep(response->last_modified, trim(text));
    else if (skip(&text, "Repr-Digest:"))
        repr_digest(response, trim(text));
}
