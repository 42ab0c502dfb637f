/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ESP_ERR_H
#define ESP_ERR_H

#include <stdint.h>

typedef int32_t esp_err_t;
enum { ESP_OK = 0, ESP_FAIL = -1 };

#endif
