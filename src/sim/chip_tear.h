/* SPDX-License-Identifier: Apache-2.0 */
/* What a torn operation leaves in the cells. */
#ifndef OTATOOL_SIM_CHIP_TEAR_H
#define OTATOOL_SIM_CHIP_TEAR_H

#include "otatool/chip.h"

/* after holds what the bytes should become, and is changed to what the cut
 * leaves; before is what they were. */
void chip_tear(uint8_t *after, const uint8_t *before, uint32_t size,
               enum ota_chip_tear tear, uint64_t seed);

#endif
