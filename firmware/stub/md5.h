/* SPDX-License-Identifier: Apache-2.0 */
/* MD5 (RFC 1321), to compare flash with what it should hold; no protection
 * against anyone who means harm. */
#ifndef STUB_MD5_H
#define STUB_MD5_H

#include <stdint.h>

enum { MD5_SIZE = 16, MD5_BLOCK = 64 };

struct md5 {
    uint32_t state[4];
    uint32_t size; /* bytes so far, less than 4 GB */
    uint32_t block[MD5_BLOCK / 4];
};

void md5_begin(struct md5 *md5);
void md5_add(struct md5 *md5, const uint8_t *data, uint32_t size);
void md5_end(struct md5 *md5, uint8_t digest[MD5_SIZE]);

#endif
