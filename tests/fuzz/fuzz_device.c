/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the beginning of a flash that is otherwise erased. */
#include "otatool/device.h"
#include <stdlib.h>
#include <string.h>

enum { FLASH = 512 * 1024 };

struct bytes {
    const uint8_t *data;
    size_t size;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool read_flash(const void *context, uint32_t offset, void *data,
                       uint32_t size, struct ota_error *err)
{
    const struct bytes *bytes = context;
    size_t there = offset < bytes->size ? bytes->size - offset : 0;
    size_t copied = there < size ? there : size;
    (void)err;
    memset(data, 0xff, size);
    if (copied > 0)
        memcpy(data, bytes->data + offset, copied);
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ota_error err;
    struct bytes bytes = {data, size};
    struct ota_source source = {FLASH, read_flash, &bytes};
    struct ota_device *device = malloc(sizeof(*device));
    if (!device)
        abort();
    if (ota_device_read(device, &source, &err) &&
        device->starts >= device->table.count)
        abort();
    free(device);
    return 0;
}
