/* SPDX-License-Identifier: Apache-2.0 */
/* Which kinds of old devices a pack is simulated on. */
#ifndef OTATOOL_PROFILES_H
#define OTATOOL_PROFILES_H

#include "otatool/simulate.h"

struct ota_profiles {
    uint16_t maps; /* bit c: flash map code c; 0: all */
    uint8_t boots; /* bit v: boot 1.v; 0: all */
    uint8_t slot;  /* where the pack lands, 1 or 2; 0: both */
    /* Of each map the oldest and the newest boot, the pack in user2 and the
     * first parameter sector, where they are not chosen otherwise. */
    bool is_few;
};

/* Every map, boot, slot and parameter sector. */
enum { OTA_PROFILES_MAX = OTA_FLASH_MAP_COUNT * 6 * 2 * 2 };

/* Those that exist and whose slot holds the pack, in a fixed order; how many
 * there are. */
size_t ota_profiles_list(const struct ota_profiles *profiles, size_t pack_size,
                         struct ota_rehearsal_device out[OTA_PROFILES_MAX]);

#endif
