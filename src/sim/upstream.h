/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Espressif's bootloader with its unpacker for packs, modelled from the steps
 * that it is known to take. Good enough to show what a fleet would risk with
 * it; not what otatool runs. (port.c of the SDK v3's spi_flash)
 */
#ifndef OTATOOL_SIM_UPSTREAM_H
#define OTATOOL_SIM_UPSTREAM_H

#include "otatool/flash.h"
#include "otatool/partition_table.h"

enum upstream_end { UPSTREAM_STARTS, UPSTREAM_RESTARTS, UPSTREAM_HALTS };

struct upstream {
    const struct ota_flash *flash;
    const struct ota_flash_map *map; /* of the old boot at 0 */
    uint32_t table_address;          /* compiled into it */
    struct ota_partition_table table;
    uint8_t sector[OTA_SECTOR_SIZE] __attribute__((aligned(4)));
    uint32_t app; /* where the app starts */
};

/* One start of it behind an old boot. */
enum upstream_end upstream_start(struct upstream *upstream);

#endif
