/* SPDX-License-Identifier: Apache-2.0 */
#include "stub/stub_parts.h"
#include <string.h>

enum { PIECE = 1024 };

/* Up to PIECE bytes from any offset, in the window; NULL: refused. */
static const uint8_t *look(struct stub *stub, uint32_t offset, uint32_t size)
{
    uint32_t from = offset & ~UINT32_C(3);
    uint32_t count = (offset + size - from + 3) & ~UINT32_C(3);
    if (!stub->chip->flash.read(from, stub->window, count))
        return NULL;
    return (const uint8_t *)stub->window + (offset - from);
}

static uint32_t smaller(uint32_t left, uint32_t right)
{
    return left < right ? left : right;
}

/* The window is about to be used for something else than inflating. */
static bool leave_writing(struct stub *stub, uint32_t offset, uint32_t size)
{
    stub->writing = STUB_IDLE;
    return offset <= stub->chip->flash.size &&
           size <= stub->chip->flash.size - offset;
}

enum stub_error stub_md5(struct stub *stub, const struct stub_request *request,
                         struct stub_answer *answer)
{
    uint32_t offset = request->words[0];
    uint32_t size = request->words[1];
    struct md5 sum;
    if (!leave_writing(stub, offset, size))
        return STUB_FLASH_REFUSED;
    md5_begin(&sum);
    while (size > 0) {
        uint32_t step = smaller(size, PIECE);
        const uint8_t *data = look(stub, offset, step);
        if (!data)
            return STUB_FLASH_REFUSED;
        md5_add(&sum, data, step);
        offset += step;
        size -= step;
    }
    md5_end(&sum, answer->extra);
    answer->extra_size = MD5_SIZE;
    return STUB_FINE;
}

enum { READ_WORDS = 4 };

/* What a host that reads has asked for, READ_WORDS, and where both are. */
struct reading {
    uint32_t offset;
    uint32_t size;
    uint32_t packet_size;
    uint32_t most_in_flight; /* packets */
    uint32_t sent;
    uint32_t acknowledged;
    struct md5 sum;
};

static bool send_part(struct stub *stub, struct reading *reading)
{
    uint32_t left =
        smaller(reading->packet_size, reading->size - reading->sent);
    while (left > 0) {
        uint32_t step = smaller(left, PIECE);
        const uint8_t *data = look(stub, reading->offset + reading->sent, step);
        if (!data)
            return false;
        md5_add(&reading->sum, data, step);
        stub->chip->put(data, step);
        reading->sent += step;
        left -= step;
    }
    stub->chip->end_packet();
    return true;
}

/* The host says how much it has. Any other packet is a request, from a host
 * that has given up. */
static bool take_acknowledgement(struct stub *stub, struct reading *reading,
                                 bool wait)
{
    struct stub_packet packet;
    while (stub->chip->receive(&packet, wait)) {
        if (packet.size != sizeof(uint32_t)) {
            stub->packet = packet;
            stub->has_packet = true;
            return false;
        }
        uint32_t had = *(const uint32_t *)packet.data;
        if (had <= reading->sent)
            reading->acknowledged = had;
        if (wait)
            return true;
    }
    return !wait;
}

static bool may_send(const struct reading *reading)
{
    uint32_t in_flight = reading->sent - reading->acknowledged;
    return reading->sent < reading->size &&
           in_flight / reading->packet_size < reading->most_in_flight;
}

static bool send_all(struct stub *stub, struct reading *reading)
{
    while (reading->acknowledged < reading->size) {
        bool sends = may_send(reading);
        if (sends && !send_part(stub, reading))
            return false;
        if (!take_acknowledgement(stub, reading, !sends))
            return false;
    }
    return true;
}

/* Answers, sends, and ends with the digest. */
enum stub_error stub_read_flash(struct stub *stub,
                                const struct stub_request *request)
{
    struct reading reading = {.sent = 0};
    uint8_t digest[MD5_SIZE];
    if (request->size != READ_WORDS * sizeof(uint32_t))
        return STUB_BAD_SIZE;
    memcpy(&reading, request->words, request->size);
    if (reading.packet_size == 0 || reading.most_in_flight == 0)
        return STUB_BAD_BLOCK;
    if (!leave_writing(stub, reading.offset, reading.size))
        return STUB_FLASH_REFUSED;
    stub_acknowledge(stub, request);
    md5_begin(&reading.sum);
    if (!send_all(stub, &reading))
        return STUB_FINE;
    md5_end(&reading.sum, digest);
    stub->chip->put(digest, sizeof(digest));
    stub->chip->end_packet();
    return STUB_FINE;
}
