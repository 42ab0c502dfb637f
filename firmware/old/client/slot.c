/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where each client writes and how much it takes there.
 * (upgrade libraries of the NonOS SDKs 2.0.0 to 3.0.6; the example of the
 * RTOS SDK 2.1)
 */
#include "old/client/client.h"
#include "otatool/crc32.h"
#include <string.h>

enum slot_class { CLASS_256, CLASS_512, CLASS_1024 };

/* 2.0.0 and the RTOS SDK take a map they do not know for the smallest. */
static enum slot_class class_of(const struct old_client *client)
{
    static const uint8_t classes[OTA_FLASH_MAP_COUNT] = {
        CLASS_256,  CLASS_256,  CLASS_512, CLASS_512,  CLASS_512,
        CLASS_1024, CLASS_1024, CLASS_256, CLASS_1024, CLASS_1024,
    };
    enum ota_client kind = client->kind;
    bool knows_large = kind != OTA_CLIENT_N20 && kind != OTA_CLIENT_R21;
    if (client->map->code >= 8 && !knows_large)
        return CLASS_256;
    return (enum slot_class)classes[client->map->code];
}

static uint32_t size_in_table(const struct old_client *client)
{
    enum { LEAST_COMMON = 0x6a000, CEILING = 0x100000 };
    uint32_t size = client->partition ? client->partition : LEAST_COMMON;
    return size < CEILING ? size : CEILING;
}

static uint32_t size_by_map(enum ota_client kind, enum slot_class slot)
{
    static const uint8_t early[] = {59, 123, 251};
    static const uint8_t late[] = {58, 122, 250};
    bool is_early = kind == OTA_CLIENT_N20 || kind == OTA_CLIENT_N21;
    return (is_early ? early : late)[slot] * OTA_SECTOR_SIZE;
}

bool old_slot_find(struct old_slot *slot, const struct old_client *client)
{
    static const uint32_t second[] = {0x41000, 0x81000, 0x101000};
    enum slot_class class = class_of(client);
    bool has_table = client->kind == OTA_CLIENT_N30;
    if (has_table && class == CLASS_256)
        return false;
    slot->start = client->running == 2 ? OTA_SECTOR_SIZE : second[class];
    slot->size =
        has_table ? size_in_table(client) : size_by_map(client->kind, class);
    slot->may_fill_up = has_table;
    return true;
}

static bool is_allowed(const struct old_writer *writer, uint32_t size)
{
    uint32_t end = writer->at + size;
    uint32_t limit = writer->slot.start + writer->slot.size;
    return end < limit || (end == limit && writer->slot.may_fill_up);
}

/* Whole words; the chip wants them aligned in memory, too. */
static void write_words(struct old_writer *writer, const uint8_t *data,
                        uint32_t size)
{
    enum { BLOCK_SIZE = 256 };
    uint32_t block[BLOCK_SIZE / 4];
    struct ota_error err;
    while (size > 0) {
        uint32_t step = size < BLOCK_SIZE ? size : BLOCK_SIZE;
        memcpy(block, data, step);
        (void)!writer->flash->write(writer->flash->context, writer->at, block,
                                    step, &err);
        writer->at += step;
        data += step;
        size -= step;
    }
}

void old_writer_put(struct old_writer *writer, const uint8_t *data,
                    uint32_t size)
{
    uint32_t words = (writer->rest_size + size) & ~3u;
    if (words > 0 && !is_allowed(writer, words))
        return;
    if (words > 0 && writer->rest_size > 0) {
        uint32_t fill = 4 - writer->rest_size;
        memcpy(writer->rest + writer->rest_size, data, fill);
        write_words(writer, writer->rest, 4);
        writer->rest_size = 0;
        data += fill;
        size -= fill;
        words -= 4;
    }
    write_words(writer, data, words);
    memcpy(writer->rest + writer->rest_size, data + words, size - words);
    writer->rest_size += size - words;
}

uint32_t old_slot_crc(const struct ota_flash *flash, uint32_t start,
                      uint32_t size)
{
    uint8_t block[256];
    struct ota_error err;
    struct ota_source source = ota_flash_source(flash);
    uint32_t crc = 0;
    while (size > 0) {
        uint32_t step = size < sizeof(block) ? size : (uint32_t)sizeof(block);
        if (!ota_source_read(&source, start, block, step, &err))
            return 0;
        crc = ota_crc32(crc, block, step);
        start += step;
        size -= step;
    }
    return ota_crc32_old_sdk(crc);
}
