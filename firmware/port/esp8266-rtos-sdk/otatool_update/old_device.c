/* SPDX-License-Identifier: Apache-2.0 */
/* What the old SDK left in flash, for the new one. */
#include "esp_partition.h"
#include "otatool/device.h"
#include "otatool/old_rf.h"
#include "otatool/old_wifi.h"
#include "otatool_update.h"
#include "port.h"
#include "sdkconfig.h"
#include <stdlib.h>
#include <string.h>

/* --- RF data ------------------------------------------------------------ */

static bool find_phy(struct ota_partition *phy, struct ota_error *err)
{
    const esp_partition_t *found = esp_partition_find_first(
        ESP_PARTITION_TYPE_DATA, ESP_PARTITION_SUBTYPE_DATA_PHY, NULL);
    if (!found)
        return ota_fail(err, OTA_E_OLD_RF, .part = "partition table");
    *phy =
        (struct ota_partition){.offset = found->address, .size = found->size};
    return true;
}

static bool load_rf(const struct ota_flash *flash,
                    const struct ota_flash_map *map, struct ota_error *err)
{
    struct ota_partition phy;
    if (!find_phy(&phy, err))
        return false;
    uint8_t *sector = malloc(OTA_SECTOR_SIZE);
    if (!sector)
        return ota_fail(err, OTA_E_MEMORY, .actual = OTA_SECTOR_SIZE);
    enum ota_old_rf_result result =
        ota_old_rf_load(flash, map, &phy, sector, err);
    free(sector);
    return result != OTA_OLD_RF_FAILED;
}

bool otatool_update_prepare(struct ota_error *err)
{
    const struct ota_flash flash = port_old_flash();
    struct ota_source source = ota_flash_source(&flash);
    if (!CONFIG_OTATOOL_OLD_RF)
        return true;
    const struct ota_flash_map *map = ota_device_old_map(&source);
    return !map || load_rf(&flash, map, err);
}

/* --- the access point --------------------------------------------------- */

static bool find_old_wifi(struct ota_old_wifi *wifi)
{
    const struct ota_flash flash = port_old_flash();
    struct ota_source source = ota_flash_source(&flash);
    const struct ota_flash_map *map = ota_device_old_map(&source);
    return map && ota_old_wifi_read(wifi, &source, map, NULL);
}

/* The SDK's fields need no end when they are full. */
static void put_text(uint8_t *field, size_t size, const char *text)
{
    size_t length = strlen(text);
    memcpy(field, text, length < size ? length : size);
}

bool otatool_update_access_point(wifi_config_t *config)
{
    struct ota_old_wifi old;
    wifi_sta_config_t *station = &config->sta;
    memset(config, 0, sizeof(*config));
    if (CONFIG_OTATOOL_OLD_AP && find_old_wifi(&old)) {
        memcpy(station->ssid, old.name, old.name_length);
        put_text(station->password, sizeof(station->password), old.password);
        return true;
    }
    put_text(station->ssid, sizeof(station->ssid), CONFIG_OTATOOL_WIFI_SSID);
    put_text(station->password, sizeof(station->password),
             CONFIG_OTATOOL_WIFI_PASSWORD);
    return false;
}
