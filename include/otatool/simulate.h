/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rehearsals of a migration: the pack's own bootloader, whoever built it,
 * runs as machine code in an emulated device, behind the old boot that
 * started it, on the flash that the old firmware left.
 */
#ifndef OTATOOL_SIMULATE_H
#define OTATOOL_SIMULATE_H

#include "otatool/error.h"
#include "otatool/flash_map.h"
#include <limits.h>
#include <stddef.h>

/* The device before. */
struct ota_rehearsal_device {
    const struct ota_flash_map *map;
    uint8_t boot_version; /* 2 to 7: boot 1.2 to 1.7 */
    uint8_t slot;         /* 1 or 2: where the pack has landed */
    uint8_t copy;         /* 0 or 1: which parameter sector counts */
};

/* Emulator and images; found once. */
struct ota_emulator {
    const char *program; /* qemu-system-xtensa, or its path; borrowed */
    const char *folder;  /* of the device side's images; NULL: installed */
    char rom[PATH_MAX];  /* filled in by ota_emulator_open */
    char scratch[PATH_MAX];
};

enum ota_rehearsal_end {
    OTA_REHEARSAL_APP,       /* the new app's first instruction */
    OTA_REHEARSAL_OLD,       /* the old firmware runs again */
    OTA_REHEARSAL_NO_IMAGE,  /* the ROM finds nothing to start */
    OTA_REHEARSAL_RESTARTS,  /* restarts without end */
    OTA_REHEARSAL_HANGS,     /* neither goes on nor restarts */
    OTA_REHEARSAL_EXCEPTION, /* the chip would trap */
    OTA_REHEARSAL_UNKNOWN,   /* asks for something that is not modelled */
    OTA_REHEARSAL_DAMAGED,   /* starts what nobody has sent */
    OTA_REHEARSAL_ENDS
};

/* Stable names, as JSON shows them. */
const char *ota_rehearsal_end_name(enum ota_rehearsal_end end);

static inline bool ota_rehearsal_is_lost(enum ota_rehearsal_end end)
{
    return end != OTA_REHEARSAL_APP && end != OTA_REHEARSAL_OLD;
}

struct ota_rehearsal {
    enum ota_rehearsal_end end;
    uint32_t status; /* the emulator's */
    uint32_t resets;
    uint32_t erases;   /* sectors */
    uint32_t programs; /* pages */
    uint32_t reads;
    uint32_t ms;   /* modelled time */
    char *console; /* what the device printed; owned, terminated */
};

/* Fails with OTA_E_FIRMWARE_FILES where the images are missing. */
OTA_CHECKED bool ota_emulator_open(struct ota_emulator *emulator,
                                   struct ota_error *err);
void ota_emulator_close(struct ota_emulator *emulator);

/*
 * Runs one device up to the new app's start or whatever else ends it. False
 * only where that cannot be tried (OTA_E_EMULATOR, files): a lost device is
 * a result.
 */
OTA_CHECKED bool ota_rehearse(struct ota_rehearsal *result,
                              const struct ota_emulator *emulator,
                              const struct ota_rehearsal_device *device,
                              const uint8_t *pack, size_t pack_size,
                              struct ota_error *err);
void ota_rehearsal_release(struct ota_rehearsal *result);

#endif
