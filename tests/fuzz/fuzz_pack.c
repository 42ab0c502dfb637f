/* SPDX-License-Identifier: Apache-2.0 */
/* Reads any bytes as a pack and asks every rule: none may look outside. */
#include "otatool/pack_file.h"
#include "otatool/partition_rules.h"
#include "otatool/rules.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool keeps_all_rules(const struct ota_pack *pack)
{
    struct ota_error err;
    bool ok = true;
    for (size_t i = 0; i < ota_pack_rule_count; i++)
        if (!ota_pack_rules[i].holds(pack, &err) &&
            ota_pack_rules[i].severity == OTA_REFUSE)
            ok = false;
    return ok;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ota_pack pack;
    struct ota_error err;
    if (!ota_pack_file_read(&pack, data, size, &err))
        return 0;
    bool ok = keeps_all_rules(&pack);
    for (uint8_t code = 0; code < OTA_FLASH_MAP_COUNT; code++)
        for (uint8_t slot = 1; slot <= 2; slot++)
            ota_rules_judge(&pack, ota_flash_map_by_code(code), 7, slot);
    /* What passes is whole, and ends inside the file. */
    if (ok && (!pack.has_bootloader || !pack.has_table || !pack.has_app ||
               pack.app.offset + pack.app.size > size))
        abort();
    return 0;
}
