/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trial boot, from the app's side.
 *
 * An update that is named with OTA_OTADATA_NEW is started once. Until it has
 * confirmed itself, which it does when it has reached the server it gets its
 * next update from, every restart goes back to the app before it.
 */
#ifndef OTATOOL_TRIAL_H
#define OTATOOL_TRIAL_H

#include "otatool/otadata.h"

enum ota_trial {
    OTA_TRIAL_NONE,
    OTA_TRIAL_RUNS,   /* the app that runs has not confirmed itself */
    OTA_TRIAL_FAILED, /* the newest update was rolled back */
};

/*
 * What the otadata partition at offset tells. When a trial failed, *slot is
 * that of the update, among slots OTA slots; slots is at least 1.
 */
OTA_CHECKED bool ota_trial_read(enum ota_trial *trial, uint32_t *slot,
                                const struct ota_flash *flash, uint32_t offset,
                                uint32_t slots, struct ota_error *err);

/*
 * The app that runs is good: it is not rolled back. Nothing is written where
 * there is no trial. Power lost in here means that the app before it starts
 * next, on flashes of 1 MB this one.
 */
OTA_CHECKED bool ota_trial_confirm(const struct ota_flash *flash,
                                   uint32_t offset, struct ota_error *err);

#endif
