/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ROM's memory and string functions. Aligned data moves by words, as
 * IRAM and RTC memory ask for.
 */
#include "rom/entries.h"
#include <stdbool.h>
#include <stddef.h>

static bool is_aligned(const void *left, const void *right)
{
    return (((uintptr_t)left | (uintptr_t)right) & 3) == 0;
}

void *memset(void *to, int value, size_t size)
{
    uint8_t *bytes = to;
    uint32_t word = (uint8_t)value * UINT32_C(0x01010101);
    if (is_aligned(bytes, bytes))
        for (; size >= 4; size -= 4, bytes += 4)
            *(uint32_t *)bytes = word;
    while (size-- > 0)
        *bytes++ = (uint8_t)value;
    return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t size)
{
    uint8_t *out = to;
    const uint8_t *in = from;
    if (is_aligned(out, in))
        for (; size >= 4; size -= 4, out += 4, in += 4)
            *(uint32_t *)out = *(const uint32_t *)in;
    while (size-- > 0)
        *out++ = *in++;
    return to;
}

void *memmove(void *to, const void *from, size_t size)
{
    uint8_t *out = to;
    const uint8_t *in = from;
    if (out <= in || out >= in + size)
        return memcpy(to, from, size);
    while (size-- > 0)
        out[size] = in[size];
    return to;
}

int memcmp(const void *left, const void *right, size_t size)
{
    const uint8_t *a = left;
    const uint8_t *b = right;
    for (; size > 0; size--, a++, b++)
        if (*a != *b)
            return *a - *b;
    return 0;
}

void bzero(void *to, size_t size)
{
    memset(to, 0, size);
}

size_t strlen(const char *text)
{
    size_t length = 0;
    while (text[length] != '\0')
        length++;
    return length;
}

int strcmp(const char *left, const char *right)
{
    return strncmp(left, right, SIZE_MAX);
}

int strncmp(const char *left, const char *right, size_t size)
{
    for (; size > 0; size--, left++, right++)
        if (*left != *right || *left == '\0')
            return (uint8_t)*left - (uint8_t)*right;
    return 0;
}

char *strcpy(char *restrict to, const char *restrict from)
{
    return memcpy(to, from, strlen(from) + 1);
}

char *strncpy(char *restrict to, const char *restrict from, size_t size)
{
    size_t i = 0;
    for (; i < size && from[i] != '\0'; i++)
        to[i] = from[i];
    for (; i < size; i++)
        to[i] = '\0';
    return to;
}

char *strstr(const char *text, const char *part)
{
    size_t length = strlen(part);
    for (;; text++) {
        if (strncmp(text, part, length) == 0)
            return (char *)text;
        if (*text == '\0')
            return NULL;
    }
}
