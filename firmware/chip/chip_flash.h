/* SPDX-License-Identifier: Apache-2.0 */
/* The chip's flash, through the functions of its mask ROM. */
#ifndef CHIP_FLASH_H
#define CHIP_FLASH_H

#include "otatool/flash.h"

/*
 * Sets the flash up, with the size that the flash chip itself tells; where
 * it tells none that makes sense, that of the header at 0, but no less than
 * least (bytes). The ROM refuses addresses beyond. The flash cache must be off.
 */
void chip_flash_open(struct ota_flash *flash, uint32_t least);

#endif
