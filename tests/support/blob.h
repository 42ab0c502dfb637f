/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes that grow, for test programs: running out of memory ends them. */
#ifndef OTATOOL_TESTS_BLOB_H
#define OTATOOL_TESTS_BLOB_H

#include <stddef.h>
#include <stdint.h>

struct blob {
    uint8_t *data; /* owned */
    size_t size;
    size_t capacity;
};

void blob_append(struct blob *blob, const void *data, size_t size);
void blob_fill(struct blob *blob, uint8_t byte, size_t count);
void blob_le16(struct blob *blob, uint32_t value);
void blob_le32(struct blob *blob, uint32_t value);
/* Appends text cut or filled with zeros to size bytes. */
void blob_text(struct blob *blob, const char *text, size_t size);
/* Appends fill up to a multiple of alignment. */
void blob_align(struct blob *blob, size_t alignment, uint8_t fill);
/* Appends other and releases it. */
void blob_move(struct blob *blob, struct blob *other);
/* Writes size bytes at offset, growing the blob where they pass its end. */
void blob_write(struct blob *blob, size_t offset, const void *data,
                size_t size);
void blob_release(struct blob *blob);

#endif
