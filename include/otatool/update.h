/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From app to app in the new world: which slot starts, on trial or for good,
 * and on flashes of 1 MB how an app in ota_1 gets to where it is linked for.
 *
 * The chip maps one megabyte of flash. An app runs where it lies, or not at
 * all: one that lies in ota_1 of the first megabyte but is linked for ota_0
 * changes places with the app there (swap.h) when it starts on trial, and is
 * copied over it otherwise. Both only after it was found sound.
 *
 * What the states of otadata make of it (IDF's, see otadata.h):
 *
 *   NEW      PENDING, and it starts; or the swap begins
 *   PENDING  it was started and has not confirmed itself: ABORTED, and the
 *            one before it starts; or the swap goes on
 *   others   it starts
 */
#ifndef OTATOOL_UPDATE_H
#define OTATOOL_UPDATE_H

#include "otatool/flash.h"
#include "otatool/image.h"
#include "otatool/otadata.h"
#include "otatool/partition_table.h"
#include "otatool/swap.h"

enum ota_start_way {
    OTA_START_IN_PLACE,  /* map its megabyte, jump */
    OTA_START_ON_TRIAL,  /* ota_update_prepare first, then the same */
    OTA_START_COPY,      /* ota_update_prepare, then choose again: */
    OTA_START_SWAP,      /* it changes places with the app in ota_0 */
    OTA_START_SWAP_ON,   /* that was cut off, or is to be undone */
    OTA_START_ROLL_BACK, /* it is not to be started again */
};

struct ota_start {
    enum ota_start_way way;
    /* The app, where there is one to start. */
    const struct ota_partition *partition; /* in the table given */
    struct ota_image image;
    /* The entry of otadata that counts; named: there is one. */
    bool is_named;
    uint32_t named_at; /* offset of its sector */
    struct ota_otadata_copy named;
    /* The swap that began, or is to. */
    bool swaps;
    enum ota_swap_phase phase;
    struct ota_swap swap;
};

/*
 * Chooses what to do: what otadata names, then the SDK's order; the first
 * app that is sound and runs from where it lies, or from ota_0 when moved
 * there. Writes nothing. Fails with OTA_E_DEVICE_NO_APP, with why the choice
 * is refused, or where flash cannot be read.
 */
OTA_CHECKED bool ota_update_choose(struct ota_start *start,
                                   const struct ota_flash *flash,
                                   const struct ota_partition_table *table,
                                   struct ota_error *err);

/* What preparing a start works with. */
struct ota_update {
    const struct ota_flash *flash;
    const struct ota_partition_table *table;
    /* Called before each sector that may be written; may be NULL. Bytes. */
    void (*tick)(void *context, uint32_t done, uint32_t total);
    void *context;
    uint8_t *sector; /* scratch, OTA_SECTOR_SIZE bytes, aligned to 4 */
};

/*
 * Does what the way of start says. Cut off at any point, or failed, the next
 * power-on goes on. Of a copy, only the sectors that differ are written; it
 * is checked, then otadata names slot 0.
 */
OTA_CHECKED bool ota_update_prepare(const struct ota_update *update,
                                    const struct ota_start *start,
                                    struct ota_error *err);

#endif
