/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages about the server itself, and who may see them.
 *
 *   /healthz        is it able to serve
 *   /metrics        counters, for Prometheus
 *   /status         the running downloads, for people
 *   /status/events  the same as server-sent events
 *
 * Where a page may not be seen, it is as if it were not there: the request is
 * one for a file of that name. So a page never tells strangers that it exists,
 * and never takes a file's name from the devices.
 */
#ifndef OTATOOL_SERVICE_H
#define OTATOOL_SERVICE_H

#include "otatool/error.h"

enum ota_audience {
    OTA_AUDIENCE_NONE,  /* nobody */
    OTA_AUDIENCE_LOCAL, /* who asks from this machine, through no proxy */
    OTA_AUDIENCE_AUTH,  /* who has a secret that the file of secrets demands */
    OTA_AUDIENCE_ALL,   /* everybody */
    OTA_AUDIENCE_COUNT,
};

/*
 * The usual audiences. /status shows addresses of devices and what they run,
 * /metrics how many there are and when updates happen: both are for the
 * machine's own people, until somebody says otherwise. /healthz says one word
 * that any request for a file would tell as well, and those who need it, load
 * balancers, ask from elsewhere.
 */
#define OTA_SERVICE_STATUS_USUAL OTA_AUDIENCE_LOCAL
#define OTA_SERVICE_METRICS_USUAL OTA_AUDIENCE_LOCAL
#define OTA_SERVICE_HEALTH_USUAL OTA_AUDIENCE_ALL

struct ota_service {
    enum ota_audience health;
    enum ota_audience metrics;
    enum ota_audience status;
    const char *secrets; /* the file of secrets, or NULL */
};

/* "none", "local", "auth", "all"; false for any other word. */
OTA_CHECKED bool ota_service_audience(const char *word,
                                      enum ota_audience *audience);

#endif
