/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/deflate.h"
#include <stdlib.h>
#include <zlib.h>

bool ota_deflate(struct ota_deflated *out, const void *data, size_t size,
                 struct ota_error *err)
{
    uLongf packed = compressBound(size);
    *out = (struct ota_deflated){.data = malloc(packed)};
    if (!out->data ||
        compress2(out->data, &packed, data, size, Z_BEST_COMPRESSION) != Z_OK) {
        ota_deflated_release(out);
        return ota_fail(err, OTA_E_MEMORY);
    }
    out->size = packed;
    return true;
}

void ota_deflated_release(struct ota_deflated *out)
{
    free(out->data);
    *out = (struct ota_deflated){0};
}
