/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks, told from the request alone. */
#ifndef OTATOOL_SERVER_FAMILY_H
#define OTATOOL_SERVER_FAMILY_H

#include "head.h"

enum family {
    FAMILY_UNKNOWN,
    FAMILY_TOOL,     /* people: a browser, curl, otatool fetch */
    FAMILY_NONOS,    /* the upgrade library of the NonOS SDKs */
    FAMILY_AT,       /* the same, in AT firmware */
    FAMILY_RTOS2,    /* the example of the RTOS SDK 2.1 */
    FAMILY_V3,       /* the examples of the RTOS SDK 3 */
    FAMILY_V3_HTTPS, /* esp_https_ota and what else uses esp_http_client */
    FAMILY_AGENT,    /* otatool's update client */
    FAMILY_ARDUINO,  /* ESP8266httpUpdate */
    FAMILY_TASMOTA,  /* the same, in Tasmota */
    FAMILY_ESPHOME,  /* its http_request component */
    FAMILY_COUNT,
};

struct client_kind {
    enum family family;
    const char *reason; /* what it was told by; static */
};

struct client_kind family_of(const struct head *head);

/* "nonos", "arduino", ...; static. */
const char *family_name(enum family family);

/* Old Espressif SDKs: they take packs and user images. */
bool family_is_old(enum family family);

/* The RTOS SDK 3: they take apps. */
bool family_is_v3(enum family family);

/* Whether each TCP segment may matter; what is not known may be old. */
bool family_sees_segments(enum family family);

/* Whether 503 and Retry-After are understood. */
bool family_comes_back(enum family family);

/* The slot, 1 or 2, that the target's file name or its query names; 0: none. */
int family_slot_of(const char *target);

#endif
