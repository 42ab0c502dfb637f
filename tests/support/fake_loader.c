/* SPDX-License-Identifier: Apache-2.0 */
/* Requests and their answers, of the ROM and of a stub. */
#include "fake_loader.h"
#include <nettle/md5.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { HEADER = 8, DATA_HEADER = 16, SPI = 0x60000200, SPI_END = 0x60000300 };
enum { BAD_REQUEST = 5, BAD_CHECKSUM = 7, NOT_WRITTEN = 8 };
enum { STUB_BAD_SIZE = 0xc0, STUB_BAD_CHECKSUM, STUB_NOT_BEGUN = 0xc6 };
enum { STUB_INFLATE = 0xc7, STUB_TOO_LITTLE };
enum { STUB_UNKNOWN = 0xff, BLOCK_ERASED_AHEAD = 0x10000 };

/* --- fields and answers --- */

static uint32_t get(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 |
           (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

static uint32_t word(const struct fake_chip *chip, size_t i)
{
    return get(chip->frame + HEADER + 4 * i);
}

static size_t data_size(const struct fake_chip *chip)
{
    return chip->frame_size - HEADER;
}

static void answer(struct fake_chip *chip, uint32_t value, const uint8_t *data,
                   size_t size, uint8_t error)
{
    uint8_t packet[64] = {1, chip->frame[1], (uint8_t)(size + 2), 0};
    for (int i = 0; i < 4; i++)
        packet[4 + i] = (uint8_t)(value >> 8 * i);
    if (size)
        memcpy(packet + HEADER, data, size);
    packet[HEADER + size] = error != 0;
    packet[HEADER + size + 1] = error;
    fake_chip_send_frame(chip, packet, HEADER + size + 2);
}

static void say(struct fake_chip *chip, uint8_t error)
{
    answer(chip, 0, NULL, 0, error);
}

static bool is_stub(const struct fake_chip *chip)
{
    return chip->state == FAKE_CHIP_STUB;
}

static uint8_t sum(const uint8_t *data, size_t size)
{
    uint8_t result = 0xef;
    while (size-- > 0)
        result ^= *data++;
    return result;
}

/* --- data to RAM, and what runs there --- */

static void mem_begin(struct fake_chip *chip)
{
    chip->ram_left = word(chip, 0);
    chip->ram_at = chip->ram_first = word(chip, 3);
    chip->ram_end = chip->ram_first + chip->ram_left;
    say(chip, 0);
}

static void mem_data(struct fake_chip *chip, uint32_t size)
{
    bool fits = size <= chip->ram_left;
    if (fits) {
        chip->ram_left -= size;
        chip->ram_at += size;
    }
    say(chip, fits ? 0 : BAD_REQUEST);
}

static void mem_end(struct fake_chip *chip)
{
    say(chip, 0);
    chip->baud = chip->host_baud;
    if (chip->is_mute_stub || chip->ram_left != 0 || word(chip, 0) != 0)
        return;
    chip->state = FAKE_CHIP_STUB;
    fake_chip_send_frame(chip, "OHAI", 4);
}

/* --- data to flash --- */

static void flash_begin(struct fake_chip *chip)
{
    chip->write_at = word(chip, 3);
    chip->write_end = chip->write_at + word(chip, 1) * word(chip, 2);
    if (is_stub(chip))
        fake_flash_erase(chip, chip->write_at, word(chip, 0));
    else
        fake_flash_erase_by_rom(chip, chip->write_at, word(chip, 0));
    say(chip, 0);
}

static void flash_data(struct fake_chip *chip, const uint8_t *data,
                       uint32_t size)
{
    if (chip->write_at + size > chip->write_end) {
        say(chip, BAD_REQUEST);
        return;
    }
    uint32_t at = chip->write_at;
    fake_flash_write(chip, at, data, size);
    chip->write_at += size;
    bool is_there =
        memcmp(chip->flash + at % chip->flash_size, data, size) == 0;
    say(chip,
        is_there || is_stub(chip) || chip->is_protected ? 0 : NOT_WRITTEN);
}

static void flash_end(struct fake_chip *chip)
{
    say(chip, 0);
    if (word(chip, 0) == 0)
        fake_chip_power_on(chip);
}

static void deflate_begin(struct fake_chip *chip)
{
    chip->packed_total = word(chip, 0);
    chip->begin_at = chip->begin_at ? chip->begin_at : chip->taken;
    chip->write_at = word(chip, 3);
    chip->packed_size = 0;
    chip->unpacked = 0;
    fake_flash_erase(chip, chip->write_at,
                     (chip->packed_total + 0xfff) & ~0xfffu);
    say(chip, 0);
}

static void deflate_end(struct fake_chip *chip)
{
    uint8_t error = chip->packed_total == 0               ? STUB_NOT_BEGUN
                    : chip->unpacked < chip->packed_total ? STUB_TOO_LITTLE
                                                          : 0;
    chip->packed_total = 0;
    say(chip, error);
    if (error == 0 && word(chip, 0) == 0)
        fake_chip_power_on(chip);
}

/* All that has come so far is unpacked anew: simple, and the truth. */
static int unpack(struct fake_chip *chip, uint8_t *out, uint32_t *size)
{
    z_stream stream = {
        .next_in = chip->packed,
        .avail_in = (uInt)chip->packed_size,
        .next_out = out,
        .avail_out = (uInt)chip->packed_total,
    };
    if (inflateInit(&stream) != Z_OK)
        abort();
    int result = inflate(&stream, Z_SYNC_FLUSH);
    *size = (uint32_t)stream.total_out;
    inflateEnd(&stream);
    return result;
}

static void deflate_data(struct fake_chip *chip, const uint8_t *data,
                         uint32_t size)
{
    uint32_t total = chip->packed_total;
    uint32_t count;
    uint8_t *out = malloc(total + 1);
    chip->packed = realloc(chip->packed, chip->packed_size + size + 1);
    if (!out || !chip->packed)
        abort();
    memcpy(chip->packed + chip->packed_size, data, size);
    chip->packed_size += size;
    int result = unpack(chip, out, &count);
    bool ok = total > 0 && (result == Z_OK || result == Z_STREAM_END);
    if (ok) {
        fake_flash_write(chip, chip->write_at + chip->unpacked,
                         out + chip->unpacked, count - chip->unpacked);
        chip->unpacked = count;
    }
    free(out);
    if (chip->is_stray)
        chip->flash[chip->flash_size - 1] &= 0xf0;
    say(chip, ok ? 0 : STUB_INFLATE);
}

static void take_data(struct fake_chip *chip)
{
    uint32_t size = word(chip, 0);
    const uint8_t *data = chip->frame + HEADER + DATA_HEADER;
    if (data_size(chip) < DATA_HEADER || size != data_size(chip) - DATA_HEADER)
        say(chip, is_stub(chip) ? STUB_BAD_SIZE : BAD_REQUEST);
    else if (sum(data, size) != chip->frame[4])
        say(chip, is_stub(chip) ? STUB_BAD_CHECKSUM : BAD_CHECKSUM);
    else if (chip->frame[1] == 0x07)
        mem_data(chip, size);
    else if (chip->frame[1] == 0x03)
        flash_data(chip, data, size);
    else
        deflate_data(chip, data, size);
}

/* --- registers --- */

static uint32_t read_register(const struct fake_chip *chip, uint32_t address)
{
    if (address == 0x40001000)
        return chip->mark;
    if (address >= 0x3ff00050 && address < 0x3ff00060)
        return chip->fuses[(address - 0x3ff00050) / 4];
    if (address >= SPI && address < SPI_END)
        return chip->registers[(address - SPI) / 4];
    return 0;
}

static void write_register(struct fake_chip *chip)
{
    uint32_t address = word(chip, 0);
    if (address == SPI)
        fake_flash_command(chip, word(chip, 1));
    else if (address > SPI && address < SPI_END)
        chip->registers[(address - SPI) / 4] = word(chip, 1);
    say(chip, 0);
}

/* --- of the stub alone --- */

static void digest(const uint8_t *data, size_t size, uint8_t md5[16])
{
    struct md5_ctx context;
    md5_init(&context);
    md5_update(&context, size, data);
    md5_digest(&context, 16, md5);
}

static bool is_in_flash(const struct fake_chip *chip)
{
    return word(chip, 0) <= chip->flash_size &&
           word(chip, 1) <= chip->flash_size - word(chip, 0);
}

static void answer_digest(struct fake_chip *chip)
{
    uint8_t md5[16];
    if (!is_in_flash(chip)) {
        say(chip, STUB_BAD_SIZE);
        return;
    }
    digest(chip->flash + word(chip, 0), word(chip, 1), md5);
    answer(chip, 0, md5, sizeof(md5), 0);
}

static void send_ahead(struct fake_chip *chip)
{
    while (chip->read_at < chip->read_end &&
           chip->read_at - chip->read_acknowledged <
               chip->read_window * chip->read_block) {
        uint32_t left = chip->read_end - chip->read_at;
        uint32_t step = left < chip->read_block ? left : chip->read_block;
        fake_chip_send_frame(chip, chip->flash + chip->read_at, step);
        chip->read_at += step;
    }
    if (chip->read_acknowledged < chip->read_end)
        return;
    uint8_t md5[16];
    digest(chip->flash + chip->read_first, chip->read_end - chip->read_first,
           md5);
    fake_chip_send_frame(chip, md5, sizeof(md5));
    chip->is_reading = false;
}

static void begin_reading(struct fake_chip *chip)
{
    bool ok = is_in_flash(chip) && word(chip, 2) > 0 && word(chip, 3) > 0 &&
              word(chip, 2) <= 0x1000 && word(chip, 1) > 0;
    say(chip, ok ? 0 : STUB_BAD_SIZE);
    if (!ok)
        return;
    chip->read_first = chip->read_at = chip->read_acknowledged = word(chip, 0);
    chip->read_end = chip->read_at + word(chip, 1);
    chip->read_block = word(chip, 2);
    chip->read_window = word(chip, 3);
    chip->is_reading = true;
    send_ahead(chip);
}

/* What is no acknowledgement ends the reading. */
static void take_acknowledgement(struct fake_chip *chip)
{
    chip->is_reading = chip->frame_size == 4;
    if (!chip->is_reading)
        return;
    uint32_t count = get(chip->frame);
    if (chip->read_first + count > chip->read_at) {
        chip->is_reading = false;
        return;
    }
    chip->read_acknowledged = chip->read_first + count;
    send_ahead(chip);
}

static void change_baud(struct fake_chip *chip)
{
    say(chip, 0);
    chip->baud = word(chip, 0);
}

static void take_stub_request(struct fake_chip *chip)
{
    switch (chip->frame[1]) {
    case 0x0f:
        change_baud(chip);
        break;
    case 0x10:
        deflate_begin(chip);
        break;
    case 0x11:
        take_data(chip);
        break;
    case 0x12:
        deflate_end(chip);
        break;
    case 0x13:
        answer_digest(chip);
        break;
    case 0xd0:
        fake_flash_erase(chip, 0, chip->flash_size);
        say(chip, 0);
        break;
    case 0xd1:
        if (is_in_flash(chip))
            fake_flash_erase(chip, word(chip, 0), word(chip, 1));
        say(chip, is_in_flash(chip) ? 0 : STUB_BAD_SIZE);
        break;
    case 0xd2:
        begin_reading(chip);
        break;
    default:
        say(chip, STUB_UNKNOWN);
    }
}

/* --- all requests --- */

static bool has_size_of(const struct fake_chip *chip)
{
    size_t size = data_size(chip);
    switch (chip->frame[1]) {
    case 0x02:
    case 0x10:
        return size == (is_stub(chip) ? 20 : 16);
    case 0x05:
    case 0x13:
    case 0xd2:
        return size == 16;
    case 0x09:
        return size == 16;
    case 0x06:
    case 0x0f:
    case 0xd1:
        return size == 8;
    case 0x04:
    case 0x0a:
    case 0x12:
        return size == 4;
    case 0xd0:
        return size == 0;
    default:
        return true;
    }
}

static bool has_right_sum(const struct fake_chip *chip)
{
    bool is_data = chip->frame[1] == 0x03 || chip->frame[1] == 0x07 ||
                   chip->frame[1] == 0x11;
    return is_data || !is_stub(chip) || !chip->is_strict ||
           sum(chip->frame + HEADER, data_size(chip)) == chip->frame[4];
}

static void answer_sync(struct fake_chip *chip)
{
    for (int i = 0; i < 8; i++)
        answer(chip, is_stub(chip) ? 0 : 0x20120707, NULL, 0, 0);
}

static void take_request(struct fake_chip *chip)
{
    switch (chip->frame[1]) {
    case 0x02:
        flash_begin(chip);
        break;
    case 0x03:
    case 0x07:
        take_data(chip);
        break;
    case 0x04:
        flash_end(chip);
        break;
    case 0x05:
        mem_begin(chip);
        break;
    case 0x06:
        mem_end(chip);
        break;
    case 0x08:
        answer_sync(chip);
        break;
    case 0x09:
        write_register(chip);
        break;
    case 0x0a:
        answer(chip, read_register(chip, word(chip, 0)), NULL, 0, 0);
        break;
    default:
        if (is_stub(chip))
            take_stub_request(chip);
        else
            say(chip, BAD_REQUEST);
    }
}

void fake_loader_take(struct fake_chip *chip)
{
    const uint8_t *frame = chip->frame;
    if (chip->is_reading) {
        take_acknowledgement(chip);
        return;
    }
    if (chip->frame_size < HEADER || frame[0] != 0 ||
        (chip->unanswered && frame[1] == chip->unanswered))
        return;
    size_t size = (size_t)frame[2] | (size_t)frame[3] << 8;
    if (size != data_size(chip) || !has_size_of(chip) || !has_right_sum(chip))
        say(chip, BAD_REQUEST);
    else
        take_request(chip);
}
