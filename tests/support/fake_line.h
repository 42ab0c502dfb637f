/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A serial port with a fake chip behind it, in memory, with a clock of its
 * own that only moves while somebody waits; and what can go wrong on the
 * line between them.
 */
#ifndef OTATOOL_TESTS_FAKE_LINE_H
#define OTATOOL_TESTS_FAKE_LINE_H

#include "fake_chip.h"
#include "otatool/port.h"

enum fake_fault {
    FAKE_LINE_LOSE,   /* a byte */
    FAKE_LINE_DOUBLE, /* a byte */
    FAKE_LINE_FLIP,   /* a bit */
    FAKE_LINE_DELAY,  /* bytes to the host, until it has given up waiting */
    FAKE_LINE_RESET,  /* the chip loses power for a moment */
    FAKE_LINE_VANISH, /* the port is gone for good */
    FAKE_LINE_FAULTS,
};

struct fake_line {
    struct fake_chip *chip; /* borrowed */
    uint64_t now_ms;
    enum fake_fault fault;
    bool to_host;   /* the direction it strikes, else to the chip */
    uint64_t at;    /* the byte it strikes, from 1; 0: none */
    uint64_t every; /* and every so many bytes after it; 0: once */
    uint8_t bit;    /* of FAKE_LINE_FLIP, counted from one that varies */
    bool has_no_lines;
    /* counts */
    uint64_t sent;     /* bytes to the chip */
    uint64_t received; /* bytes to the host */
    uint32_t faults;
    bool is_gone;
    bool is_held; /* delayed */
};

/* A port over the line, which it borrows. */
struct ota_port fake_line_port(struct fake_line *line);

#endif
