/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parameters of the old second-stage boots 1.1 to 1.7: which user slot
 * runs, and which the boot will start.
 *
 * Two copies in the sectors P+1 and P+2 behind the map's parameter start P;
 * byte 0 of sector P+3 tells which counts (0: the first, else the second).
 * (measured on boot_v1.2, 1.6 and 1.7; port.c of the SDK v3)
 */
#ifndef OTATOOL_BOOT_PARAMS_H
#define OTATOOL_BOOT_PARAMS_H

#include "otatool/error.h"
#include "otatool/flash_map.h"
#include "otatool/source.h"

enum {
    OTA_BOOT_NONE = 31,       /* version field of a device without one, 1.1 */
    OTA_BOOT_VERSION_MIN = 2, /* boot 1.2 */
    OTA_BOOT_VERSION_MAX = 7, /* boot 1.7 */
};

struct ota_boot_params {
    uint8_t byte0;
    uint8_t byte1;
    uint8_t version;  /* 2 to 7; 31: none or 1.1 */
    uint8_t usr_bin;  /* bits 0-1 of byte 0 (bits 0-3 for versions 2, 31) */
    bool status;      /* bit 2: the last image was started */
    bool is_enhanced; /* bit 7 of byte 1: normal mode */
    uint8_t copy;     /* which copy counts: 0 or 1 */
};

/* Decodes the first two bytes of a parameter sector. */
struct ota_boot_params ota_boot_params_decode(uint8_t byte0, uint8_t byte1);

/* Reads the copy that counts out of a flash of the given map. */
OTA_CHECKED bool ota_boot_params_read(struct ota_boot_params *params,
                                      const struct ota_source *flash,
                                      const struct ota_flash_map *map,
                                      struct ota_error *err);

/* Where copy 0 or 1 lies in flash, and the flag. */
uint32_t ota_boot_params_at(const struct ota_flash_map *map, uint32_t copy);
uint32_t ota_boot_params_flag_at(const struct ota_flash_map *map);

/*
 * The slot that runs, 1 or 2, by the rule of the boot that wrote the
 * parameters; 0 when that boot would stop or reset them.
 */
int ota_boot_params_slot(const struct ota_boot_params *params);

/*
 * The slot that Espressif's unpacker (port.c) believes to run. Differs from
 * ota_boot_params_slot for boots 1.1 and 1.2, which bricks the device.
 */
int ota_boot_params_slot_by_unpacker(const struct ota_boot_params *params);

/* The bytes that make the boot start the other slot, as the SDK sets them. */
void ota_boot_params_switch(struct ota_boot_params *params);

#endif
