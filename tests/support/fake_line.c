/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_line.h"

static bool is_gone(const struct fake_line *line, struct ota_error *err)
{
    return line->is_gone && !ota_fail(err, OTA_E_SERIAL_LOST);
}

/* Whether the fault strikes the count-th byte of a direction. */
static bool strikes(struct fake_line *line, bool to_host, uint64_t count)
{
    if (line->at == 0 || to_host != line->to_host || count < line->at)
        return false;
    uint64_t beyond = count - line->at;
    bool is_hit = line->every ? beyond % line->every == 0 : beyond == 0;
    line->faults += is_hit;
    return is_hit;
}

static void befall_all(struct fake_line *line)
{
    if (line->fault == FAKE_LINE_RESET)
        fake_chip_power_on(line->chip);
    if (line->fault == FAKE_LINE_VANISH)
        line->is_gone = true;
}

static void send_byte(struct fake_line *line, uint8_t byte)
{
    int times = 1;
    if (strikes(line, false, ++line->sent)) {
        befall_all(line);
        times = line->fault == FAKE_LINE_LOSE     ? 0
                : line->fault == FAKE_LINE_DOUBLE ? 2
                                                  : 1;
        if (line->fault == FAKE_LINE_FLIP)
            byte ^= (uint8_t)(1 << (line->sent + line->bit) % 8);
    }
    while (times-- > 0)
        fake_chip_take(line->chip, byte);
}

static bool write_line(void *context, const void *data, size_t size,
                       struct ota_error *err)
{
    struct fake_line *line = context;
    const uint8_t *bytes = data;
    fake_chip_tick(line->chip);
    for (size_t i = 0; i < size && !line->is_gone; i++)
        send_byte(line, bytes[i]);
    return !is_gone(line, err);
}

static size_t receive(struct fake_line *line, uint8_t *data, size_t size)
{
    size_t count = 0;
    uint8_t byte;
    while (count + 2 <= size && !line->is_held && !line->is_gone &&
           fake_chip_give(line->chip, &byte, 1) == 1) {
        bool is_hit = strikes(line, true, ++line->received);
        if (is_hit)
            befall_all(line);
        if (is_hit && line->fault == FAKE_LINE_FLIP)
            byte ^= (uint8_t)(1 << (line->received + line->bit) % 8);
        if (!is_hit || line->fault != FAKE_LINE_LOSE)
            data[count++] = byte;
        if (is_hit && line->fault == FAKE_LINE_DOUBLE)
            data[count++] = byte;
        line->is_held = is_hit && line->fault == FAKE_LINE_DELAY;
    }
    return count;
}

static bool read_line(void *context, void *data, size_t size,
                      uint32_t timeout_ms, size_t *got, struct ota_error *err)
{
    struct fake_line *line = context;
    fake_chip_tick(line->chip);
    *got = receive(line, data, size);
    if (is_gone(line, err))
        return false;
    if (*got == 0) {
        line->now_ms += timeout_ms;
        line->is_held = false;
    }
    return true;
}

static void discard(void *context)
{
    struct fake_line *line = context;
    uint8_t byte;
    while (!line->is_held && fake_chip_give(line->chip, &byte, 1) == 1)
        ;
}

static bool set_speed(void *context, uint32_t baud, struct ota_error *err)
{
    struct fake_line *line = context;
    line->chip->host_baud = baud;
    return !is_gone(line, err);
}

static bool set_lines(void *context, bool dtr, bool rts)
{
    struct fake_line *line = context;
    if (line->has_no_lines || line->is_gone)
        return false;
    fake_chip_lines(line->chip, dtr, rts);
    return true;
}

static uint64_t now_ms(void *context)
{
    struct fake_line *line = context;
    return line->now_ms;
}

static void wait_ms(void *context, uint32_t ms)
{
    struct fake_line *line = context;
    line->now_ms += ms;
    fake_chip_tick(line->chip);
}

static void close_line(void *context)
{
    (void)context;
}

struct ota_port fake_line_port(struct fake_line *line)
{
    return (struct ota_port){
        .name = "fake",
        .context = line,
        .read = read_line,
        .write = write_line,
        .discard = discard,
        .set_speed = set_speed,
        .set_lines = set_lines,
        .now_ms = now_ms,
        .wait_ms = wait_ms,
        .close = close_line,
    };
}
