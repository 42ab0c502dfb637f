/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ESP_SYSTEM_H
#define ESP_SYSTEM_H

#include <stdint.h>

void esp_restart(void); /* returns, here */
uint32_t esp_random(void);

#endif
