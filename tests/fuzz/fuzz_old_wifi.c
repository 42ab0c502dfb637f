/* SPDX-License-Identifier: Apache-2.0 */
/* What is taken for an access point has a name, and both texts end. */
#include "otatool/old_wifi.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ota_old_wifi wifi;
    struct ota_source source = ota_source_memory(data, size);
    /* The first byte moves the settings about. */
    uint32_t offset = size ? data[0] : 0;
    if (!ota_old_wifi_parse(&wifi, &source, offset, NULL))
        return 0;
    if (wifi.name_length == 0 || wifi.name_length > OTA_OLD_WIFI_NAME_SIZE ||
        wifi.name[wifi.name_length] != '\0' ||
        strlen(wifi.password) > OTA_OLD_WIFI_PASSWORD_SIZE ||
        wifi.record >= OTA_OLD_WIFI_RECORDS)
        abort();
    return 0;
}
