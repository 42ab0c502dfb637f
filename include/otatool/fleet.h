/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fleet of virtual devices that is moved to the new SDK: a mix of kinds,
 * downloads that the radio loses, power that fails at any moment, and a
 * policy that lets the fleet go in waves and stops at losses.
 */
#ifndef OTATOOL_FLEET_H
#define OTATOOL_FLEET_H

#include "otatool/native_device.h"

enum { OTA_FLEET_WAVES = 8 };

struct ota_fleet_policy {
    uint32_t attempts; /* a device tries to download so often, at least 1 */
    /* Parts of the fleet that are let go one after the other, in per mille
     * of the whole, rising up to 1000. */
    uint32_t waves[OTA_FLEET_WAVES];
    uint32_t wave_count;
    uint32_t most_lost; /* more lost after a wave, and no other begins */
};

struct ota_fleet_wave {
    uint32_t offered;   /* devices that were let go */
    uint32_t migrated;  /* run the new app */
    uint32_t old;       /* run the old firmware, having tried the pack */
    uint32_t unreached; /* no download came through */
    uint32_t lost;
    uint64_t cuts; /* times that the power failed */
};

struct ota_fleet {
    const struct ota_native_pack *pack; /* borrowed */
    enum ota_native_boot boot;
    const struct ota_rehearsal_device *kinds; /* borrowed; each as likely */
    size_t kind_count;
    uint32_t size;       /* devices */
    uint32_t radio_loss; /* of a million downloads so many fail */
    uint32_t power_cut;  /* of a million runs so many are cut */
    uint64_t seed;
    uint32_t jobs; /* 0: as many as there are processors */
    struct ota_fleet_policy policy;
    /* Called by one thread at a time; may be NULL. */
    void (*tell)(void *context, uint32_t devices_done);
    void *context;
    /* what it came to */
    struct ota_fleet_wave waves[OTA_FLEET_WAVES];
    uint32_t waves_run;
    bool was_stopped;
};

/* Runs it. The result depends on the fields alone, not on jobs. Fails with
 * OTA_E_MEMORY. */
OTA_CHECKED bool ota_fleet_run(struct ota_fleet *fleet, struct ota_error *err);

/* All waves together. */
struct ota_fleet_wave ota_fleet_sum(const struct ota_fleet *fleet);

/*
 * The rate of loss that is not exceeded with a confidence of 95 %, when lost
 * of tried independent devices were; 1 when none was tried. (Clopper and
 * Pearson, one-sided)
 */
double ota_fleet_upper_bound(uint32_t lost, uint32_t tried);

#endif
