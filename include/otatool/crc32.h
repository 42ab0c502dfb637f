/* SPDX-License-Identifier: Apache-2.0 */
/* CRC-32 (reflected 0xEDB88320) and the two ways the ESP8266 world bends it. */
#ifndef OTATOOL_CRC32_H
#define OTATOOL_CRC32_H

#include <stddef.h>
#include <stdint.h>

/*
 * Continues the CRC of zlib's crc32(): start with 0, pass the last result.
 * A table of 16 entries, so that it is small enough for a boot stage.
 */
uint32_t ota_crc32(uint32_t crc, const void *data, size_t size);

/*
 * The old SDK's last step: the register, without its final inversion, as an
 * absolute value. In terms of the CRC: ~crc if bit 31 is set, else crc + 1.
 * (upgrade client of the NonOS SDK, measured on four stock AT images)
 */
uint32_t ota_crc32_old_sdk(uint32_t crc);

/*
 * The check of an otadata sequence number: CRC over its 4 little-endian
 * bytes with the register starting at 0. (esp_ota_ops.c of the SDK v3)
 */
uint32_t ota_crc32_sequence(uint32_t sequence);

#endif
