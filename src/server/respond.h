/* SPDX-License-Identifier: Apache-2.0 */
/* From a request to its answer: which bytes, and why. No sockets. */
#ifndef OTATOOL_SERVER_RESPOND_H
#define OTATOOL_SERVER_RESPOND_H

#include "family.h"
#include "shared.h"
#include <netinet/in.h>

struct reply {
    struct ota_route_response answer;
    struct ota_catalog_entry *entry; /* a reference; NULL for a refusal */
    struct client_kind client;
    const char *file;   /* what it is; static */
    const char *reason; /* why this one; static */
    bool has_md5;       /* the last header is Arduino's x-MD5 */
    bool is_page;       /* about the server, and no download */
    bool is_stream;     /* the body is a stream of events */
    bool is_last;       /* the connection closes when nothing more comes */
};

/* Who asks, and over what. */
struct asker {
    struct in6_addr address;
    bool is_tls;
};

/* Answers a request that was read (status 200) or is refused. */
void respond(struct shared *shared, const struct head *head, unsigned status,
             const struct asker *asker, struct reply *reply);

/* Refuses for now: retry_s is when to come back. Gives the entry back. */
void respond_busy(struct reply *reply, unsigned retry_s);

/* The bytes of a body, as ranges of the entry; several come as multipart. */
bool reply_is_whole_file(const struct reply *reply);

#endif
