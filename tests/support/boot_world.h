/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device of the new world with our boot at flash 0: table, otadata and
 * apps that tests put there, started by the engine that the chip runs.
 */
#ifndef OTATOOL_TESTS_BOOT_WORLD_H
#define OTATOOL_TESTS_BOOT_WORLD_H

#include "nor_flash.h"
#include "otatool/bootloader.h"
#include "sample_pack.h"

enum {
    BOOT_WORLD_OTADATA = 0x83000,
    BOOT_WORLD_OTA_0 = 0x7000,
    BOOT_WORLD_OTA_1 = 0x85000,       /* on 1 MB: moved to run */
    BOOT_WORLD_OTA_1_HIGH = 0x107000, /* on 2 MB: runs where it is */
    BOOT_WORLD_SECTORS = 5,           /* of an app that put_app puts */
    BOOT_WORLD_EVENTS = OTA_BOOTLOADER_STARTS + 1,
};

struct boot_world {
    struct nor_flash nor;
    struct sample_pack pack; /* of which boot and table are in the flash */
    struct ota_bootloader loader;
    uint32_t code[0x1400 / 4];
    uint32_t sector[OTA_SECTOR_SIZE / 4];
    uint32_t told[BOOT_WORLD_EVENTS]; /* how often, in the last power-on */
    struct ota_error why;             /* the last that was told */
};

/* Slots of 1 MB, or with ota_1 in the second megabyte. Otadata is blank. */
void boot_world_init(struct boot_world *world, uint32_t flash_size);

/* After a change of world->pack.table. */
void boot_world_put_table(struct boot_world *world);

/* An app of sectors sectors that is linked for ota_0, told apart by seed. */
void boot_world_put_app(struct boot_world *world, uint32_t offset,
                        uint32_t sectors, uint8_t seed);

/* Whether that app is at offset, every byte of it. */
bool boot_world_has_app(const struct boot_world *world, uint32_t offset,
                        uint32_t sectors, uint8_t seed);

/* Names a slot as an update client does. */
void boot_world_name(struct boot_world *world, uint32_t slot, uint32_t state);

/* One start, without a restart. */
struct ota_bootloader_next boot_world_start(struct boot_world *world);

/* The power returns, and the device restarts until an app starts: its
 * offset; 0 when none does. */
uint32_t boot_world_power_on(struct boot_world *world);

void boot_world_release(struct boot_world *world);

#endif
