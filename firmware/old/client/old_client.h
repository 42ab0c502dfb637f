/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The update clients of the old SDKs, each with its habits and faults, so
 * that a server and packs can be tried on them.
 *
 * N20, N21, N22 and N30 are the upgrade library of the NonOS SDKs: it looks
 * at each TCP segment by itself. R21 is the example of the RTOS SDK 2.1: it
 * reads a stream. (measured by running the libraries' objects; R21 read in
 * its source)
 */
#ifndef OLD_CLIENT_H
#define OLD_CLIENT_H

#include "agent/agent.h"
#include "otatool/flash_map.h"

enum {
    /* What one callback may bring: segments that came out of order are
     * handed over together. */
    OLD_CLIENT_ROOM = 4 * 1460,
    OLD_CLIENT_CHECK_MS = 60000, /* AT firmware up to 1.7.5 */
};

enum old_client_result {
    OLD_CLIENT_DONE,        /* the file is in the other slot: now switch */
    OLD_CLIENT_TIMED_OUT,   /* check_ms passed */
    OLD_CLIENT_NO_LENGTH,   /* Content-Length: 0 */
    OLD_CLIENT_TOO_LARGE,   /* for the slot */
    OLD_CLIENT_REFUSED,     /* by its first bytes, or R21: by the answer */
    OLD_CLIENT_CRC,         /* flash does not hold what was sent */
    OLD_CLIENT_CRASHED,     /* the device would restart by accident */
    OLD_CLIENT_UNSUPPORTED, /* the SDK does not run on this map */
    OLD_CLIENT_RESULTS
};

struct old_client {
    enum ota_client kind;
    /* receive must give at most one TCP segment at a time. */
    const struct agent_net *net;
    const struct agent_clock *clock;
    const struct ota_flash *flash;
    const struct ota_flash_map *map;
    int running; /* slot of the app that asks, 1 or 2 */
    /* N30: size of the slot in the app's partition table; 0: 0x6A000. */
    uint32_t partition;
    const char *host; /* an address */
    uint16_t port;
    const char *path;
    uint32_t check_ms; /* for all of it; 0: OLD_CLIENT_CHECK_MS */
    /* What happens, for the console; NULL: nobody listens. */
    void (*tell)(void *context, const char *what, uint32_t value);
    void *context;
    /* Working space; a NUL is put behind each segment. */
    uint8_t segment[OLD_CLIENT_ROOM + 1];
};

/* Fetches path into the other slot. Blocks. */
enum old_client_result old_client_run(struct old_client *client);

/* What a result is called on the console. */
const char *old_client_result_name(enum old_client_result result);

/*
 * Sets the boot parameters so that the boot starts the other slot, and saves
 * them as the SDK's restart after an upgrade does.
 */
OTA_CHECKED bool old_client_switch(const struct old_client *client,
                                   struct ota_error *err);

#endif
