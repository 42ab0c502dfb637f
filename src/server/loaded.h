/* SPDX-License-Identifier: Apache-2.0 */
/* A version of a file, read whole while nobody changes it. */
#ifndef OTATOOL_SERVER_LOADED_H
#define OTATOOL_SERVER_LOADED_H

#include "otatool/catalog.h"
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>

/* Tells a version of a file from all others. */
struct stamp {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec modified;
    struct timespec changed;
};

struct loaded {
    struct ota_catalog_entry entry; /* first: an entry is freed through it */
    struct stamp stamp;
    bool is_settled;
    struct loaded *next; /* in the catalog, last used first */
    char *path;          /* by which it was found last, or NULL */
    unsigned watched_in; /* the watch's epoch, on that path; 0: not watched */
    uint64_t as_of;      /* the watch's changes when it was found; 0: unsure */
    uint64_t seen_ms;    /* when that was */
};

/* Is the status; 200: *file is a new one. path tells its type. */
unsigned loaded_read(int fd, const char *path, struct loaded **file);

/* The same file, of whatever version. */
bool loaded_is_of(const struct loaded *file, const struct stat *st);

/* The same version, for sure. */
bool loaded_is_current(const struct loaded *file, const struct stat *st);

#endif
