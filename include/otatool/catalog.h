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
#include "otatool/kind.h"
#include "otatool/route.h"
#include <stdatomic.h>

/* Files nobody is downloading are kept up to this many bytes in all. */
#define OTA_CATALOG_CEILING ((size_t)256 * 1024 * 1024)

/* The most names a listing shows. */
#define OTA_CATALOG_LISTED 4096

enum { OTA_CATALOG_HITS = 32 };

struct ota_catalog;

/* Places of "200 OK" and a line end in a file, the first ones. Clients of the
 * NonOS SDK 3 drop a TCP segment that begins in such text. */
struct ota_catalog_hits {
    size_t count;
    uint32_t at[OTA_CATALOG_HITS];
};

/* What a file is for a device. */
struct ota_catalog_facts {
    enum ota_kind kind;
    bool is_arduino;     /* a sketch behind its own boot */
    bool is_sealed;      /* ends with the CRC that old clients demand */
    uint8_t slot;        /* of a pack's stamp or a user image; 0: none */
    uint32_t app_offset; /* of a pack's app; 0: it has none */
    uint32_t app_size;
    char project[33]; /* of an app's or a pack's app's description, or empty */
    bool is_sound;    /* no rule is broken that would lose a device */
    enum ota_code broken; /* else the first that is */
    uint8_t md5[OTA_MD5_SIZE];
};

/* Other forms of a file, each made once and kept with it. */
enum ota_catalog_variant {
    OTA_VARIANT_USER1, /* a pack, stamped for the slot it lands in */
    OTA_VARIANT_USER2,
    OTA_VARIANT_APP, /* the app alone, out of a pack */
    OTA_VARIANT_GZIP,
    OTA_VARIANT_MD5, /* as text */
    OTA_VARIANT_COUNT
};

/* A file or a listing as it was at one moment; does not change. */
struct ota_catalog_entry {
    struct ota_route_entry route;
    const uint8_t *data; /* route.size bytes */
    struct ota_catalog_hits hits;
    struct ota_catalog_facts facts;
    atomic_uint references;
    struct ota_catalog_entry *variants[OTA_VARIANT_COUNT];
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

/* The same for a plain name below the root. */
unsigned ota_catalog_find_name(struct ota_catalog *catalog, const char *name,
                               struct ota_catalog_entry **entry);

/*
 * Another form of a file, to be given back; NULL where there is none or no
 * memory. Not for several threads on one catalog.
 */
struct ota_catalog_entry *ota_catalog_variant(struct ota_catalog_entry *entry,
                                              enum ota_catalog_variant variant);

/* An entry of the caller's bytes, which it takes, also when it fails.
 * modified: seconds since 1970; 0: unknown. */
struct ota_catalog_entry *ota_catalog_entry_new(uint8_t *data, size_t size,
                                                const char *type,
                                                int64_t modified);

/*
 * How many files of this kind are at the root, and the name of one of them,
 * for ota_catalog_find_name; it lives until the next call.
 */
unsigned ota_catalog_count(struct ota_catalog *catalog, enum ota_kind kind,
                           const char **name);

/*
 * Notes whether anything has changed. What is found afterwards is as it was
 * at this look or later; without one it may be a second old.
 */
void ota_catalog_look(struct ota_catalog *catalog);

/* Entries outlive the catalog; NULL is fine. Any thread may release. */
void ota_catalog_release(struct ota_catalog_entry *entry);

#endif
