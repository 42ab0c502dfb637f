/* SPDX-License-Identifier: Apache-2.0 */
/*
 * By what otatool knows its own boot in a file: this text lies in its data.
 *
 * Espressif's bootloaders fail on some old devices (boots 1.1 and 1.2, maps
 * that ota_0 overlaps, flashes larger than configured); ours does not, so
 * rules about that do not hold for it.
 */
#ifndef OTATOOL_BOOT_MARK_H
#define OTATOOL_BOOT_MARK_H

#include "otatool/image.h"

/* The digit is the contract's version, not the program's. */
#define OTA_BOOT_MARK "otatool boot 1"

/* Whether a segment holds bytes, at a multiple of step from its start; length
 * is that of bytes, at most 256. */
bool ota_boot_holds(const struct ota_image *image,
                    const struct ota_source *source, const void *bytes,
                    uint32_t length, uint32_t step);

/* Whether a bootloader's data hold the mark. */
bool ota_boot_is_ours(const struct ota_image *image,
                      const struct ota_source *source);

#endif
