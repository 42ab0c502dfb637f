/* SPDX-License-Identifier: Apache-2.0 */
/* One line for each transfer of otatool serve. */
#ifndef OTATOOL_CLI_TRANSFER_LOG_H
#define OTATOOL_CLI_TRANSFER_LOG_H

#include "otatool/server.h"
#include <limits.h>
#include <stdio.h>

/* Where lines go, and the last second as text: most lines share theirs. */
struct transfer_log {
    FILE *out;
    int64_t second;
    char time[32];
};

/*
 * 2026-01-31T12:00:00Z 192.0.2.7 "GET /user1.bin" 200 - 4096/4096 bytes
 * 0.120 s complete
 *
 * in one line. What clients wrote comes with all but plain ASCII escaped.
 */
void transfer_log_text(struct transfer_log *log,
                       const struct ota_server_transfer *transfer);

/* The same as a JSON object in one line. */
void transfer_log_json(struct transfer_log *log,
                       const struct ota_server_transfer *transfer);

/* What there is for a kind of devices; they get it when it is just one. */
struct serve_offer {
    unsigned count;
    char name[PATH_MAX];
};

/* The line before them all: where the server can be reached, and what it has
 * for old devices and for new ones. An empty URL is left out. */
void transfer_log_ready_json(FILE *out, const char *url, const char *tls_url,
                             const char *path,
                             const struct serve_offer offers[2]);

#endif
