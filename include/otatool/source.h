/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes to read from: memory on the host, flash on the chip.
 *
 * Parsers take a source and read through ota_source_read(), which is the one
 * place that checks bounds: no offset or length out of the input can make a
 * parser read outside the source.
 */
#ifndef OTATOOL_SOURCE_H
#define OTATOOL_SOURCE_H

#include "otatool/error.h"
#include <stddef.h>

struct ota_source {
    uint32_t size; /* bytes that can be read */
    /* Copies size bytes at offset to data; only called inside the bounds. */
    bool (*read)(const void *context, uint32_t offset, void *data,
                 uint32_t size, struct ota_error *err);
    const void *context; /* for read; borrowed */
};

/* A source over memory, which it borrows. size must fit 32 bits. */
struct ota_source ota_source_memory(const void *data, size_t size);

/* Fails with OTA_E_TRUNCATED where offset + size lies outside the source. */
OTA_CHECKED bool ota_source_read(const struct ota_source *source,
                                 uint32_t offset, void *data, uint32_t size,
                                 struct ota_error *err);

/* What lies from offset on in another source. */
struct ota_slice {
    const struct ota_source *whole; /* borrowed */
    uint32_t offset;
};

/* slice, which it borrows, as a source; empty when it starts behind. */
struct ota_source ota_source_slice(const struct ota_slice *slice);

#endif
