/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the bootloader of a pack does from power-on to the jump, without the
 * chip: firmware/boot runs it on the real one, a simulation over a flash in
 * memory. Both take the same decisions, since there is only this one.
 *
 * Started by an old boot in user2 it moves the pack and restarts; else it
 * chooses an app, does what must be done before that may run, and tells where
 * it starts.
 */
#ifndef OTATOOL_BOOTLOADER_H
#define OTATOOL_BOOTLOADER_H

#include "otatool/migrate.h"
#include "otatool/update.h"

/* What happens, for the console. */
enum ota_bootloader_event {
    OTA_BOOTLOADER_LOCATED,    /* site is known; value: bytes of flash */
    OTA_BOOTLOADER_FAILED,     /* error: why; the next restart tries again */
    OTA_BOOTLOADER_SOUND,      /* value: end of the pack, when moved */
    OTA_BOOTLOADER_MOVED,      /* value: sectors erased */
    OTA_BOOTLOADER_GOES_BACK,  /* the old firmware is started from now on */
    OTA_BOOTLOADER_IS_STUCK,   /* and there is no old firmware */
    OTA_BOOTLOADER_COPIES,     /* value: offset of the app */
    OTA_BOOTLOADER_NO_TRIAL,   /* told before COPIES: no room for a swap */
    OTA_BOOTLOADER_SWAPS,      /* value: offset of the app */
    OTA_BOOTLOADER_SWAPS_ON,   /* value: enum ota_swap_phase, _FORWARD */
    OTA_BOOTLOADER_ROLLS_BACK, /* the app did not confirm itself; value:
                                * the phase where there was a swap */
    OTA_BOOTLOADER_ON_TRIAL,   /* told before STARTS */
    OTA_BOOTLOADER_STARTS,     /* value: offset of the app */
};

struct ota_bootloader {
    const struct ota_flash *flash;
    struct ota_boot_code code; /* of the program that runs */
    uint8_t *sector; /* scratch, OTA_SECTOR_SIZE bytes, aligned to 4 */
    /* May be NULL. error is NULL but for failures. */
    void (*tell)(void *context, enum ota_bootloader_event event, uint32_t value,
                 const struct ota_error *error);
    /* Called at least before each sector that may be written, to feed a
     * watchdog and to show progress; may be NULL. Bytes. */
    void (*tick)(void *context, uint32_t done, uint32_t total);
    void *context; /* for both; borrowed */
    /* Found anew by each run; to be read by tell. */
    struct ota_boot_site site;
    struct ota_partition_table table;
    struct ota_migration migration;
    struct ota_start start;
};

struct ota_bootloader_next {
    bool starts_app; /* else the chip is to be restarted */
    uint32_t wait_s; /* seconds until the restart */
    uint32_t offset; /* of the app in flash; its megabyte is to be mapped */
    uint32_t entry;  /* address to jump to, with offset as the argument */
};

/* One start of the bootloader. Nothing is remembered from an earlier one. */
struct ota_bootloader_next ota_bootloader_run(struct ota_bootloader *loader);

#endif
