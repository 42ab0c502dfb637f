/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where TCP segments begin and end, for old clients, which see each by
 * itself.
 *
 * A plan lists the places of the body at which the server stops until all
 * that lies before is acknowledged: what is sent then begins a segment of its
 * own, and no client can be handed it together with what came before. NonOS
 * clients
 *
 * - judge the file by its first bytes when those come with the header, so the
 *   header goes ahead,
 * - take the CRC out of the last segment, which must hold four bytes,
 * - drop a segment that begins in text with "200 OK" (NonOS 3): a stop within
 *   each such text, and no segment holds it.
 *
 * A file that is stamped for the slot passes the first, and has segments that
 * end on words when everything is a multiple of four; it comes at once.
 */
#ifndef OTATOOL_SERVER_SEGMENTS_H
#define OTATOOL_SERVER_SEGMENTS_H

#include "otatool/catalog.h"

void segments_find_hits(struct ota_catalog_hits *hits, const uint8_t *data,
                        size_t size);

/* Header, texts, end. */
enum { SEGMENTS_STOPS = OTA_CATALOG_HITS + 2 };

struct segments {
    size_t count; /* 0: the header and all of the body go out at once */
    uint32_t stops[SEGMENTS_STOPS]; /* in the body, rising, none twice */
};

struct segments_stream {
    const uint8_t *body;
    uint32_t size;
    uint32_t segment; /* what the connection carries at most */
    int slot;         /* that the client asked for; 0: none */
    const struct ota_catalog_hits *hits;
};

/* For NonOS clients, and those that may be. */
struct segments segments_plan(const struct segments_stream *stream);

/* How many bytes go out from position on before the next stop. */
uint32_t segments_next(const struct segments *plan, uint32_t size,
                       uint32_t position);

/* Whether position is a stop. */
bool segments_stops_at(const struct segments *plan, uint32_t position);

#endif
