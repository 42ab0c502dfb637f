/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a server offers: the files below one directory, or a single file.
 *
 * A file is loaded whole into memory of its own before the first byte of it
 * is served and again when it changed, so a running download keeps the bytes
 * it began with, whatever is written to the file meanwhile. Files are at most
 * OTA_FILE_CEILING bytes long. Nothing outside the root, no dot file and
 * nothing but regular files and directories can be reached.
 */
#ifndef OTATOOL_CATALOG_H
#define OTATOOL_CATALOG_H

#include "otatool/error.h"
#include "otatool/route.h"

/* Files nobody is downloading are kept up to this many bytes in all. */
#define OTA_CATALOG_CEILING ((size_t)256 * 1024 * 1024)

/* The most names a listing shows. */
#define OTA_CATALOG_LISTED 4096

struct ota_catalog;

/* A file or a listing as it was at one moment; does not change. */
struct ota_catalog_entry {
    struct ota_route_entry route;
    const uint8_t *data; /* route.size bytes */
    unsigned references;
};

/* Opens a directory or a file; release with ota_catalog_free. */
OTA_CHECKED bool ota_catalog_new(struct ota_catalog **catalog, const char *path,
                                 struct ota_error *err);
void ota_catalog_free(struct ota_catalog *catalog);

/*
 * Finds what a request target names, as it was sent: percent-encoded, with
 * query, with or without a slash in front. Is the status: 200 and *entry,
 * to be given back with ota_catalog_release; or, with *entry NULL, 400 (the
 * target is malformed), 403 (not readable, too large), 404, 500 (memory) or
 * 503 (the file is being written).
 */
unsigned ota_catalog_find(struct ota_catalog *catalog, const char *target,
                          struct ota_catalog_entry **entry);

/* Entries outlive the catalog; NULL is fine. Not for several threads. */
void ota_catalog_release(struct ota_catalog_entry *entry);

#endif
