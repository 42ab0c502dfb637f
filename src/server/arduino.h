/* SPDX-License-Identifier: Apache-2.0 */
/* What Arduino's ESP8266httpUpdate, and so Tasmota, agrees with servers. */
#ifndef OTATOOL_SERVER_ARDUINO_H
#define OTATOOL_SERVER_ARDUINO_H

#include "head.h"
#include "otatool/catalog.h"

/* The device runs this very sketch: 304 tells it so. */
bool arduino_has(const struct head *head,
                 const struct ota_catalog_entry *entry);

/* Adds x-MD5, by which the device checks what it got. */
void arduino_add_md5(const struct ota_catalog_entry *entry,
                     struct ota_route_response *answer);

#endif
