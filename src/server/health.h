/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the server can serve: what /healthz says. */
#ifndef OTATOOL_SERVER_HEALTH_H
#define OTATOOL_SERVER_HEALTH_H

#include <stdbool.h>

enum health {
    HEALTH_WELL,
    HEALTH_STOPPING,    /* send no more devices here */
    HEALTH_FOLDER,      /* what is served cannot be read */
    HEALTH_DESCRIPTORS, /* no file can be opened; connections hold them all */
    HEALTH_COUNT,
};

/* Files that must still be possible to open: one to serve, and what serving
 * it takes. */
enum { HEALTH_RESERVE = 4 };

/*
 * Tries what a download needs first: opens path, the folder or file served,
 * and HEALTH_RESERVE descriptors, and closes them again. A few system calls,
 * for each question: an answer that is kept would be old when it matters.
 */
enum health health_check(const char *path, bool is_stopping);

/* 200 or 503. */
unsigned health_status(enum health health);

/* A line without names of files, since strangers may ask; static. */
const char *health_words(enum health health);

#endif
