/* SPDX-License-Identifier: Apache-2.0 */
/* Compression, as the flasher stub takes it: a zlib stream (RFC 1950). */
#ifndef OTATOOL_DEFLATE_H
#define OTATOOL_DEFLATE_H

#include "otatool/error.h"
#include <stddef.h>

struct ota_deflated {
    uint8_t *data; /* owned */
    size_t size;
};

/* Fails with OTA_E_MEMORY only. */
OTA_CHECKED bool ota_deflate(struct ota_deflated *out, const void *data,
                             size_t size, struct ota_error *err);
void ota_deflated_release(struct ota_deflated *out);

#endif
