/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A chip in memory under the flasher stub: a NOR flash, RAM of a few words, a
 * line of packets. It is one chip, since the stub's functions know no other.
 * What the stub must never do to a chip aborts.
 */
#ifndef OTATOOL_TESTS_STUB_WORLD_H
#define OTATOOL_TESTS_STUB_WORLD_H

#include "stub/stub.h"

enum {
    STUB_WORLD_FLASH = 0x40000,
    STUB_WORLD_RAM = 0x3ffe9000,
    STUB_WORLD_RAM_WORDS = 64,
    STUB_WORLD_QUEUE = 64,
    STUB_WORLD_SENT = 1 << 20,
};

struct stub_world {
    struct stub_chip chip;
    uint8_t flash[STUB_WORLD_FLASH];
    uint32_t ram[STUB_WORLD_RAM_WORDS];
    uint32_t sector_erases;
    uint32_t block_erases;
    uint32_t chip_erases;
    uint32_t programs;
    uint32_t failing_program; /* this one is refused; 0: none */
    uint32_t looks;           /* after the line */
    uint32_t baud;            /* it was told to use; 0: none */
    /* To the stub. */
    uint8_t packet[STUB_PACKET]; /* the one in use */
    const uint8_t *queue[STUB_WORLD_QUEUE];
    uint32_t queue_sizes[STUB_WORLD_QUEUE];
    uint32_t queued;
    uint32_t received;
    /* From the stub: packets one behind the other. */
    uint32_t sent_size;
    uint32_t sent_start; /* of the packet that is not ended */
    uint32_t packet_starts[STUB_WORLD_QUEUE * 16];
    uint32_t packet_count; /* more than have room above, maybe */
    uint8_t sent[STUB_WORLD_SENT];
};

/* A flash full of zeros, so that what is not erased cannot be written. */
struct stub_world *stub_world_begin(void);

/* It comes when the stub waits. The caller keeps the bytes until they are
 * received. */
void stub_world_queue(const void *packet, uint32_t size);

/* Packet number index that the stub has sent. */
const uint8_t *stub_world_sent(uint32_t index, uint32_t *size);

#endif
