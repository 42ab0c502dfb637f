/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device whose update client downloads a new app, on a simulated chip:
 * its journal must bear any cut. Whatever happens, it ends with the new app,
 * or runs the one before.
 */
#ifndef OTATOOL_TESTS_DOWNLOAD_SUBJECT_H
#define OTATOOL_TESTS_DOWNLOAD_SUBJECT_H

#include "agent_world.h"
#include "otatool/campaign.h"

struct download_kind {
    const char *name;
    const struct agent_world_map *map;
    uint32_t link_of; /* index of the slot that the new app is linked for */
    bool on_trial;
};

struct download_subject {
    struct download_kind kind;
    uint8_t *before; /* the flash */
    uint8_t *old;
    uint8_t *new;
    uint32_t old_size;
    uint32_t new_size;
};

void download_subject_init(struct download_subject *subject,
                           const struct download_kind *kind);
void download_subject_release(struct download_subject *subject);

/* The flash before; chip holds kind->map->flash_size bytes. */
void download_subject_put(const struct download_subject *subject,
                          struct ota_chip *chip);

/* For a campaign; context is the struct. */
enum ota_rehearsal_end download_subject_power_on(void *context,
                                                 struct ota_chip *chip);

#endif
