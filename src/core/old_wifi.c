/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/old_wifi.h"
#include "otatool/boot_params.h"
#include "otatool/bytes.h"
#include <string.h>

enum {
    COUNT = 0x13c,
    IN_USE = 0x13d,
    RECORDS = 0x140,
    NAME = 4, /* in a record */
    PASSWORD = NAME + OTA_OLD_WIFI_NAME_SIZE,
    RECORD_SIZE = PASSWORD + OTA_OLD_WIFI_PASSWORD_SIZE,
};
_Static_assert(RECORDS + OTA_OLD_WIFI_RECORDS * RECORD_SIZE == OTA_OLD_WIFI_END,
               "the records end the settings");

static bool find_record(const struct ota_source *source, uint32_t offset,
                        uint8_t *record, struct ota_error *err)
{
    uint8_t which[2];
    if (!ota_source_read(source, offset + COUNT, which, sizeof(which), err))
        return false;
    *record = which[IN_USE - COUNT];
    return (which[0] <= OTA_OLD_WIFI_RECORDS &&
            *record < OTA_OLD_WIFI_RECORDS) ||
           ota_fail(err, OTA_E_OLD_WIFI, .part = "old parameters",
                    .offset = offset + COUNT, .actual = *record);
}

static void copy_text(char *out, const uint8_t *bytes, uint32_t size)
{
    memcpy(out, bytes, size);
    out[size] = '\0';
}

bool ota_old_wifi_parse(struct ota_old_wifi *wifi,
                        const struct ota_source *source, uint32_t offset,
                        struct ota_error *err)
{
    uint8_t bytes[RECORD_SIZE];
    if (!ota_source_read(source, offset, bytes, 1, err) ||
        source->size - offset < OTA_OLD_WIFI_END)
        return ota_fail(err, OTA_E_TRUNCATED, .part = "old parameters",
                        .offset = offset);
    memset(wifi, 0, sizeof(*wifi));
    if (!find_record(source, offset, &wifi->record, err))
        return false;
    uint32_t at = offset + RECORDS + wifi->record * (uint32_t)RECORD_SIZE;
    if (!ota_source_read(source, at, bytes, sizeof(bytes), err))
        return false;
    uint32_t length = read_le32(bytes);
    if (length == 0 || length > OTA_OLD_WIFI_NAME_SIZE)
        return ota_fail(err, OTA_E_OLD_WIFI, .part = "old parameters",
                        .offset = at, .actual = length);
    wifi->name_length = (uint8_t)length;
    copy_text(wifi->name, bytes + NAME, length);
    copy_text(wifi->password, bytes + PASSWORD, OTA_OLD_WIFI_PASSWORD_SIZE);
    return true;
}

bool ota_old_wifi_read(struct ota_old_wifi *wifi,
                       const struct ota_source *flash,
                       const struct ota_flash_map *map, struct ota_error *err)
{
    struct ota_boot_params params;
    uint32_t first = ota_flash_map_parameters(map) + OTA_SECTOR_SIZE;
    if (!ota_boot_params_read(&params, flash, map, err))
        return false;
    return ota_old_wifi_parse(wifi, flash,
                              first + params.copy * OTA_SECTOR_SIZE, err) ||
           ota_old_wifi_parse(
               wifi, flash, first + (1u - params.copy) * OTA_SECTOR_SIZE, err);
}
