/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ESP_WIFI_TYPES_H
#define ESP_WIFI_TYPES_H

#include <stdint.h>

typedef struct {
    uint8_t ssid[32];
    uint8_t password[64];
} wifi_sta_config_t;
typedef union {
    wifi_sta_config_t sta;
} wifi_config_t;

#endif
