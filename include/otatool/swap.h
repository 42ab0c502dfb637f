/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two apps change places, on flashes of 1 MB, where only ota_0 runs: the new
 * one goes down to ota_0, the old one up, one sector higher than the new one
 * was, since each sector moves into the one that the step before has freed:
 *
 *   free := low[n-1], low[n-1] := high[n-1], high[n-1] := low[n-2], ...
 *
 * from the sector behind the new app on, and the same steps backwards undo it.
 * So 2n sectors are erased, each once, where a scratch sector would cost 3n
 * and be erased n times.
 *
 * A journal of marks tells which steps are done. It lies in the sector of the
 * otadata entry that names the new app on trial, behind a record of the
 * places (FORMATS.md), so the two cannot disagree. A step's source is only
 * overwritten by the next step, so a step that was cut off is done again.
 */
#ifndef OTATOOL_SWAP_H
#define OTATOOL_SWAP_H

#include "otatool/flash.h"
#include "otatool/otadata.h"

enum {
    OTA_SWAP_MARKS = 128, /* where in the sector; a word each */
    OTA_SWAP_MOST = 247,  /* sectors of an app, for 4 n + 1 marks */
};

struct ota_swap {
    uint32_t low;      /* offset of ota_0 */
    uint32_t high;     /* offset of ota_1, where the new app was */
    uint32_t sectors;  /* of the longer app */
    uint32_t sequence; /* of the entry that named ota_1 */
};

/* How far a swap is. */
enum ota_swap_phase {
    OTA_SWAP_FORWARD,  /* the new app is on its way down */
    OTA_SWAP_READY,    /* it is there, and was not started yet */
    OTA_SWAP_BACKWARD, /* it was started, and is on its way back */
    OTA_SWAP_UNDONE,   /* all is where it was */
};

/* Whether the apps, and a free sector behind the new one, lie inside of the
 * flash and do not touch one another. */
bool ota_swap_is_sound(const struct ota_swap *swap, uint32_t flash_size);

void ota_swap_encode(const struct ota_swap *swap,
                     uint8_t record[OTA_OTADATA_RECORD_SIZE]);

/* Reads the record in the sector at journal. *is_there: there is a sound
 * one. */
OTA_CHECKED bool ota_swap_read(struct ota_swap *swap,
                               const struct ota_flash *flash, uint32_t journal,
                               bool *is_there, struct ota_error *err);

OTA_CHECKED bool ota_swap_find_phase(const struct ota_swap *swap,
                                     const struct ota_flash *flash,
                                     uint32_t journal,
                                     enum ota_swap_phase *phase,
                                     struct ota_error *err);

/* What the steps work with. */
struct ota_swap_tools {
    const struct ota_flash *flash;
    uint8_t *sector; /* scratch, OTA_SECTOR_SIZE bytes, aligned to 4 */
    /* Called before each step; may be NULL. Bytes. */
    void (*tick)(void *context, uint32_t done, uint32_t total);
    void *context;
};

/* All steps that are missing of the way down, or of the way back. */
OTA_CHECKED bool ota_swap_go(const struct ota_swap *swap,
                             const struct ota_swap_tools *tools,
                             uint32_t journal, struct ota_error *err);

/* The new app starts: from the next power-on it is on its way back. */
OTA_CHECKED bool ota_swap_mark_started(const struct ota_swap *swap,
                                       const struct ota_flash *flash,
                                       uint32_t journal, struct ota_error *err);

#endif
