/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the beginning of a flash that is otherwise erased. */
#include "otatool/device.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum { FLASH = 512 * 1024 };
    struct ota_error err;
    uint8_t *flash = malloc(FLASH);
    struct ota_device *device = malloc(sizeof(*device));
    if (!flash || !device)
        abort();
    memset(flash, 0xff, FLASH);
    memcpy(flash, data, size < FLASH ? size : FLASH);
    struct ota_source source = ota_source_memory(flash, FLASH);
    if (ota_device_read(device, &source, &err) &&
        device->starts >= device->table.count)
        abort();
    free(device);
    free(flash);
    return 0;
}
