/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A pack in memory, with everything computed that only a host computes:
 * the CRC with zlib's speed, the table's MD5, the app's SHA-256.
 */
#ifndef OTATOOL_PACK_FILE_H
#define OTATOOL_PACK_FILE_H

#include "otatool/pack.h"

/* Reads a pack from memory, which it borrows. err->subject is not set. */
OTA_CHECKED bool ota_pack_file_read(struct ota_pack *pack, const uint8_t *data,
                                    size_t size, struct ota_error *err);

/* Writes the CRC into the last 4 bytes of what ota_pack_build made. */
void ota_pack_file_seal(uint8_t *data, size_t size);

#endif
