/* SPDX-License-Identifier: Apache-2.0 */
#include "segments.h"
#include <string.h>

enum { WORD = 4, SMALLEST = 536 /* that holds the header and more */ };

static const char status_text[] = "200 OK\r\n";

void segments_find_hits(struct ota_catalog_hits *hits, const uint8_t *data,
                        size_t size)
{
    const size_t length = sizeof(status_text) - 1;
    const uint8_t *at = data;
    hits->count = 0;
    while (size > 0 && hits->count < OTA_CATALOG_HITS &&
           (at = memmem(at, size - (size_t)(at - data), status_text, length)) !=
               NULL) {
        hits->at[hits->count++] = (uint32_t)(at - data);
        at += length;
    }
}

/* Old clients look at the bytes that come with the header: a file that says
 * for which slot it is passes, any other has to come behind it. */
static bool is_stamped(const struct segments_stream *stream)
{
    const uint8_t *data = stream->body;
    if (stream->size < SMALLEST || stream->slot == 0 || data[3] != stream->slot)
        return false;
    return (data[0] == 0xe9 && data[1] == 3) ||
           (data[0] == 0xea && data[1] == 4);
}

/* Then every segment ends on a word, the last one too. */
static bool has_even_words(const struct segments_stream *stream)
{
    return stream->segment >= SMALLEST && stream->segment % WORD == 0 &&
           stream->size % WORD == 0;
}

static void add_stop(struct segments *plan, uint32_t at)
{
    if (plan->count == 0 || at > plan->stops[plan->count - 1])
        plan->stops[plan->count++] = at;
}

struct segments segments_plan(const struct segments_stream *stream)
{
    struct segments plan = {0};
    const struct ota_catalog_hits *hits = stream->hits;
    uint32_t end =
        stream->size < 2 * WORD ? 0 : stream->size / WORD * WORD - WORD;
    if (is_stamped(stream) && has_even_words(stream) && hits->count == 0)
        return plan;
    add_stop(&plan, 0);
    for (size_t i = 0; i < hits->count; i++) {
        uint32_t within = (hits->at[i] + WORD) / WORD * WORD;
        if (within < end)
            add_stop(&plan, within);
    }
    add_stop(&plan, end);
    return plan;
}

uint32_t segments_next(const struct segments *plan, uint32_t size,
                       uint32_t position)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->stops[i] > position)
            return plan->stops[i] - position;
    return size - position;
}

bool segments_stops_at(const struct segments *plan, uint32_t position)
{
    for (size_t i = 0; i < plan->count; i++)
        if (plan->stops[i] == position)
            return true;
    return false;
}
