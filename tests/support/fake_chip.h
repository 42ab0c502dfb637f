/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An ESP8266 as a host sees it through its serial port: reset circuit, the
 * mask ROM's loader, a flasher stub, and a flash chip. Written from the
 * description of the protocol, with a framing of its own, so that the host
 * is not its own judge.
 */
#ifndef OTATOOL_TESTS_FAKE_CHIP_H
#define OTATOOL_TESTS_FAKE_CHIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum fake_chip_state {
    FAKE_CHIP_HELD, /* in reset */
    FAKE_CHIP_APP,  /* runs what is in flash; hears nothing */
    FAKE_CHIP_ROM,  /* the loader */
    FAKE_CHIP_STUB,
    FAKE_CHIP_DEAD, /* says and hears nothing */
};

struct fake_chip {
    enum fake_chip_state state;
    uint8_t *flash;
    uint32_t flash_size;
    uint32_t flash_id;
    uint32_t mark;        /* at 0x40001000 */
    uint32_t fuses[4];    /* at 0x3ff00050 */
    bool is_strict;       /* the stub looks at the checksum of every request */
    bool is_protected;    /* writes and erases do nothing */
    bool is_worn;         /* a bit of each written sector stays 0 */
    bool is_stray;        /* each write of the stub hits the last sector, too */
    uint8_t unanswered;   /* a request it hears and never answers; 0: none */
    bool is_stuck;        /* GPIO0 never goes low: always starts the app */
    bool is_deaf;         /* runs its loader, hears nothing */
    bool is_mute_stub;    /* the stub does not start */
    uint32_t most_baud;   /* above, the stub is not heard; 0: none */
    const char *app_text; /* what the app prints after the ROM's line */
    uint32_t host_baud;   /* the other side's speed */
    uint32_t baud;
    uint32_t erased_sectors; /* counts */
    uint32_t written_bytes;
    uint32_t starts_of_app;
    uint64_t taken;    /* bytes from the host */
    uint64_t begin_at; /* of them, when a stream first began */
    /* private */
    bool dtr;
    bool rts;
    bool is_rising;
    uint8_t frame[0x4000 + 64];
    size_t frame_size;
    bool is_inside;
    bool is_escaped;
    uint8_t *out;
    size_t out_size;
    size_t out_at;
    size_t out_capacity;
    uint32_t registers[64]; /* of the flash interface */
    uint32_t write_at;
    uint32_t write_end;
    uint32_t ram_at;
    uint32_t ram_left;
    uint32_t ram_first;
    uint32_t ram_end;
    uint8_t *packed; /* what came of a compressed stream */
    size_t packed_size;
    uint32_t packed_total;
    uint32_t unpacked; /* bytes of it that are in flash */
    bool is_reading;
    uint32_t read_at;
    uint32_t read_end;
    uint32_t read_first;
    uint32_t read_block;
    uint32_t read_acknowledged;
    uint32_t read_window;
};

/* Erased flash; in the loader, as if put there by hand. */
void fake_chip_init(struct fake_chip *chip, uint32_t flash_size);
void fake_chip_release(struct fake_chip *chip);

/* The lines of the adapter, asserted or not. */
void fake_chip_lines(struct fake_chip *chip, bool dtr, bool rts);

/* Time passes: a reset that was released takes effect. */
void fake_chip_tick(struct fake_chip *chip);

/* A short loss of power: the ROM decides anew by the lines. */
void fake_chip_power_on(struct fake_chip *chip);

/* A byte from the host. */
void fake_chip_take(struct fake_chip *chip, uint8_t byte);

/* Up to size bytes for the host. */
size_t fake_chip_give(struct fake_chip *chip, uint8_t *data, size_t size);

#endif
