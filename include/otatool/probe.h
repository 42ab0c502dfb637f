/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Judges an HTTP server as the old clients would, and as clients that
 * resume would.
 *
 * The dialect is looked at byte by byte over a plain socket, because what
 * kills an old client (a header in two segments, another spelling) is just
 * what an HTTP library hides; with https that part is skipped, and old
 * devices cannot speak it anyway.
 */
#ifndef OTATOOL_PROBE_H
#define OTATOOL_PROBE_H

#include "otatool/client.h"

enum ota_probe_verdict {
    OTA_PROBE_SKIPPED,
    OTA_PROBE_OK,
    OTA_PROBE_BROKEN,
};

enum { OTA_PROBE_CHECKS = 17, OTA_PROBE_DETAIL = 120 };

/* One row of what is asked of a server. */
struct ota_probe_check {
    const char *id;       /* stable, for programs */
    const char *sentence; /* what a good server does */
    const char *who;      /* which clients need it */
    enum ota_severity severity;
};

extern const struct ota_probe_check ota_probe_checks[OTA_PROBE_CHECKS];

struct ota_probe_result {
    enum ota_probe_verdict verdict;
    char detail[OTA_PROBE_DETAIL]; /* what was found, when broken */
};

struct ota_probe {
    struct ota_probe_result results[OTA_PROBE_CHECKS];
    bool is_usable; /* no check of severity refuse is broken */
};

/* Asks everything; fails only where the server cannot be asked at all. */
OTA_CHECKED bool ota_probe_server(struct ota_probe *probe, const char *url,
                                  const struct ota_client_access *access,
                                  unsigned timeout_ms, struct ota_error *err);

#endif
