/* SPDX-License-Identifier: Apache-2.0 */
#include "http_response.h"
#include <stdlib.h>
#include <string.h>

enum { WORD = 4 };

/*
 * Responses for whole files, and that one has not changed, are made once and
 * kept with the entry: with them an answer costs no allocation.
 */
enum form {
    FORM_PLAIN,
    FORM_ALIGNED, /* and three more: by one to four zeros */
    FORM_MD5 = FORM_ALIGNED + WORD,
    FORM_UNCHANGED,
    FORM_NONE, /* not kept */
};

/* What a body of several ranges is made of. */
struct parts {
    uint64_t size;
    size_t count;
    struct MHD_IoVec pieces[2 * OTA_ROUTE_RANGES + 1];
    char texts[OTA_ROUTE_RANGES + 1][OTA_ROUTE_PART];
};

static void add_piece(struct parts *parts, const void *data, size_t size)
{
    parts->pieces[parts->count++] = (struct MHD_IoVec){data, size};
    parts->size += size;
}

static struct MHD_Response *make_parts(const struct reply *reply)
{
    const struct ota_route_response *answer = &reply->answer;
    const struct ota_route_entry *route = &reply->entry->route;
    struct parts *parts = calloc(1, sizeof(*parts));
    if (!parts)
        return NULL;
    for (size_t i = 0; i <= answer->range_count; i++) {
        char *text = parts->texts[i];
        const struct ota_route_range *range = &answer->ranges[i];
        add_piece(parts, text, ota_route_part(answer, route, i, text));
        if (i < answer->range_count)
            add_piece(parts, reply->entry->data + range->offset,
                      (size_t)range->size);
    }
    struct MHD_Response *response = MHD_create_response_from_iovec(
        parts->pieces, (unsigned)parts->count, free, parts);
    if (!response)
        free(parts);
    return response;
}

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

static uint64_t body_size(const struct reply *reply)
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

static struct MHD_Response *make_body(const struct reply *reply)
{
    const struct ota_route_range *range = &reply->answer.ranges[0];
    if (reply->answer.range_count > 1)
        return make_parts(reply);
    if (reply->answer.range_count == 0)
        return MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
    return MHD_create_response_from_buffer(
        (size_t)range->size, (void *)(reply->entry->data + range->offset),
        MHD_RESPMEM_PERSISTENT);
}

static size_t digits_of(uint64_t number)
{
    size_t digits = 1;
    while (number >= 10) {
        number /= 10;
        digits++;
    }
    return digits;
}

/* Of the header that the library will send, without alignment. */
static uint64_t header_size(const struct reply *reply,
                            const struct http_manner *manner, uint64_t body)
{
    const struct ota_route_response *answer = &reply->answer;
    uint64_t size =
        strlen("HTTP/1.1 200 \r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
               "Content-Length: \r\n\r\n") +
        strlen(MHD_get_reason_phrase_for(answer->status)) + digits_of(body);
    for (size_t i = 0; i < answer->header_count; i++)
        size += strlen(answer->headers[i].name) +
                strlen(answer->headers[i].value) + strlen(": \r\n");
    if (manner->closes)
        size += strlen("Connection: close\r\n");
    else if (manner->says_keeps)
        size += strlen("Connection: Keep-Alive\r\n");
    return size;
}

/* How many zeros bring the header to a multiple of four; 0: it is one. */
static unsigned zeros_for(uint64_t header, const struct http_manner *manner)
{
    if (!manner->is_aligned || header % WORD == 0)
        return 0;
    return WORD - (unsigned)((header + strlen("Align: \r\n")) % WORD);
}

static void add_headers(struct MHD_Response *response,
                        const struct reply *reply,
                        const struct http_manner *manner, unsigned zeros)
{
    const struct ota_route_response *answer = &reply->answer;
    for (size_t i = 0; i < answer->header_count; i++)
        MHD_add_response_header(response, answer->headers[i].name,
                                answer->headers[i].value);
    if (zeros)
        MHD_add_response_header(response, "Align", &"0000"[WORD - zeros]);
    if (manner->must_say)
        MHD_add_response_header(response, "Connection", "close");
}

static unsigned form_of(const struct reply *reply,
                        const struct http_manner *manner, unsigned zeros)
{
    if (!reply->entry || manner->must_say)
        return FORM_NONE;
    /* One that answers no condition of HTTP names no version. */
    if (reply->answer.status == 304)
        return zeros || reply->answer.header_count == 0 ? FORM_NONE
                                                        : FORM_UNCHANGED;
    if (!reply_is_whole_file(reply))
        return FORM_NONE;
    if (reply->has_md5)
        return zeros ? FORM_NONE : FORM_MD5;
    return zeros ? FORM_ALIGNED + zeros - 1 : FORM_PLAIN;
}

static void destroy(void *response)
{
    MHD_destroy_response(response);
}

/* Keeps a response with the entry; true when the entry has taken it. Some
 * other thread may have been faster. */
static bool keep(struct ota_catalog_entry *entry, unsigned form,
                 struct MHD_Response *response)
{
    void *none = NULL;
    atomic_store(&entry->forget_prepared, destroy);
    return atomic_compare_exchange_strong(&entry->prepared[form], &none,
                                          (void *)response);
}

static struct MHD_Response *make(const struct reply *reply,
                                 const struct http_manner *manner,
                                 unsigned zeros)
{
    struct MHD_Response *response = make_body(reply);
    if (response)
        add_headers(response, reply, manner, zeros);
    return response;
}

struct http_response http_response_make(const struct reply *reply,
                                        const struct http_manner *manner)
{
    uint64_t body = body_size(reply);
    struct http_response made = {
        .header = header_size(reply, manner, body),
        .body = manner->is_head ? 0 : body,
    };
    unsigned zeros = zeros_for(made.header, manner);
    unsigned form = form_of(reply, manner, zeros);
    made.header += zeros ? strlen("Align: \r\n") + zeros : 0;
    if (form != FORM_NONE)
        made.response = atomic_load(&reply->entry->prepared[form]);
    made.is_kept = made.response != NULL;
    if (made.response)
        return made;
    made.response = make(reply, manner, zeros);
    if (made.response && form != FORM_NONE)
        made.is_kept = keep(reply->entry, form, made.response);
    return made;
}

struct http_response http_response_measured(const struct reply *reply,
                                            const struct http_manner *manner,
                                            size_t piece,
                                            MHD_ContentReaderCallback read,
                                            void *context)
{
    uint64_t body = body_size(reply);
    struct http_response made = {
        .response =
            MHD_create_response_from_callback(body, piece, read, context, NULL),
        .header = header_size(reply, manner, body),
        .body = body,
    };
    unsigned zeros = zeros_for(made.header, manner);
    made.header += zeros ? strlen("Align: \r\n") + zeros : 0;
    if (made.response)
        add_headers(made.response, reply, manner, zeros);
    return made;
}
