/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/pack_file.h"
#include "otatool/digest.h"
#include <string.h>
#include <zlib.h>

static uint32_t plain_crc(const uint8_t *data, size_t size)
{
    return size < OTA_PACK_CRC_SIZE
               ? 0
               : (uint32_t)crc32_z(0, data, size - OTA_PACK_CRC_SIZE);
}

static void check_table_md5(struct ota_pack *pack, const uint8_t *data)
{
    uint8_t md5[OTA_MD5_SIZE];
    if (!pack->has_table || !pack->table.has_md5)
        return;
    ota_md5(data + pack->table_address - OTA_PACK_BASE, pack->table.md5_covers,
            md5);
    pack->table_md5 = memcmp(md5, pack->table.md5, sizeof(md5)) == 0
                          ? OTA_CHECK_OK
                          : OTA_CHECK_WRONG;
}

static void check_app_digest(struct ota_pack *pack, const uint8_t *data)
{
    uint8_t stored[OTA_IMAGE_DIGEST_SIZE];
    uint8_t actual[OTA_SHA256_SIZE];
    /* The pack's own CRC is no part of a digest. */
    struct ota_source body = pack->source;
    body.size -= OTA_PACK_CRC_SIZE;
    if (!pack->has_app || !ota_image_stored_digest(&pack->app, &body, stored))
        return;
    ota_sha256(data + pack->app.offset, pack->app.size, actual);
    pack->app_digest = memcmp(stored, actual, sizeof(actual)) == 0
                           ? OTA_CHECK_OK
                           : OTA_CHECK_WRONG;
}

bool ota_pack_file_read(struct ota_pack *pack, const uint8_t *data, size_t size,
                        struct ota_error *err)
{
    struct ota_source source = ota_source_memory(data, size);
    if (!ota_pack_parse(pack, &source, plain_crc(data, size), err))
        return false;
    check_table_md5(pack, data);
    check_app_digest(pack, data);
    return true;
}

void ota_pack_file_seal(uint8_t *data, size_t size)
{
    ota_pack_seal(data, (uint32_t)size, plain_crc(data, size));
}
