/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flasher stub: what tools load into a chip's RAM over its serial loader
 * to write flash faster than the ROM can, and to read it. Its commands are
 * those of esptool's stub for this chip; see chip/loader.h.
 *
 * Data for flash is acknowledged when it has arrived, so that the next packet
 * travels while this one is written; what goes wrong in writing is told with
 * the next packet, or at the end. A packet that comes twice, since its answer
 * was lost, is acknowledged again and not written again. A checksum of 0 means
 * none, as most hosts send it with what carries no data; one that is there must
 * be right.
 */
#ifndef STUB_STUB_H
#define STUB_STUB_H

#include "chip/loader.h"
#include "stub/inflate.h"
#include "stub/writer.h"

/* One packet's largest size: a block of 16 KB with its headers, and some. */
enum { STUB_PACKET = 0x4040 };

/* Reasons in answers; all but the last two are those of esptool's stub. */
enum stub_error {
    STUB_FINE = 0,
    STUB_BAD_SIZE = 0xc0,
    STUB_BAD_CHECKSUM = 0xc1,
    STUB_BAD_BLOCK = 0xc2,
    STUB_FLASH_REFUSED = 0xc4,
    STUB_NOT_WRITING = 0xc6,
    STUB_BAD_STREAM = 0xc7,
    STUB_TOO_LITTLE = 0xc8,
    STUB_TOO_MUCH = 0xc9,
    STUB_OUT_OF_ORDER = 0xca,
    STUB_BAD_ADDRESS = 0xcb,
    STUB_UNKNOWN = 0xff,
};

struct stub_packet {
    const uint8_t *data; /* aligned to words */
    uint32_t size;
};

/* What the stub stands on. */
struct stub_chip {
    struct stub_flash flash;
    /* Sends bytes of a packet, the first of which begins it. */
    void (*put)(const void *data, uint32_t size);
    void (*end_packet)(void);
    /* The packet before is given up. False: none is there and wait is false,
     * or none will ever come. */
    bool (*receive)(struct stub_packet *packet, bool wait);
    void (*look_after)(void); /* the line; whoever works for long calls it */
    uint32_t (*load)(uint32_t address); /* a word */
    void (*store)(uint32_t address, uint32_t word);
    bool (*can_speed)(uint32_t baud, uint32_t old_baud);
    void (*set_speed)(uint32_t baud, uint32_t old_baud);
    void (*delay_us)(uint32_t us);
};

/* What is to be done after a request. */
enum stub_next {
    STUB_GOES_ON,
    STUB_RESTARTS,
    STUB_RUNS_FLASH,
    STUB_CALLS,   /* what is at stub->entry; then on */
    STUB_IS_LEFT, /* no more packets */
};

struct stub {
    const struct stub_chip *chip;
    struct stub_packet packet;
    bool has_packet; /* that came in the midst of something */
    enum stub_next next;
    uint32_t entry;
    enum { STUB_IDLE, STUB_PLAIN, STUB_DEFLATED } writing;
    struct loader_begin flash; /* what was begun */
    struct loader_begin memory;
    uint32_t next_block;
    enum stub_error late_error; /* of what was acknowledged before */
    struct writer writer;
    struct inflate inflate;
    uint32_t window[INFLATE_WINDOW / 4]; /* and room for flash that is read */
};

void stub_begin(struct stub *stub, const struct stub_chip *chip);

/* Greets the host, once. */
void stub_greet(struct stub *stub);

/* One request, with its answer. */
enum stub_next stub_serve(struct stub *stub);

#endif
