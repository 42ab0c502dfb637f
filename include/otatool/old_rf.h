/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The RF data of the old SDK, taken over into the new one's phy partition.
 *
 * The old SDK has 128 bytes (esp_init_data) in the first of its last four
 * sectors. The new one reads them, with CONFIG_ESP_PHY_INIT_DATA_IN_PARTITION,
 * from the phy partition, between two marks: "PHYINIT" and a zero, the data,
 * the same mark again. A partition without the marks stops it for good when
 * it starts Wi-Fi. (phy_init.c and port.c of the SDK v3)
 */
#ifndef OTATOOL_OLD_RF_H
#define OTATOOL_OLD_RF_H

#include "otatool/flash.h"
#include "otatool/partition_table.h"

enum {
    OTA_OLD_RF_SIZE = 128,
    OTA_OLD_RF_FIRST_BYTE = 5, /* of every esp_init_data */
    OTA_PHY_MARK_SIZE = 8,
    OTA_PHY_SIZE = OTA_OLD_RF_SIZE + 2 * OTA_PHY_MARK_SIZE,
};

enum ota_old_rf_result {
    OTA_OLD_RF_FAILED,  /* *err tells why */
    OTA_OLD_RF_DONE,    /* it was taken over before */
    OTA_OLD_RF_WRITTEN, /* now it is */
};

/*
 * Takes the RF data of a flash of the given map (see ota_device_old_map) over
 * into the partition phy, once: a mark of ours behind the data says that it
 * was done, so that what is written there later stays.
 *
 * Nothing is erased before the old data are found sound: else it fails with
 * OTA_E_OLD_RF. When the power is lost on the way, the next call does it
 * again; so call it at each start, before Wi-Fi. Writes only the partition's
 * first sector. sector is scratch of OTA_SECTOR_SIZE bytes, aligned to 4.
 */
OTA_CHECKED enum ota_old_rf_result
ota_old_rf_load(const struct ota_flash *flash, const struct ota_flash_map *map,
                const struct ota_partition *phy, uint8_t *sector,
                struct ota_error *err);

/*
 * What a bootloader does by itself: only where phy was left blank, or has the
 * marks around erased bytes, does it get the old RF data between the marks.
 * Bits are only cleared, so when the power is lost the next call goes on.
 * Where there is no place for it, or no sound data, nothing is done.
 */
OTA_CHECKED bool ota_old_rf_fill(const struct ota_flash *flash,
                                 const struct ota_flash_map *map,
                                 const struct ota_partition *phy,
                                 uint8_t *sector, struct ota_error *err);

#endif
