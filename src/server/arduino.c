/* SPDX-License-Identifier: Apache-2.0 */
#include "arduino.h"
#include <string.h>
#include <strings.h>

bool arduino_has(const struct head *head, const struct ota_catalog_entry *entry)
{
    char md5[2 * OTA_MD5_SIZE + 1];
    const char *running = head_field(head, "x-ESP8266-sketch-md5");
    const char *mode = head_field(head, "x-ESP8266-mode");
    if (!running || (mode && strcmp(mode, "sketch") != 0))
        return false;
    ota_hex(entry->facts.md5, OTA_MD5_SIZE, md5);
    return strcasecmp(running, md5) == 0;
}

void arduino_add_md5(const struct ota_catalog_entry *entry,
                     struct ota_route_response *answer)
{
    struct ota_route_header *header = &answer->headers[answer->header_count++];
    header->name = "x-MD5";
    ota_hex(entry->facts.md5, OTA_MD5_SIZE, header->value);
}
