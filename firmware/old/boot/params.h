/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boot's own parameters in flash: read, and saved the way that each
 * version does it.
 */
#ifndef OLD_BOOT_PARAMS_H
#define OLD_BOOT_PARAMS_H

#include "otatool/boot_params.h"

enum { OLD_PARAMS_SIZE = 8 };

/* Where bytes of struct old_params hold an address of 24 bits. */
enum { OLD_PARAMS_FIRST = 2, OLD_PARAMS_SECOND = 5 };

struct old_params {
    uint32_t start; /* of the map's four parameter sectors */
    _Alignas(4) uint8_t bytes[OLD_PARAMS_SIZE]; /* for the ROM to read */
    bool second;                                /* the second copy counts */
};

void old_params_read(struct old_params *params, const struct ota_flash_map *map,
                     int version);

/* What no boot of this version wrote becomes user1, and is saved. */
void old_params_adopt(struct old_params *params, int version);

struct ota_boot_params old_params_decode(const struct old_params *params);

/* The last image did not start: saved for the next reset. */
void old_params_mark_failed(struct old_params *params, int version);

#endif
