/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The old second-stage boots 1.2 to 1.7 as rules: from the content of the
 * flash to the image that starts, and what the boot writes on its way.
 *
 * The emulator runs such boots as machine code; this is the same in native
 * code, for simulations that need millions of starts. (tests/cli/simulate/
 * gears.sh compares what a device does behind both)
 * (measured on boot_v1.2 to 1.7)
 */
#ifndef OTATOOL_OLD_DEVICE_H
#define OTATOOL_OLD_DEVICE_H

#include "otatool/flash.h"

enum ota_old_boot_end {
    OTA_OLD_BOOT_STARTS,   /* the image at *offset */
    OTA_OLD_BOOT_RESTARTS, /* after it has chosen the other slot */
    OTA_OLD_BOOT_STOPS,    /* returns to the ROM, for ever */
    OTA_OLD_BOOT_CRASHES,  /* it loaded an image over itself in vain */
};

/*
 * One start of boot 1.VERSION (2 to 7). *offset is that of the slot; at a
 * container, its own and not that of the image inside. The boot looks at no
 * error of the flash.
 */
enum ota_old_boot_end ota_old_device_start(const struct ota_flash *flash,
                                           uint8_t version, uint32_t *offset);

#endif
