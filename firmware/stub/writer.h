/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writes a stream to flash, page by page. Sectors are erased when the stream
 * gets there, by blocks of 64 KB where a whole one is to be written, which a
 * chip does several times faster. Pages without a 0 bit are left as erased.
 */
#ifndef STUB_WRITER_H
#define STUB_WRITER_H

#include <stdbool.h>
#include <stdint.h>

enum { STUB_PAGE = 256, STUB_SECTOR = 4096, STUB_BLOCK = 65536 };

/* Flash of size bytes; false: refused. Offsets and sizes are multiples of 4,
 * data is aligned to words. */
struct stub_flash {
    uint32_t size;
    bool (*read)(uint32_t offset, uint32_t *data, uint32_t size);
    bool (*program)(uint32_t offset, const uint32_t *data, uint32_t size);
    bool (*erase)(uint32_t offset, uint32_t size); /* sector, block or all */
};

struct writer {
    const struct stub_flash *flash;
    uint32_t at;     /* where the next byte goes */
    uint32_t end;    /* of the stream */
    uint32_t erased; /* up to here */
    uint32_t page[STUB_PAGE / 4];
};

/* False: size bytes at offset are not in the flash. */
bool writer_begin(struct writer *writer, const struct stub_flash *flash,
                  uint32_t offset, uint32_t size);

static inline uint32_t writer_left(const struct writer *writer)
{
    return writer->end - writer->at;
}

/* size: at most what is left. The last page is written with its last byte. */
bool writer_put(struct writer *writer, const uint8_t *data, uint32_t size);

#endif
