/* SPDX-License-Identifier: Apache-2.0 */
#include "blob.h"
#include <stdlib.h>
#include <string.h>

static void reserve(struct blob *blob, size_t size)
{
    if (size <= blob->capacity)
        return;
    blob->capacity = size + size / 2 + 64;
    blob->data = realloc(blob->data, blob->capacity);
    if (!blob->data)
        abort();
}

void blob_append(struct blob *blob, const void *data, size_t size)
{
    if (size == 0)
        return;
    reserve(blob, blob->size + size);
    memcpy(blob->data + blob->size, data, size);
    blob->size += size;
}

void blob_fill(struct blob *blob, uint8_t byte, size_t count)
{
    if (count == 0)
        return;
    reserve(blob, blob->size + count);
    memset(blob->data + blob->size, byte, count);
    blob->size += count;
}

void blob_le16(struct blob *blob, uint32_t value)
{
    const uint8_t bytes[] = {(uint8_t)value, (uint8_t)(value >> 8)};
    blob_append(blob, bytes, sizeof(bytes));
}

void blob_le32(struct blob *blob, uint32_t value)
{
    blob_le16(blob, value);
    blob_le16(blob, value >> 16);
}

void blob_text(struct blob *blob, const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    blob_append(blob, text, length);
    blob_fill(blob, 0, size - length);
}

void blob_align(struct blob *blob, size_t alignment, uint8_t fill)
{
    blob_fill(blob, fill, (alignment - blob->size % alignment) % alignment);
}

void blob_move(struct blob *blob, struct blob *other)
{
    blob_append(blob, other->data, other->size);
    blob_release(other);
}

void blob_write(struct blob *blob, size_t offset, const void *data, size_t size)
{
    if (blob->size < offset + size)
        blob_fill(blob, 0, offset + size - blob->size);
    if (size > 0)
        memcpy(blob->data + offset, data, size);
}

void blob_release(struct blob *blob)
{
    free(blob->data);
    *blob = (struct blob){0};
}
