/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads an image out of flash and starts it. This part runs outside of the
 * memory that images are loaded to; all else of the boot may be overwritten
 * meanwhile.
 */
#ifndef OLD_BOOT_LOADER_H
#define OLD_BOOT_LOADER_H

#include <stdint.h>

/*
 * Starts the plain image or the container at offset. Comes back when there
 * is none or its checksum is wrong: for the latter only callers that the
 * image did not overwrite can rely on that.
 */
void old_loader_start(uint32_t offset);

#endif
