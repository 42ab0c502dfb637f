/* SPDX-License-Identifier: Apache-2.0 */
/* The only file that touches nettle. */
#include "otatool/digest.h"
#include <nettle/md5.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>

void ota_md5(const void *data, size_t size, uint8_t digest[OTA_MD5_SIZE])
{
    struct md5_ctx md5;
    md5_init(&md5);
    md5_update(&md5, size, data);
    md5_digest(&md5, OTA_MD5_SIZE, digest);
}

void ota_sha256(const void *data, size_t size, uint8_t digest[OTA_SHA256_SIZE])
{
    struct sha256_ctx sha256;
    sha256_init(&sha256);
    sha256_update(&sha256, size, data);
    sha256_digest(&sha256, OTA_SHA256_SIZE, digest);
}

bool ota_digest_same(const void *one, const void *other, size_t size)
{
    return memeql_sec(one, other, size);
}

void ota_hex(const uint8_t *bytes, size_t size, char *text)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < size; i++) {
        *text++ = digits[bytes[i] >> 4];
        *text++ = digits[bytes[i] & 15];
    }
    *text = '\0';
}
