/* SPDX-License-Identifier: Apache-2.0 */
/* What has arrived of a file, on disk: OUTPUT.part and OUTPUT.part.json. */
#ifndef OTATOOL_CLIENT_PART_H
#define OTATOOL_CLIENT_PART_H

#include "otatool/client.h"
#include <limits.h>

struct part {
    const char *output; /* borrowed */
    char path[PATH_MAX];
    char state_path[PATH_MAX];
    int fd; /* -1: not open; locked while it is */
    uint64_t done;
    uint64_t total;                       /* 0: not known yet */
    char validator[OTA_CLIENT_VALIDATOR]; /* ETag or date; empty: none */
};

/* Opens and locks; goes on with what is there if it is of the same URL. */
OTA_CHECKED bool part_open(struct part *part, const char *output,
                           const char *url, struct ota_error *err);

/* Forgets what has arrived; the next bytes are the first of a new file. */
OTA_CHECKED bool part_restart(struct part *part, const char *url,
                              const char *validator, uint64_t total,
                              struct ota_error *err);

OTA_CHECKED bool part_append(struct part *part, const void *data, size_t size,
                             struct ota_error *err);

/* Gives the whole file its name; nothing but it is left. */
OTA_CHECKED bool part_finish(struct part *part, struct ota_error *err);

/* Closes and keeps what has arrived, or forgets it where that is nothing. */
void part_close(struct part *part);

#endif
