/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 and the few properties of characters that reading CSV needs. */
#ifndef OTATOOL_HOST_UTF8_H
#define OTATOOL_HOST_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The character at text, 0 < size; *length is its bytes. 0xffffffff where
 * the bytes are not UTF-8, with *length 1. */
uint32_t utf8_decode(const char *text, size_t size, size_t *length);

/* The offset of the first byte that is not UTF-8, or size. */
size_t utf8_valid(const char *text, size_t size);

/* White space and line ends as Python's str knows them. */
bool utf8_is_space(uint32_t character);
bool utf8_is_line_end(uint32_t character);

/* The value of a decimal digit of any script, or -1. */
int utf8_digit(uint32_t character);

#endif
