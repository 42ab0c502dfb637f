/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A campaign in the emulator: whoever built the bootloader, its machine code
 * is cut in each flash operation once, and runs again on what that left.
 */
#ifndef OTATOOL_EMULATED_CAMPAIGN_H
#define OTATOOL_EMULATED_CAMPAIGN_H

#include "otatool/campaign_pool.h"

struct ota_emulated_campaign {
    const struct ota_emulator *emulator; /* borrowed */
    const uint8_t *pack;                 /* borrowed */
    size_t pack_size;
    uint64_t seed; /* of the ways to tear */
    uint32_t jobs; /* 0: as many as there are processors */
    /* Called by one thread at a time; may be NULL. */
    void (*tell)(void *context, uint32_t cuts_done, uint32_t cuts);
    void *context;
};

/*
 * One kind of device. False where that cannot be tried (OTA_E_EMULATOR,
 * files); a lost device is a result. Only one cut is made in a run; tears are
 * those of firmware/rom, told by their seed.
 */
OTA_CHECKED bool
ota_emulated_campaign_run(struct ota_campaign_row *row,
                          const struct ota_emulated_campaign *campaign,
                          struct ota_error *err);

#endif
