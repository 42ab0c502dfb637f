/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What to answer: a pure function from request to response (RFC 9110).
 *
 * No sockets, no files, no clock: all it needs comes in, all it decides goes
 * out. Ranges, conditions and refusals are decided here; plain.c and http.c
 * only carry them out. Date, Connection and Content-Length are theirs, and so
 * is leaving out the body of a HEAD.
 *
 * Old devices fix the form: 200 with the whole file unless a range was asked
 * for, no compression, never chunks, a header of less than 536 bytes, and
 * errors without a body, whose length they would take for the firmware's.
 */
#ifndef OTATOOL_ROUTE_H
#define OTATOOL_ROUTE_H

#include "otatool/digest.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    OTA_ROUTE_RANGES = 16,   /* a request for more gets the whole file */
    OTA_ROUTE_HEADERS = 8,   /* the most a response has */
    OTA_ROUTE_VALUE = 128,   /* the longest header value with its NUL */
    OTA_ROUTE_PART = 256,    /* the longest head of a multipart part */
    OTA_ROUTE_ETAG = 32 + 3, /* two quotes, 16 bytes as hex, NUL */
    OTA_ROUTE_DATE = 40,     /* with its NUL */
    OTA_ROUTE_DIGEST = 64    /* with its NUL */
};

/* A request without its target. Headers that were not sent are NULL. */
struct ota_route_request {
    const char *method;
    int64_t now;   /* seconds since 1970 */
    bool has_body; /* names a body, or names its length in a dubious way */
    const char *range;
    const char *if_range;
    const char *if_match;
    const char *if_none_match;
    const char *if_modified_since;
    const char *if_unmodified_since;
};

/* What the target names. */
struct ota_route_entry {
    uint64_t size;
    int64_t modified; /* seconds since 1970; 0: unknown */
    uint8_t sha256[OTA_SHA256_SIZE];
    const char *type; /* Content-Type */
    /* The same as headers say it, by ota_route_describe: */
    char etag[OTA_ROUTE_ETAG];          /* strong, quotes included */
    char last_modified[OTA_ROUTE_DATE]; /* empty: unknown */
    char digest[OTA_ROUTE_DIGEST];      /* Repr-Digest */
};

struct ota_route_range {
    uint64_t offset;
    uint64_t size;
};

struct ota_route_header {
    const char *name;
    char value[OTA_ROUTE_VALUE];
};

struct ota_route_response {
    unsigned status;
    bool must_close; /* what follows on the connection cannot be trusted */
    size_t header_count;
    struct ota_route_header headers[OTA_ROUTE_HEADERS];
    /* The body: 0 ranges, none; 1, these bytes; more, multipart. They are
     * inside the entry and do not overlap. */
    size_t range_count;
    struct ota_route_range ranges[OTA_ROUTE_RANGES];
};

/* Fills in the texts of an entry whose modified and sha256 are known. */
void ota_route_describe(struct ota_route_entry *entry);

/*
 * The answer to a request for a described entry that was found, or, with entry
 * NULL, for one that was not: then status says why (404, 403, ...).
 */
void ota_route_answer(const struct ota_route_request *request,
                      const struct ota_route_entry *entry, unsigned status,
                      struct ota_route_response *response);

/* A refusal without a body; the connection is closed where the rest of the
 * request cannot be trusted. */
void ota_route_refuse(unsigned status, struct ota_route_response *response);

/*
 * The text before part `index` of a multipart body; with index range_count
 * the text that ends it. Is its length; text holds OTA_ROUTE_PART bytes.
 */
size_t ota_route_part(const struct ota_route_response *response,
                      const struct ota_route_entry *entry, size_t index,
                      char *text);
#endif
