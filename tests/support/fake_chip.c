/* SPDX-License-Identifier: Apache-2.0 */
/* The chip around its loaders: lines, speeds, frames. */
#include "fake_chip.h"
#include "fake_loader.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROM_BAUD = 74880, GARBLE = 0x85 };

void fake_chip_init(struct fake_chip *chip, uint32_t flash_size)
{
    memset(chip, 0, sizeof(*chip));
    uint32_t power = 0;
    while (UINT32_C(1) << power < flash_size)
        power++;
    chip->state = FAKE_CHIP_ROM;
    chip->flash_size = flash_size;
    chip->flash_id = power << 16 | 0x40ef;
    chip->flash = malloc(flash_size);
    if (!chip->flash)
        abort();
    memset(chip->flash, 0xff, flash_size);
    chip->mark = 0xfff0c101;
    chip->fuses[0] = 0x4d000000;
    chip->fuses[1] = 0x02001a2b;
    chip->fuses[3] = 0x005ccf7f;
    chip->host_baud = chip->baud = 115200;
    chip->is_strict = true;
}

void fake_chip_release(struct fake_chip *chip)
{
    free(chip->flash);
    free(chip->out);
    free(chip->packed);
    memset(chip, 0, sizeof(*chip));
}

/* --- to the host --- */

void fake_chip_send(struct fake_chip *chip, const void *data, size_t size)
{
    if (chip->out_size + size > chip->out_capacity) {
        chip->out_capacity = 2 * (chip->out_size + size);
        chip->out = realloc(chip->out, chip->out_capacity);
        if (!chip->out)
            abort();
    }
    memcpy(chip->out + chip->out_size, data, size);
    chip->out_size += size;
}

static void send_escaped(struct fake_chip *chip, uint8_t byte)
{
    if (byte == 0xc0)
        fake_chip_send(chip, "\xdb\xdc", 2);
    else if (byte == 0xdb)
        fake_chip_send(chip, "\xdb\xdd", 2);
    else
        fake_chip_send(chip, &byte, 1);
}

void fake_chip_send_frame(struct fake_chip *chip, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    fake_chip_send(chip, "\xc0", 1);
    for (size_t i = 0; i < size; i++)
        send_escaped(chip, bytes[i]);
    fake_chip_send(chip, "\xc0", 1);
}

size_t fake_chip_give(struct fake_chip *chip, uint8_t *data, size_t size)
{
    size_t left = chip->out_size - chip->out_at;
    size_t count = size < left ? size : left;
    if (count)
        memcpy(data, chip->out + chip->out_at, count);
    chip->out_at += count;
    if (chip->out_at == chip->out_size)
        chip->out_at = chip->out_size = 0;
    return count;
}

/* At another speed than the ROM's its text is other bytes. */
static void print(struct fake_chip *chip, const char *text)
{
    for (; *text; text++) {
        uint8_t byte = (uint8_t)*text;
        if (chip->host_baud != ROM_BAUD)
            byte = (byte ^ GARBLE) | 0x80;
        if (byte != 0xc0)
            fake_chip_send(chip, &byte, 1);
    }
}

/* --- starting --- */

void fake_chip_power_on(struct fake_chip *chip)
{
    bool wants_loader = chip->dtr && !chip->rts && !chip->is_stuck;
    if (chip->state == FAKE_CHIP_DEAD)
        return;
    chip->is_inside = chip->is_reading = false;
    chip->write_at = chip->write_end = chip->packed_total = 0;
    print(chip, "\r\n ets Jan  8 2013,rst cause:2, boot mode:");
    print(chip, wants_loader ? "(1,6)\r\n" : "(3,6)\r\n");
    chip->state = wants_loader ? FAKE_CHIP_ROM : FAKE_CHIP_APP;
    if (wants_loader)
        return;
    chip->starts_of_app++;
    if (chip->app_text)
        fake_chip_send(chip, chip->app_text, strlen(chip->app_text));
}

void fake_chip_lines(struct fake_chip *chip, bool dtr, bool rts)
{
    chip->dtr = dtr;
    chip->rts = rts;
    if (chip->state == FAKE_CHIP_DEAD)
        return;
    bool is_held = rts && !dtr;
    chip->is_rising = chip->is_rising || chip->state == FAKE_CHIP_HELD;
    if (!is_held)
        return;
    chip->state = FAKE_CHIP_HELD;
    chip->is_rising = false;
}

/* A capacitor holds the reset for a moment after the lines let go. */
void fake_chip_tick(struct fake_chip *chip)
{
    bool is_free = !(chip->rts && !chip->dtr);
    if (!chip->is_rising || !is_free || chip->state == FAKE_CHIP_DEAD)
        return;
    chip->is_rising = false;
    fake_chip_power_on(chip);
}

/* --- from the host --- */

static bool is_sync(const struct fake_chip *chip)
{
    return chip->frame_size == 44 && chip->frame[1] == 0x08;
}

/* The ROM measures the speed of a sync; otherwise both must agree. */
static bool is_heard(struct fake_chip *chip)
{
    if (chip->is_deaf)
        return false;
    if (chip->state == FAKE_CHIP_ROM && is_sync(chip))
        chip->baud = chip->host_baud;
    bool is_too_fast = chip->state == FAKE_CHIP_STUB && chip->most_baud &&
                       chip->baud > chip->most_baud;
    return chip->baud == chip->host_baud && !is_too_fast;
}

static void end_frame(struct fake_chip *chip)
{
    chip->is_inside = false;
    if (is_heard(chip))
        fake_loader_take(chip);
    chip->frame_size = 0;
}

static void keep(struct fake_chip *chip, uint8_t byte)
{
    if (chip->frame_size < sizeof(chip->frame))
        chip->frame[chip->frame_size++] = byte;
    else
        chip->is_inside = false;
}

void fake_chip_take(struct fake_chip *chip, uint8_t byte)
{
    chip->taken++;
    if (chip->state != FAKE_CHIP_ROM && chip->state != FAKE_CHIP_STUB)
        return;
    if (byte == 0xc0 && chip->is_inside && chip->frame_size > 0) {
        end_frame(chip);
    } else if (byte == 0xc0) {
        chip->is_inside = true;
        chip->is_escaped = false;
        chip->frame_size = 0;
    } else if (chip->is_inside && chip->is_escaped) {
        chip->is_escaped = false;
        keep(chip, byte == 0xdc ? 0xc0 : byte == 0xdd ? 0xdb : byte);
    } else if (chip->is_inside && byte == 0xdb) {
        chip->is_escaped = true;
    } else if (chip->is_inside) {
        keep(chip, byte);
    }
}
