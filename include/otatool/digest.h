/* SPDX-License-Identifier: Apache-2.0 */
/* Digests over memory: the two the ESP8266 formats use. */
#ifndef OTATOOL_DIGEST_H
#define OTATOOL_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OTA_MD5_SIZE 16
#define OTA_SHA256_SIZE 32

void ota_md5(const void *data, size_t size, uint8_t digest[OTA_MD5_SIZE]);
void ota_sha256(const void *data, size_t size, uint8_t digest[OTA_SHA256_SIZE]);

/* Compares in a time that does not tell how far the two agree. */
bool ota_digest_same(const void *one, const void *other, size_t size);

/* Lower-case hex and a NUL: text holds 2 * size + 1 bytes. */
void ota_hex(const uint8_t *bytes, size_t size, char *text);

#endif
