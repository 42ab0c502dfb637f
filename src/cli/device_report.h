/* SPDX-License-Identifier: Apache-2.0 */
/* A device as read out of its flash, for people and for programs. */
#ifndef OTATOOL_CLI_DEVICE_REPORT_H
#define OTATOOL_CLI_DEVICE_REPORT_H

#include "otatool/device.h"
#include <jansson.h>

/* Its state and what it would start, on stdout. */
void device_print(const struct ota_device *device);

/* The same as keys of object; docs/json.md has them. */
void device_describe(const struct ota_device *device, json_t *object);

#endif
