/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All that a run of the agent remembers, on the stack of agent_run: the
 * only large things are the sector that is collected and the input of the
 * connection.
 */
#ifndef OTATOOL_AGENT_STATE_H
#define OTATOOL_AGENT_STATE_H

#include "agent/connection.h"
#include "otatool/image.h"

enum {
    AGENT_HEAD_SIZE = 16, /* image header and first segment header */
    AGENT_DIGEST_SIZE = OTA_IMAGE_DIGEST_SIZE,
};

/* The flash that the chip maps at a time; an app runs at its place in it. */
#define AGENT_WINDOW_SIZE (OTA_IMAGE_FLASH_WINDOW_END - OTA_IMAGE_FLASH_WINDOW)

/* What the server has, and which part of it the target slot takes. */
struct agent_offer {
    uint32_t total; /* bytes of the file */
    char validator[AGENT_ETAG_SIZE];
    uint32_t offset; /* of the app in the file */
    uint32_t length; /* of the app, digest included */
    uint32_t twin;   /* what to compare with the app that runs: the other
                      * half of a pair, else the app */
    uint8_t head[AGENT_HEAD_SIZE];          /* start of the app */
    uint8_t twin_head[AGENT_HEAD_SIZE];     /* start of the twin */
    uint8_t twin_digest[AGENT_DIGEST_SIZE]; /* end of the twin */
};

struct agent_state {
    const struct agent *agent;
    struct agent_connection connection;
    struct agent_offer offer;
    bool is_begun;       /* the offer is known, and is to be taken */
    bool has_moved;      /* new bytes came since the last failure */
    uint32_t failures;   /* in a row without new bytes */
    uint32_t restarts;   /* because the file changed */
    uint32_t written;    /* bytes of the app in flash, whole sectors */
    uint32_t held;       /* bytes behind them in sector */
    uint32_t journal_at; /* offset of the sector with the journal */
    uint32_t sector[OTA_SECTOR_SIZE / 4];
};

static inline void agent_tell(const struct agent_state *state,
                              enum agent_step step, uint32_t value,
                              const struct ota_error *error)
{
    const struct agent_report *report = state->agent->report;
    if (report && report->tell)
        report->tell(report->context, step, value, error);
}

#endif
