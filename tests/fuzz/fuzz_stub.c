/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whatever packets come, the flasher stub answers each request, and does to
 * its chip only what the chip bears (stub_world.c says what). The input is a
 * line, of packets that are sound: command, length, data.
 */
#include "stub_world.h"
#include <stdlib.h>
#include <string.h>

enum { HEADER = 8, MOST_PACKET = 0x400 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t commands[] = {
    LOADER_FLASH_BEGIN,
    LOADER_FLASH_DATA,
    LOADER_FLASH_END,
    LOADER_MEM_BEGIN,
    LOADER_MEM_END,
    LOADER_MEM_DATA,
    LOADER_SYNC,
    LOADER_WRITE_REGISTER,
    LOADER_READ_REGISTER,
    LOADER_SPEED,
    LOADER_DEFLATE_BEGIN,
    LOADER_DEFLATE_DATA,
    LOADER_DEFLATE_END,
    LOADER_MD5,
    LOADER_ERASE_FLASH,
    LOADER_ERASE_REGION,
    LOADER_READ_FLASH,
    LOADER_RUN_FLASH,
    LOADER_SPI_PARAMETERS,
    LOADER_SPI_ATTACH,
    0x77,
};

/* Sizes and offsets of this flash, or else hardly any would be good. */
static void tame(uint32_t *words, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if ((words[i] & 3) != 3)
            words[i] &= STUB_WORLD_FLASH / 2 - 1;
}

static void make_sound(uint8_t *packet, uint32_t size)
{
    struct loader_header header = {
        .command = commands[packet[1] % sizeof(commands)],
        .size = (uint16_t)(size - HEADER),
    };
    struct loader_block block;
    bool is_block = header.command == LOADER_FLASH_DATA ||
                    header.command == LOADER_DEFLATE_DATA ||
                    header.command == LOADER_MEM_DATA;
    uint32_t words = header.size / 4 < 4 ? header.size / 4 : 4;
    uint32_t first[4];
    memcpy(first, packet + HEADER, words * 4);
    tame(first, words);
    memcpy(packet + HEADER, first, words * 4);
    if (is_block && header.size >= sizeof(block)) {
        block.size = header.size - (uint32_t)sizeof(block);
        block.number = packet[HEADER] % 4;
        memcpy(packet + HEADER, &block, 8);
        header.value =
            loader_checksum(packet + HEADER + sizeof(block), block.size);
    }
    memcpy(packet, &header, HEADER);
}

/* 0 in front: as it is; else made sound. */
static uint32_t next_packet(const uint8_t **data, size_t *size, uint8_t *packet)
{
    uint32_t wanted = (*data)[1] | (uint32_t)((*data)[2] & 3) << 8;
    bool is_raw = (*data)[0] == 0;
    *data += 3;
    *size -= 3;
    if (wanted > *size)
        wanted = (uint32_t)*size;
    memcpy(packet, *data, wanted);
    *data += wanted;
    *size -= wanted;
    if (!is_raw && wanted >= HEADER)
        make_sound(packet, wanted);
    return wanted;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static uint8_t packets[STUB_WORLD_QUEUE][MOST_PACKET];
    static struct stub stub;
    struct stub_world *world = stub_world_begin();
    uint32_t requests = 0;
    stub_begin(&stub, &world->chip);
    for (uint32_t i = 0; size > 3 && i < STUB_WORLD_QUEUE; i++) {
        uint32_t length = next_packet(&data, &size, packets[i]);
        stub_world_queue(packets[i], length);
        requests += length >= HEADER && packets[i][0] == 0;
    }
    while (stub_serve(&stub) != STUB_IS_LEFT)
        if (world->sent_size > STUB_WORLD_SENT / 2)
            return 0;
    if (world->packet_count < requests)
        abort();
    return 0;
}
