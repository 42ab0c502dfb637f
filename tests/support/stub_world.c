/* SPDX-License-Identifier: Apache-2.0 */
#include "stub_world.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

static struct stub_world world;

static void demand(bool is_so)
{
    if (!is_so)
        abort();
}

static void check_range(uint32_t offset, uint32_t size)
{
    demand((offset | size) % 4 == 0 && offset <= STUB_WORLD_FLASH &&
           size <= STUB_WORLD_FLASH - offset);
}

static bool flash_read(uint32_t offset, uint32_t *data, uint32_t size)
{
    check_range(offset, size);
    memcpy(data, world.flash + offset, size);
    return true;
}

static bool flash_program(uint32_t offset, const uint32_t *data, uint32_t size)
{
    const uint8_t *bytes = (const uint8_t *)data;
    check_range(offset, size);
    demand(offset % STUB_PAGE + size <= STUB_PAGE);
    if (++world.programs == world.failing_program)
        return false;
    for (uint32_t i = 0; i < size; i++)
        world.flash[offset + i] &= bytes[i];
    return true;
}

static bool flash_erase(uint32_t offset, uint32_t size)
{
    check_range(offset, size);
    demand(size == STUB_SECTOR || size == STUB_BLOCK ||
           size == STUB_WORLD_FLASH);
    demand(offset % size == 0);
    world.sector_erases += size == STUB_SECTOR;
    world.block_erases += size == STUB_BLOCK;
    world.chip_erases += size == STUB_WORLD_FLASH;
    memset(world.flash + offset, 0xff, size);
    return true;
}

static void put(const void *data, uint32_t size)
{
    demand(size <= STUB_WORLD_SENT - world.sent_size);
    if (size > 0)
        memcpy(world.sent + world.sent_size, data, size);
    world.sent_size += size;
}

static void end_packet(void)
{
    uint32_t most =
        sizeof(world.packet_starts) / sizeof(world.packet_starts[0]);
    if (world.packet_count < most)
        world.packet_starts[world.packet_count] = world.sent_start;
    world.packet_count++;
    world.sent_start = world.sent_size;
}

static bool receive(struct stub_packet *packet, bool wait)
{
    if (!wait || world.received == world.queued)
        return false;
    uint32_t size = world.queue_sizes[world.received];
    memcpy(world.packet, world.queue[world.received++], size);
    packet->data = world.packet;
    packet->size = size;
    return true;
}

static void look_after(void)
{
    world.looks++;
}

/* Addresses elsewhere read as themselves. */
static uint32_t *find_word(uint32_t address)
{
    demand(address % 4 == 0);
    uint32_t index = (address - STUB_WORLD_RAM) / 4;
    return address >= STUB_WORLD_RAM && index < STUB_WORLD_RAM_WORDS
               ? &world.ram[index]
               : NULL;
}

static uint32_t load(uint32_t address)
{
    const uint32_t *word = find_word(address);
    return word ? *word : address;
}

static void store(uint32_t address, uint32_t word)
{
    uint32_t *place = find_word(address);
    if (place)
        *place = word;
}

static bool can_speed(uint32_t baud, uint32_t old_baud)
{
    return baud != 0 && old_baud != 0;
}

static void set_speed(uint32_t baud, uint32_t old_baud)
{
    (void)old_baud;
    world.baud = baud;
}

static void delay_us(uint32_t us)
{
    (void)us;
}

struct stub_world *stub_world_begin(void)
{
    memset(&world, 0, offsetof(struct stub_world, sent));
    world.chip = (struct stub_chip){
        .flash = {.size = STUB_WORLD_FLASH,
                  .read = flash_read,
                  .program = flash_program,
                  .erase = flash_erase},
        .put = put,
        .end_packet = end_packet,
        .receive = receive,
        .look_after = look_after,
        .load = load,
        .store = store,
        .can_speed = can_speed,
        .set_speed = set_speed,
        .delay_us = delay_us,
    };
    return &world;
}

void stub_world_queue(const void *packet, uint32_t size)
{
    demand(world.queued < STUB_WORLD_QUEUE && size <= STUB_PACKET);
    world.queue[world.queued] = packet;
    world.queue_sizes[world.queued++] = size;
}

const uint8_t *stub_world_sent(uint32_t index, uint32_t *size)
{
    demand(index < world.packet_count);
    uint32_t start = world.packet_starts[index];
    uint32_t end = index + 1 < world.packet_count
                       ? world.packet_starts[index + 1]
                       : world.sent_start;
    *size = end - start;
    return world.sent + start;
}
