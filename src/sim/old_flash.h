/* SPDX-License-Identifier: Apache-2.0 */
/* The flash of an old device that has filled a slot and restarts into it. */
#ifndef OTATOOL_SIM_OLD_FLASH_H
#define OTATOOL_SIM_OLD_FLASH_H

#include "otatool/simulate.h"

/* What the old device consists of; borrowed. */
struct old_flash_parts {
    const uint8_t *boot; /* at 0; its flash map is set */
    size_t boot_size;
    const uint8_t *firmware; /* in the other slot */
    size_t firmware_size;
    const uint8_t *pack;
    size_t pack_size;
};

/* Fills flash, which holds device->map->flash_size bytes. */
void old_flash_lay_out(uint8_t *flash,
                       const struct ota_rehearsal_device *device,
                       const struct old_flash_parts *parts);

#endif
