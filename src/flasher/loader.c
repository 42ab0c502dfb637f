/* SPDX-License-Identifier: Apache-2.0 */
/* Frames, requests and answers. */
#include "otatool/loader.h"
#include "loader_parts.h"
#include "otatool/bytes.h"
#include <stdlib.h>
#include <string.h>

enum { HEADER = 8, STATUS = 2, REQUEST = 0, ANSWER = 1, INVALID_MESSAGE = 5 };
enum { SYNC_MS = 100, SYNC_TRIES = 5, SYNC_ANSWERS = 8 };

void ota_loader_init(struct ota_loader *loader, struct ota_port *port)
{
    memset(loader, 0, sizeof(*loader));
    loader->port = port;
    loader->baud = LOADER_START_BAUD;
    loader->slip.data = loader->frame;
    loader->slip.capacity = sizeof(loader->frame);
}

/* --- what arrives --- */

void loader_discard(struct ota_loader *loader)
{
    loader->port->discard(loader->port->context);
    loader->chunk_size = loader->chunk_at = 0;
    loader->slip.state = OTA_SLIP_OUTSIDE;
}

static void keep_stray(struct ota_loader *loader, uint8_t byte)
{
    if (loader->stray_size == OTA_LOADER_STRAY) {
        loader->stray_size -= OTA_LOADER_STRAY / 4;
        memmove(loader->stray, loader->stray + OTA_LOADER_STRAY / 4,
                loader->stray_size);
    }
    loader->stray[loader->stray_size++] = (char)byte;
}

/* False where the port is gone; *has_byte false where time is over. */
static bool next_byte(struct ota_loader *loader, uint64_t end, uint8_t *byte,
                      bool *has_byte, struct ota_error *err)
{
    struct ota_port *port = loader->port;
    if (loader->chunk_at == loader->chunk_size) {
        uint64_t now = port->now_ms(port->context);
        uint32_t left = now < end ? (uint32_t)(end - now) : 0;
        loader->chunk_at = loader->chunk_size = 0;
        if (!port->read(port->context, loader->chunk, sizeof(loader->chunk),
                        left, &loader->chunk_size, err)) {
            loader->chunk_size = 0;
            return false;
        }
        loader->received += loader->chunk_size;
    }
    *has_byte = loader->chunk_at < loader->chunk_size;
    if (*has_byte)
        *byte = loader->chunk[loader->chunk_at++];
    return true;
}

static bool timed_out(struct ota_loader *loader, struct ota_error *err)
{
    loader->faults++;
    return ota_fail(err, OTA_E_LOADER_TIMEOUT);
}

bool loader_frame(struct ota_loader *loader, uint64_t end,
                  struct ota_error *err)
{
    struct ota_port *port = loader->port;
    uint8_t byte = 0;
    bool has_byte;
    for (;;) {
        if (!next_byte(loader, end, &byte, &has_byte, err))
            return false;
        if (!has_byte && port->now_ms(port->context) >= end)
            return timed_out(loader, err);
        if (!has_byte)
            continue;
        switch (ota_slip_take(&loader->slip, byte)) {
        case OTA_SLIP_FRAME:
            return true;
        case OTA_SLIP_STRAY:
            keep_stray(loader, byte);
            break;
        case OTA_SLIP_WRONG:
            loader->faults++;
            break;
        case OTA_SLIP_MORE:
            break;
        }
    }
}

bool loader_listen(struct ota_loader *loader, uint32_t ms,
                   struct ota_error *err)
{
    struct ota_error silence;
    uint64_t end = loader->port->now_ms(loader->port->context) + ms;
    while (loader_frame(loader, end, &silence))
        ;
    return silence.code == OTA_E_LOADER_TIMEOUT || ota_error_set(err, silence);
}

/* --- requests --- */

bool loader_send(struct ota_loader *loader, const uint8_t *data, size_t size,
                 struct ota_error *err)
{
    uint8_t *frame = malloc(OTA_SLIP_ENCODED(size));
    if (!frame)
        return ota_fail(err, OTA_E_MEMORY);
    bool ok = loader->port->write(loader->port->context, frame,
                                  ota_slip_encode(frame, data, size), err);
    free(frame);
    return ok;
}

static uint8_t checksum(const uint8_t *data, size_t size)
{
    uint8_t sum = OTA_IMAGE_CHECKSUM_START;
    for (size_t i = 0; i < size; i++)
        sum ^= data[i];
    return sum;
}

bool loader_request(struct ota_loader *loader,
                    const struct ota_loader_request *request,
                    struct ota_error *err)
{
    size_t head = HEADER + 4 * request->word_count;
    size_t size = head + request->size;
    uint8_t *packet = malloc(size);
    if (!packet)
        return ota_fail(err, OTA_E_MEMORY);
    packet[0] = REQUEST;
    packet[1] = (uint8_t)request->command;
    write_le16(packet + 2, (uint16_t)(size - HEADER));
    for (size_t i = 0; i < request->word_count; i++)
        write_le32(packet + HEADER + 4 * i, request->words[i]);
    if (request->size)
        memcpy(packet + head, request->data, request->size);
    size_t from = request->size ? head : HEADER;
    write_le32(packet + 4, checksum(packet + from, size - from));
    bool ok = loader_send(loader, packet, size, err);
    free(packet);
    return ok;
}

/* --- answers --- */

const char *ota_loader_reason(uint32_t code)
{
    static const char *const reasons[] = {
        [0x01] = "a parameter is invalid",
        [0x02] = "no memory",
        [0x03] = "sending failed",
        [0x04] = "receiving failed",
        [0x05] = "the request is unknown or damaged",
        [0x06] = "it was understood, but did not work",
        [0x07] = "the data's checksum is wrong",
        [0x08] = "the flash did not take the data",
        [0x09] = "the flash cannot be read",
        [0x0a] = "the length to read is wrong",
        [0x0b] = "the compressed data are damaged",
        [0x0c] = "the compressed data's checksum is wrong",
    };
    switch (code) {
    case 0xc0:
        return "the data have another length than told";
    case 0xc1:
        return "the data's checksum is wrong";
    case 0xc2:
    case 0xca:
        return "the block is too long or comes out of turn";
    case 0xc4:
        return "the flash cannot be erased, written or read there";
    case 0xc5:
        return "the flash cannot be unlocked";
    case 0xc6:
        return "data come without a beginning";
    case 0xc7:
        return "the compressed data are damaged";
    case OTA_LOADER_TOO_LITTLE:
        return "there are less data than announced";
    case 0xc9:
        return "there are more data than announced";
    case 0xc3:
    case 0xff:
        return "the request is unknown";
    default:
        return code < sizeof(reasons) / sizeof(reasons[0]) ? reasons[code]
                                                           : NULL;
    }
}

enum verdict { OTHER, GOOD, REFUSED };

/* Answers to something else, late ones, are passed over. */
static enum verdict judge(struct ota_loader *loader,
                          const struct ota_loader_request *request,
                          uint8_t *error)
{
    const uint8_t *frame = loader->frame;
    size_t size = loader->slip.size;
    if (size >= HEADER && frame[0] == REQUEST)
        loader->has_echo = true;
    if (size < HEADER + STATUS || frame[0] != ANSWER ||
        read_le16(frame + 2) != size - HEADER)
        return OTHER;
    const uint8_t *data = frame + HEADER;
    *error = data[1];
    if (frame[1] != request->command)
        return data[0] && data[1] == INVALID_MESSAGE ? REFUSED : OTHER;
    if (size < HEADER + request->answer_size + STATUS)
        return data[0] ? REFUSED : OTHER;
    *error = data[request->answer_size + 1];
    return data[request->answer_size] ? REFUSED : GOOD;
}

/* Ten bits a byte, and each may have to be escaped. */
uint32_t loader_line_ms(const struct ota_loader *loader, size_t size)
{
    return (uint32_t)(size * 20 * 1000 / loader->baud);
}

static bool await_answer(struct ota_loader *loader,
                         const struct ota_loader_request *request,
                         struct ota_error *err)
{
    struct ota_port *port = loader->port;
    uint64_t end = port->now_ms(port->context) + request->timeout_ms +
                   loader_line_ms(loader, request->size);
    uint8_t error;
    while (loader_frame(loader, end, err))
        switch (judge(loader, request, &error)) {
        case GOOD:
            return true;
        case REFUSED:
            loader->faults++;
            return ota_fail(err, OTA_E_LOADER_REFUSED, .part = "request",
                            .index = request->command, .actual = error,
                            .detail = ota_loader_reason(error));
        case OTHER:
            loader->faults++;
            break;
        }
    return false;
}

/* The loader says that a request came to it damaged, so it did nothing: by
 * its length or its checksum, the stub's reasons and the ROM's. */
static bool came_damaged(const struct ota_error *err)
{
    return err->code == OTA_E_LOADER_REFUSED &&
           (err->actual == 0xc0 || err->actual == 0xc1 || err->actual == 0x07);
}

/* What came damaged is sent once more: that costs a request, where setting
 * the line up anew costs the run. */
static bool request_answer(struct ota_loader *loader,
                           const struct ota_loader_request *request,
                           struct ota_error *err)
{
    enum { TRIES = 4 };
    struct ota_error own;
    err = err ? err : &own;
    for (int i = 0; i < TRIES; i++) {
        if (!loader_request(loader, request, err))
            return false;
        if (await_answer(loader, request, err))
            return true;
        if (!came_damaged(err))
            return false;
    }
    return false;
}

bool ota_loader_ask(struct ota_loader *loader,
                    const struct ota_loader_request *request, uint32_t *value,
                    uint8_t *data, struct ota_error *err)
{
    if (!request_answer(loader, request, err))
        return false;
    if (value)
        *value = read_le32(loader->frame + 4);
    if (data)
        memcpy(data, loader->frame + HEADER, request->answer_size);
    return true;
}

/* --- simple requests --- */

/* A pattern from which the ROM measures the speed: 07 07 12 20, 32 times
 * 55. It answers several times, the stub with a value of 0. */
static bool sync_once(struct ota_loader *loader, struct ota_error *err)
{
    struct ota_loader_request sync = {
        .command = OTA_LOADER_SYNC,
        .words = {0x20120707, 0x55555555, 0x55555555, 0x55555555, 0x55555555,
                  0x55555555, 0x55555555, 0x55555555, 0x55555555},
        .word_count = 9,
        .timeout_ms = SYNC_MS,
    };
    uint32_t value;
    uint32_t all = 0;
    if (!ota_loader_ask(loader, &sync, &value, NULL, err))
        return false;
    all |= value;
    uint32_t faults = loader->faults;
    for (int i = 1; i < SYNC_ANSWERS && await_answer(loader, &sync, err); i++)
        all |= read_le32(loader->frame + 4);
    loader->faults = faults;
    loader->is_stub = all == 0;
    return loader_listen(loader, 1, err);
}

bool ota_loader_sync(struct ota_loader *loader, struct ota_error *err)
{
    struct ota_error own;
    err = err ? err : &own;
    for (int i = 0; i < SYNC_TRIES; i++) {
        loader_discard(loader);
        if (sync_once(loader, err))
            return true;
        if (err->code == OTA_E_SERIAL_LOST)
            return false;
        loader->port->wait_ms(loader->port->context, SYNC_MS / 2);
    }
    return false;
}

bool ota_loader_read_word(struct ota_loader *loader, uint32_t address,
                          uint32_t *value, struct ota_error *err)
{
    struct ota_loader_request request = {
        .command = OTA_LOADER_READ_REG,
        .words = {address},
        .word_count = 1,
        .timeout_ms = LOADER_PROMPT_MS,
    };
    return ota_loader_ask(loader, &request, value, NULL, err);
}

bool ota_loader_write_word(struct ota_loader *loader, uint32_t address,
                           uint32_t value, struct ota_error *err)
{
    struct ota_loader_request request = {
        .command = OTA_LOADER_WRITE_REG,
        .words = {address, value, UINT32_MAX, 0},
        .word_count = 4,
        .timeout_ms = LOADER_PROMPT_MS,
    };
    return ota_loader_ask(loader, &request, NULL, NULL, err);
}
