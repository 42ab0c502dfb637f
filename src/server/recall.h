/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which version of a file an address was given last.
 *
 * A client that goes on with a download by Range, without If-Range to name
 * what it holds, would glue two builds together when the file has changed.
 * Old entries make place for new ones; devices behind one address share.
 */
#ifndef OTATOOL_SERVER_RECALL_H
#define OTATOOL_SERVER_RECALL_H

#include "otatool/route.h"
#include <netinet/in.h>

enum { RECALL_PLACES = 4096 };

struct recall {
    struct {
        uint64_t who;     /* client and target; 0: nobody */
        uint64_t version; /* of the file */
    } places[RECALL_PLACES];
};

uint64_t recall_key(const struct in6_addr *address, const char *target);

/* True when that client was last given another version. */
bool recall_differs(const struct recall *recall, uint64_t key,
                    const struct ota_route_entry *entry);

void recall_note(struct recall *recall, uint64_t key,
                 const struct ota_route_entry *entry);

#endif
