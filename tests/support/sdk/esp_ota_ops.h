/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ESP_OTA_OPS_H
#define ESP_OTA_OPS_H

#include "esp_partition.h"

const esp_partition_t *esp_ota_get_running_partition(void);

#endif
