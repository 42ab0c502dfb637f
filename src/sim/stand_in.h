/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies in the flash of an old device that the native gear runs: its
 * code is never executed, but its bytes are read, compared and moved.
 */
#ifndef OTATOOL_SIM_STAND_IN_H
#define OTATOOL_SIM_STAND_IN_H

#include "otatool/flash_map.h"

enum { STAND_IN_BOOT_SIZE = 1024, STAND_IN_FIRMWARE_SIZE = 0x4000 };

/* An image as small as an old boot, with its text; in all of out. */
void stand_in_boot(uint8_t out[STAND_IN_BOOT_SIZE], uint8_t version);

/* A container for slot 1 or 2, sound; bytes behind it are not erased. */
void stand_in_firmware(uint8_t out[STAND_IN_FIRMWARE_SIZE],
                       const struct ota_flash_map *map, uint8_t slot);

#endif
