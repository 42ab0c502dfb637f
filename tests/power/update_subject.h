/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device of the new world after its update client has named a new app, on
 * a simulated chip: the boot prepares and starts it, the app confirms itself
 * or never does. Whatever happens, the new app or the one before runs.
 */
#ifndef OTATOOL_TESTS_UPDATE_SUBJECT_H
#define OTATOOL_TESTS_UPDATE_SUBJECT_H

#include "boot_world.h"
#include "otatool/campaign.h"

enum update_app {
    UPDATE_APP_GOOD,  /* confirms itself where it is on trial */
    UPDATE_APP_HANGS, /* never does; a watchdog restarts it */
};

struct update_kind {
    const char *name;
    uint32_t flash_size; /* of 1 MB: the app must move to run; or 2 MB */
    uint32_t state;      /* that otadata has for the new app */
    enum update_app app;
    enum ota_rehearsal_end end; /* when nothing disturbs it */
};

struct update_subject {
    struct update_kind kind;
    struct boot_world world; /* the flash before */
    uint32_t old_size;       /* of the apps, with their digests */
    uint32_t new_size;
    uint32_t new_at; /* in the flash before */
    uint64_t settled;
};

void update_subject_init(struct update_subject *subject,
                         const struct update_kind *kind);
void update_subject_release(struct update_subject *subject);

/* The flash before; chip holds kind->flash_size bytes. */
void update_subject_put(const struct update_subject *subject,
                        struct ota_chip *chip);

/* For a campaign; context is the struct. */
enum ota_rehearsal_end update_subject_power_on(void *context,
                                               struct ota_chip *chip);

#endif
