/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Downloads that never start again from zero.
 *
 * What has arrived is kept in OUTPUT.part, and what it is part of in
 * OUTPUT.part.json. A later call goes on from there, by a range that only
 * holds for the same file (If-Range); a changed file starts afresh, so that
 * two never mix. OUTPUT appears when all of it is there, and was compared
 * with the server's digest if that gave one.
 */
#ifndef OTATOOL_FETCH_H
#define OTATOOL_FETCH_H

#include "otatool/client.h"
#include "otatool/digest.h"

struct ota_fetch_options {
    const char *url;
    const char *output;
    struct ota_client_access access;
    unsigned retries;    /* after failures in a row */
    unsigned backoff_ms; /* before the first retry; doubled after each */
    unsigned connect_ms; /* see client.h */
    unsigned stall_seconds;
    uint64_t ceiling;   /* bytes at most; 0: the largest flash, 16 MB */
    uint64_t chunk;     /* ask for ranges of so many bytes; 0: all at once */
    bool refuse_change; /* a changed file, or an ignored range, is a failure */
    /* May be NULL: told as bytes arrive, and before each retry. */
    void (*on_progress)(void *context, uint64_t done, uint64_t total);
    void (*on_retry)(void *context, const struct ota_error *err,
                     unsigned wait_ms);
    void *context;
};

struct ota_fetch_result {
    uint64_t size;
    uint64_t resumed_at; /* bytes that an earlier call had fetched */
    unsigned requests;
    uint8_t sha256[OTA_SHA256_SIZE];
    bool digest_matched; /* the server gave one, and it is this */
};

OTA_CHECKED bool ota_fetch(const struct ota_fetch_options *options,
                           struct ota_fetch_result *result,
                           struct ota_error *err);

/*
 * The name a URL's file gets: its last path segment, without query. False
 * where that is empty or unfit for a file name. name holds size bytes.
 */
OTA_CHECKED bool ota_fetch_name(const char *url, char *name, size_t size);

#endif
