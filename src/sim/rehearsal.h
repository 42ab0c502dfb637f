/* SPDX-License-Identifier: Apache-2.0 */
/* What single rehearsals and campaigns of them have in common. */
#ifndef OTATOOL_SIM_REHEARSAL_H
#define OTATOOL_SIM_REHEARSAL_H

#include "otatool/simulate.h"

/* The flash before, with the old boot as machine code; flash holds
 * device->map->flash_size bytes. */
OTA_CHECKED bool rehearsal_lay_out(uint8_t *flash,
                                   const struct ota_emulator *emulator,
                                   const struct ota_rehearsal_device *device,
                                   const uint8_t *pack, size_t pack_size,
                                   struct ota_error *err);

enum ota_rehearsal_end rehearsal_end_of(int status);

/* The new app's first instruction; 0 where the pack has none. */
uint32_t rehearsal_app_entry(const uint8_t *pack, size_t pack_size);

/* Fills in the figures that the console's last line tells. */
void rehearsal_read_figures(struct ota_rehearsal *result);

#endif
