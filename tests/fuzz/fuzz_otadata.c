/* SPDX-License-Identifier: Apache-2.0 */
/* After a switch the slot that was asked for starts. */
#include "otatool/otadata.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { SLOTS = 3, SLOT = 1 };
    static uint8_t bytes[OTA_OTADATA_SIZE];
    struct ota_otadata otadata;
    struct ota_source source = ota_source_memory(bytes, sizeof(bytes));
    uint8_t *entry;
    uint32_t slot;
    int copy;
    /* Both copies from the first 64 bytes: mutations need not find 0x1000. */
    memset(bytes, 0xff, sizeof(bytes));
    for (size_t i = 0; i < size && i < 2 * OTA_OTADATA_ENTRY_SIZE; i++)
        bytes[i / OTA_OTADATA_ENTRY_SIZE * OTA_OTADATA_COPY_STRIDE +
              i % OTA_OTADATA_ENTRY_SIZE] = data[i];
    uint8_t written[OTA_OTADATA_ENTRY_SIZE];
    if (!ota_otadata_parse(&otadata, &source, 0, NULL))
        abort();
    if (!ota_otadata_switch(&otadata, SLOT, SLOTS, OTA_OTADATA_UNDEFINED, &copy,
                            written, NULL))
        return 0;
    entry = bytes + (size_t)copy * OTA_OTADATA_COPY_STRIDE;
    memcpy(entry, written, sizeof(written));
    if (!ota_otadata_parse(&otadata, &source, 0, NULL) ||
        ota_otadata_choose(&otadata, SLOTS, true, &slot) != OTA_OTADATA_SLOT ||
        slot != SLOT)
        abort();
    return 0;
}
