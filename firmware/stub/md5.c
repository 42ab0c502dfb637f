/* SPDX-License-Identifier: Apache-2.0 */
/* For little-endian machines, as the chip is one. */
#include "stub/md5.h"
#include <string.h>

enum { ROUNDS = 64, ROUNDS_OF_A_KIND = 16, LENGTH_AT = 56, END_MARK = 0x80 };

static const uint32_t sines[ROUNDS] = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a,
    0xa8304613, 0xfd469501, 0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be,
    0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821, 0xf61e2562, 0xc040b340,
    0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8,
    0x676f02d9, 0x8d2a4c8a, 0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c,
    0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70, 0x289b7ec6, 0xeaa127fa,
    0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92,
    0xffeff47d, 0x85845dd1, 0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1,
    0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391,
};

/* A kind of round: how far its four turns shift, and which word of the block
 * round number i takes: (i * factor + start) % 16. */
struct kind {
    uint8_t shifts[4];
    uint8_t factor;
    uint8_t start;
};

static const struct kind kinds[] = {
    {{7, 12, 17, 22}, 1, 0},
    {{5, 9, 14, 20}, 5, 1},
    {{4, 11, 16, 23}, 3, 5},
    {{6, 10, 15, 21}, 7, 0},
};

static uint32_t mix(uint32_t kind, const uint32_t *s)
{
    switch (kind) {
    case 0:
        return (s[1] & s[2]) | (~s[1] & s[3]);
    case 1:
        return (s[3] & s[1]) | (~s[3] & s[2]);
    case 2:
        return s[1] ^ s[2] ^ s[3];
    default:
        return s[2] ^ (s[1] | ~s[3]);
    }
}

static uint32_t rotate(uint32_t word, uint32_t count)
{
    return word << count | word >> (32 - count);
}

static void digest_block(struct md5 *md5)
{
    uint32_t s[4];
    memcpy(s, md5->state, sizeof(s));
    for (uint32_t i = 0; i < ROUNDS; i++) {
        const struct kind *kind = &kinds[i / ROUNDS_OF_A_KIND];
        uint32_t word = md5->block[(i * kind->factor + kind->start) % 16];
        uint32_t sum = s[0] + mix(i / ROUNDS_OF_A_KIND, s) + sines[i] + word;
        s[0] = s[3];
        s[3] = s[2];
        s[2] = s[1];
        s[1] += rotate(sum, kind->shifts[i % 4]);
    }
    for (uint32_t i = 0; i < 4; i++)
        md5->state[i] += s[i];
}

void md5_begin(struct md5 *md5)
{
    *md5 =
        (struct md5){.state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476}};
}

void md5_add(struct md5 *md5, const uint8_t *data, uint32_t size)
{
    while (size > 0) {
        uint32_t used = md5->size % MD5_BLOCK;
        uint32_t step = MD5_BLOCK - used < size ? MD5_BLOCK - used : size;
        memcpy((uint8_t *)md5->block + used, data, step);
        md5->size += step;
        data += step;
        size -= step;
        if (md5->size % MD5_BLOCK == 0)
            digest_block(md5);
    }
}

void md5_end(struct md5 *md5, uint8_t digest[MD5_SIZE])
{
    static const uint8_t zero;
    static const uint8_t mark = END_MARK;
    uint32_t bits[2] = {md5->size << 3, md5->size >> 29};
    md5_add(md5, &mark, 1);
    while (md5->size % MD5_BLOCK != LENGTH_AT)
        md5_add(md5, &zero, 1);
    md5_add(md5, (const uint8_t *)bits, sizeof(bits));
    memcpy(digest, md5->state, MD5_SIZE);
}
