/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access point that an old SDK was told to use, as it left that in flash.
 *
 * Both copies of the old parameters hold it: byte 0x13C the number of access
 * points, 0x13D which of them is used, and from 0x140 on five records of 100
 * bytes: length of the name (4 bytes), name (32), password (64).
 * (struct old_sysconf of the SDK v3's esp_system_internal.h)
 */
#ifndef OTATOOL_OLD_WIFI_H
#define OTATOOL_OLD_WIFI_H

#include "otatool/flash_map.h"
#include "otatool/source.h"

enum {
    OTA_OLD_WIFI_RECORDS = 5,
    OTA_OLD_WIFI_NAME_SIZE = 32,
    OTA_OLD_WIFI_PASSWORD_SIZE = 64,
    OTA_OLD_WIFI_END = 0x334, /* bytes of a parameter sector up to its end */
};

struct ota_old_wifi {
    /* The name (SSID): any bytes, zeros too; terminated. */
    char name[OTA_OLD_WIFI_NAME_SIZE + 1];
    uint8_t name_length; /* 1 to OTA_OLD_WIFI_NAME_SIZE */
    /* Terminated: empty for an open network, 64 hexadecimal digits for a key
     * that was given as such. */
    char password[OTA_OLD_WIFI_PASSWORD_SIZE + 1];
    uint8_t record; /* which of the records it is, from 0 */
};

/*
 * Reads the access point in use out of the parameter sector at offset. Fails
 * with OTA_E_OLD_WIFI where none is, OTA_E_TRUNCATED where source ends.
 */
OTA_CHECKED bool ota_old_wifi_parse(struct ota_old_wifi *wifi,
                                    const struct ota_source *source,
                                    uint32_t offset, struct ota_error *err);

/*
 * Reads it out of a flash of the given map (see ota_device_old_map): from the
 * copy that counts, which the old SDK wrote last; from the other one where an
 * old boot has reset the copy that counts.
 */
OTA_CHECKED bool ota_old_wifi_read(struct ota_old_wifi *wifi,
                                   const struct ota_source *flash,
                                   const struct ota_flash_map *map,
                                   struct ota_error *err);

#endif
