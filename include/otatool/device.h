/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device, read out of its flash as its own boots would read it: which old
 * device it is, or how far it is on its way to the new SDK, and what it
 * starts at the next power-on.
 */
#ifndef OTATOOL_DEVICE_H
#define OTATOOL_DEVICE_H

#include "otatool/boot_params.h"
#include "otatool/image.h"
#include "otatool/otadata.h"
#include "otatool/partition_table.h"

enum ota_device_state {
    OTA_DEVICE_DEAD,     /* nothing sound would start; see problem */
    OTA_DEVICE_OLD,      /* old boot, old app */
    OTA_DEVICE_WAITING,  /* old boot; a pack in user2 unpacks itself next */
    OTA_DEVICE_MIGRATED, /* old boot, then the new bootloader behind it */
    OTA_DEVICE_NEW,      /* the new bootloader at address 0 */
};

/* A place that can be started from. */
struct ota_device_image {
    uint32_t address;
    bool is_there;          /* not erased */
    bool is_container;      /* an old SDK's user image */
    bool is_bootloader;     /* loads to RAM: the new SDK's bootloader */
    bool is_sound;          /* structure and checksum */
    uint32_t size;          /* of the image, when it is sound */
    struct ota_error error; /* when it is there but not sound */
};

struct ota_device {
    enum ota_device_state state;
    struct ota_error problem; /* when dead: what it fails on */
    /* of the old world, when old_boot is set */
    uint8_t old_boot; /* 2 to 7: boot 1.2 to 1.7 by its own text; 0: none */
    const struct ota_flash_map *map; /* by the header at 0; NULL: unknown */
    struct ota_boot_params params;
    uint8_t running_slot;             /* 1 or 2; 0: the boot would stop */
    struct ota_device_image slots[2]; /* user1, user2 */
    /* of the new world, when state is WAITING, MIGRATED or NEW */
    uint32_t shift; /* the partitions still lie so much higher */
    uint32_t table_address;
    struct ota_partition_table table;
    struct ota_otadata otadata;
    struct ota_device_image apps[OTA_PARTITION_MAX]; /* of app entries */
    int starts; /* index of the entry that starts; -1: none */
};

/*
 * Reads flash, a whole one. Fails only where it cannot be read; a dead
 * device is a result. The struct is large (16 KB): do not put it on a small
 * stack.
 */
OTA_CHECKED bool ota_device_read(struct ota_device *device,
                                 const struct ota_source *flash,
                                 struct ota_error *err);

/*
 * The map of the device's old boot, which stays at address 0 for ever; NULL
 * where there is none, or its map has no place in flash or for updates. Needs
 * little stack: for devices that ask it of themselves.
 */
const struct ota_flash_map *ota_device_old_map(const struct ota_source *flash);

#endif
