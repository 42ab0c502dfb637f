/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/source.h"
#include <string.h>

static bool memory_read(const void *context, uint32_t offset, void *data,
                        uint32_t size, struct ota_error *err)
{
    (void)err;
    memcpy(data, (const uint8_t *)context + offset, size);
    return true;
}

struct ota_source ota_source_memory(const void *data, size_t size)
{
    return (struct ota_source){
        .size = size > UINT32_MAX ? UINT32_MAX : (uint32_t)size,
        .read = memory_read,
        .context = data,
    };
}

bool ota_source_read(const struct ota_source *source, uint32_t offset,
                     void *data, uint32_t size, struct ota_error *err)
{
    if (offset > source->size || size > source->size - offset)
        return ota_fail(err, OTA_E_TRUNCATED, .offset = offset,
                        .expected = (uint64_t)offset + size,
                        .actual = source->size);
    if (size == 0)
        return true;
    return source->read(source->context, offset, data, size, err);
}

static bool read_slice(const void *context, uint32_t offset, void *data,
                       uint32_t size, struct ota_error *err)
{
    const struct ota_slice *slice = context;
    return ota_source_read(slice->whole, slice->offset + offset, data, size,
                           err);
}

struct ota_source ota_source_slice(const struct ota_slice *slice)
{
    uint32_t size = slice->whole->size;
    return (struct ota_source){
        .size = slice->offset < size ? size - slice->offset : 0,
        .read = read_slice,
        .context = slice,
    };
}
