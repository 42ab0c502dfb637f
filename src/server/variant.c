/* SPDX-License-Identifier: Apache-2.0 */
/* Other forms of a file: a pack stamped for a slot, its app alone, ... */
#include "facts.h"
#include "otatool/pack_file.h"
#include "segments.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static struct ota_catalog_entry *entry_of(const struct ota_catalog_entry *from,
                                          uint8_t *data, size_t size)
{
    struct ota_catalog_entry *entry = ota_catalog_entry_new(
        data, size, from->route.type, from->route.modified);
    if (!entry)
        return NULL;
    segments_find_hits(&entry->hits, data, size);
    facts_find(entry);
    return entry;
}

/* The bootloader may get longer, into what was a gap. */
static bool restamp(uint8_t *data, const struct ota_pack *pack, uint8_t slot)
{
    uint32_t room = pack->table_address - OTA_PACK_BASE;
    uint32_t size = pack->bootloader.size;
    uint8_t *scratch = malloc(room);
    uint8_t *stamped = malloc(room);
    struct ota_pack_stamped out = {stamped, room, 0};
    struct ota_error err;
    bool ok = scratch && stamped && size <= room;
    if (ok) {
        memcpy(scratch, data, size);
        ok = ota_pack_stamp_bootloader(scratch, size, slot, &out, &err);
    }
    for (uint32_t i = size; ok && i < out.size; i++)
        ok = data[i] == 0xff;
    if (ok) {
        memset(data, 0xff, size);
        memcpy(data, stamped, out.size);
    }
    free(scratch);
    free(stamped);
    return ok;
}

static struct ota_catalog_entry *stamped(const struct ota_catalog_entry *entry,
                                         uint8_t slot)
{
    size_t size = (size_t)entry->route.size;
    struct ota_pack *pack = malloc(sizeof(*pack));
    uint8_t *data = malloc(size);
    struct ota_error err;
    bool ok = pack && data &&
              ota_pack_file_read(pack, entry->data, size, &err) &&
              pack->has_bootloader && pack->has_table;
    if (ok) {
        memcpy(data, entry->data, size);
        ok = restamp(data, pack, slot);
    }
    free(pack);
    if (!ok) {
        free(data);
        return NULL;
    }
    ota_pack_file_seal(data, size);
    return entry_of(entry, data, size);
}

static struct ota_catalog_entry *app_of(const struct ota_catalog_entry *entry)
{
    uint32_t size = entry->facts.app_size;
    uint8_t *data = entry->facts.app_offset && size ? malloc(size) : NULL;
    if (!data)
        return NULL;
    memcpy(data, entry->data + entry->facts.app_offset, size);
    return entry_of(entry, data, size);
}

static struct ota_catalog_entry *zipped(const struct ota_catalog_entry *entry)
{
    enum { WITH_GZIP_HEADER = 15 + 16, MEMORY = 9 };
    z_stream zip = {0};
    if (deflateInit2(&zip, Z_BEST_COMPRESSION, Z_DEFLATED, WITH_GZIP_HEADER,
                     MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        return NULL;
    size_t room = deflateBound(&zip, (uLong)entry->route.size);
    uint8_t *data = malloc(room);
    zip.next_in = (Bytef *)entry->data;
    zip.avail_in = (uInt)entry->route.size;
    zip.next_out = data;
    zip.avail_out = (uInt)room;
    bool ok = data && deflate(&zip, Z_FINISH) == Z_STREAM_END;
    size_t size = zip.total_out;
    deflateEnd(&zip);
    if (ok)
        return entry_of(entry, data, size);
    free(data);
    return NULL;
}

static struct ota_catalog_entry *md5_of(const struct ota_catalog_entry *entry)
{
    char text[2 * OTA_MD5_SIZE + 1];
    ota_hex(entry->facts.md5, OTA_MD5_SIZE, text);
    uint8_t *data = malloc(sizeof(text));
    if (!data)
        return NULL;
    memcpy(data, text, sizeof(text) - 1);
    return ota_catalog_entry_new(data, sizeof(text) - 1,
                                 "text/plain; charset=utf-8",
                                 entry->route.modified);
}

static struct ota_catalog_entry *make(const struct ota_catalog_entry *entry,
                                      enum ota_catalog_variant variant)
{
    switch (variant) {
    case OTA_VARIANT_USER1:
        return stamped(entry, 1);
    case OTA_VARIANT_USER2:
        return stamped(entry, 2);
    case OTA_VARIANT_APP:
        return app_of(entry);
    case OTA_VARIANT_GZIP:
        return zipped(entry);
    default:
        return md5_of(entry);
    }
}

struct ota_catalog_entry *ota_catalog_variant(struct ota_catalog_entry *entry,
                                              enum ota_catalog_variant variant)
{
    struct ota_catalog_entry **made = &entry->variants[variant];
    if (!*made)
        *made = make(entry, variant);
    if (*made)
        atomic_fetch_add(&(*made)->references, 1);
    return *made;
}
