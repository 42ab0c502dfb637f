/* SPDX-License-Identifier: Apache-2.0 */
#include "bad_line.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    BITS_A_BYTE = 10,
    STALL_US = 300000,
    /* Whoever looks late may catch up, if not by more than this. */
    LATE_US = 20000,
};

static int64_t now_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void bad_line_read(struct bad_line *line, char **options)
{
    const struct {
        const char *key;
        uint32_t *value;
    } rows[] = {
        {"line.lose=", &line->lose},   {"line.repeat=", &line->repeat},
        {"line.flip=", &line->flip},   {"line.hang_up=", &line->hang_up},
        {"line.stall=", &line->stall}, {"line.after=", &line->after},
        {"line.pace=", &line->pace},
    };
    for (char **option = options; *option; option++)
        for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
            if (strncmp(*option, rows[i].key, strlen(rows[i].key)) == 0)
                *rows[i].value =
                    (uint32_t)strtoul(*option + strlen(rows[i].key), NULL, 0);
}

static bool is_turn(uint32_t number, uint32_t each)
{
    return each != 0 && number % each == 0;
}

uint32_t bad_line_disturb(struct bad_line *line, enum line_way way,
                          uint8_t *byte)
{
    uint32_t number = ++line->bytes;
    if (number <= line->after)
        return 1;
    if (is_turn(number, line->flip))
        *byte ^= (uint8_t)(1 << number / line->flip % 8);
    if (is_turn(number, line->hang_up))
        line->hangs_up = true;
    if (is_turn(number, line->stall))
        line->free_us[way] = now_us() + STALL_US;
    if (is_turn(number, line->lose))
        return 0;
    return is_turn(number, line->repeat) ? 2 : 1;
}

void bad_line_carry(struct bad_line *line, enum line_way way, uint32_t count,
                    uint32_t baud)
{
    int64_t *free_us = &line->free_us[way];
    int64_t now = now_us();
    line->passed[way] += count;
    if (!line->pace)
        return;
    if (*free_us < now - LATE_US)
        *free_us = now;
    *free_us += (int64_t)count * BITS_A_BYTE * 1000000 / baud;
}

int bad_line_wait_ms(const struct bad_line *line, enum line_way way)
{
    int64_t left = line->free_us[way] - now_us();
    return left > 0 ? (int)((left + 999) / 1000) : 0;
}

bool bad_line_hangs_up(struct bad_line *line)
{
    bool hangs_up = line->hangs_up;
    line->hangs_up = false;
    return hangs_up;
}

void bad_line_report(struct bad_line *line)
{
    fprintf(stderr,
            "chip_port: %" PRIu64 " bytes to the chip, %" PRIu64 " from it\n",
            line->passed[LINE_TO_CHIP], line->passed[LINE_TO_HOST]);
    memset(line->passed, 0, sizeof(line->passed));
}
