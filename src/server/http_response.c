/* SPDX-License-Identifier: Apache-2.0 */
#include "http_response.h"
#include "http_text.h"
#include <stdlib.h>
#include <string.h>

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

static struct http_response describe(const struct reply *reply,
                                     const struct manner *manner,
                                     struct MHD_Response *response)
{
    static const char some_date[] = "Sun, 06 Nov 1994 08:49:37 GMT";
    const struct ota_route_response *answer = &reply->answer;
    char text[HTTP_TEXT];
    struct http_text header = http_text_write(reply, manner, some_date, text);
    struct http_response made = {response, header.size,
                                 manner->is_head ? 0 : http_text_body(reply)};
    if (!response)
        return made;
    for (size_t i = 0; i < answer->header_count; i++)
        MHD_add_response_header(response, answer->headers[i].name,
                                answer->headers[i].value);
    if (header.align)
        MHD_add_response_header(response, "Align", header.align);
    if (manner->must_say)
        MHD_add_response_header(response, "Connection", "close");
    return made;
}

struct http_response http_response_make(const struct reply *reply,
                                        const struct manner *manner)
{
    return describe(reply, manner, make_body(reply));
}

struct http_response http_response_measured(const struct reply *reply,
                                            const struct manner *manner,
                                            size_t piece,
                                            MHD_ContentReaderCallback read,
                                            void *context)
{
    return describe(reply, manner,
                    MHD_create_response_from_callback(
                        http_text_body(reply), piece, read, context, NULL));
}
