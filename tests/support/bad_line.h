/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a serial line does to the bytes on it: nothing, or faults by number,
 * and the time they take.
 */
#ifndef TEST_BAD_LINE_H
#define TEST_BAD_LINE_H

#include <stdbool.h>
#include <stdint.h>

enum line_way { LINE_TO_CHIP, LINE_TO_HOST, LINE_WAYS };

/* Zeros are a sound line that takes no time. */
struct bad_line {
    /* Each Nth byte, of both ways together, once after have passed. */
    uint32_t lose;
    uint32_t repeat;
    uint32_t flip;
    uint32_t hang_up;
    uint32_t stall; /* its way stands still for a while */
    uint32_t after;
    uint32_t pace; /* 1: bytes take as long as their speed says */
    /* private */
    uint32_t bytes;
    bool hangs_up;
    uint64_t passed[LINE_WAYS]; /* bytes since the last report */
    int64_t free_us[LINE_WAYS]; /* when the way may carry more */
};

/* Takes line.lose=N and the like out of key=value, up to NULL. */
void bad_line_read(struct bad_line *line, char **options);

/* How often a byte goes on: a sound line says once. It may be changed. */
uint32_t bad_line_disturb(struct bad_line *line, enum line_way way,
                          uint8_t *byte);

/* count bytes were put on the line at baud. */
void bad_line_carry(struct bad_line *line, enum line_way way, uint32_t count,
                    uint32_t baud);

/* How long until the way may carry more, 0: now. */
int bad_line_wait_ms(const struct bad_line *line, enum line_way way);

/* Whether the connection breaks; asked once for each time it does. */
bool bad_line_hangs_up(struct bad_line *line);

/* How many bytes went each way since the last report, on standard error. */
void bad_line_report(struct bad_line *line);

#endif
