/* SPDX-License-Identifier: Apache-2.0 */
/* The ways of otatool simulate, and what its options say. */
#ifndef OTATOOL_CLI_SIMULATE_H
#define OTATOOL_CLI_SIMULATE_H

#include "command.h"
#include "otatool/campaign.h"
#include "otatool/file.h"
#include "otatool/fleet.h"
#include "otatool/profiles.h"

enum simulate_gear { GEAR_BY_PACK, GEAR_NATIVE, GEAR_EMULATOR };

struct simulate_options {
    struct common common;
    const char *pack;
    struct ota_profiles profiles;
    struct ota_emulator emulator;
    bool show_console;
    bool has_cuts; /* else each device is rehearsed once */
    struct ota_campaign_plan plan;
    enum simulate_gear gear;
    bool is_upstream;
    const char *report;  /* file; NULL: none */
    const char *command; /* line that was typed */
    uint32_t jobs;
    uint32_t fleet; /* devices; 0: no fleet */
    uint32_t radio_loss;
    uint32_t power_cut;
    struct ota_fleet_policy policy;
};

/* The kinds of devices that the options choose. */
struct simulate_kinds {
    struct ota_rehearsal_device list[OTA_PROFILES_MAX];
    size_t count;
};

/* Fails with OTA_E_NO_DEVICE where there is none. */
OTA_CHECKED bool simulate_choose(struct simulate_kinds *kinds,
                                 const struct simulate_options *options,
                                 size_t pack_size, struct ota_error *err);

/* "1.7". */
struct simulate_boot_name {
    char text[4];
};
struct simulate_boot_name
simulate_boot(const struct ota_rehearsal_device *device);

/* Each runs what the options say on pack, prints, and is the exit status. */
int simulate_rehearse(struct simulate_options *options,
                      const struct ota_file *pack);
int simulate_cuts(struct simulate_options *options,
                  const struct ota_file *pack);
int simulate_fleet(const struct simulate_options *options,
                   const struct ota_file *pack);

#endif
