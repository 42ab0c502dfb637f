/* SPDX-License-Identifier: Apache-2.0 */
#include "stub/stub.h"
#include "stub/md5.h"
#include <string.h>

enum { MOST_EXTRA = MD5_SIZE };

/* An answer in the making. */
struct answer {
    uint32_t value;
    uint8_t extra[MOST_EXTRA];
    uint32_t extra_size;
};

struct request {
    const struct loader_header *header;
    const uint32_t *words;
    uint32_t size;
};

void stub_begin(struct stub *stub, const struct stub_chip *chip)
{
    memset(stub, 0, sizeof(*stub));
    stub->chip = chip;
}

void stub_greet(struct stub *stub)
{
    stub->chip->put("OHAI", 4);
    stub->chip->end_packet();
}

static void send(struct stub *stub, uint8_t command, enum stub_error error,
                 const struct answer *answer)
{
    const uint8_t status[2] = {error != STUB_FINE, (uint8_t)error};
    uint32_t extra = error == STUB_FINE ? answer->extra_size : 0;
    const struct loader_header header = {
        .direction = LOADER_ANSWER,
        .command = command,
        .size = (uint16_t)(extra + sizeof(status)),
        .value = answer->value,
    };
    stub->chip->put(&header, sizeof(header));
    stub->chip->put(answer->extra, extra);
    stub->chip->put(status, sizeof(status));
    stub->chip->end_packet();
}

static void acknowledge(struct stub *stub, const struct request *request)
{
    const struct answer nothing = {.value = 0};
    send(stub, request->header->command, STUB_FINE, &nothing);
}

/* --- memory, registers, the line ---------------------------------------- */

/* So often does the ROM answer, and the host counts. */
static enum stub_error sync(struct stub *stub, const struct request *request,
                            struct answer *answer)
{
    (void)answer;
    for (uint32_t i = 1; i < LOADER_SYNC_ANSWERS; i++)
        acknowledge(stub, request);
    return STUB_FINE;
}

static enum stub_error read_register(struct stub *stub,
                                     const struct request *request,
                                     struct answer *answer)
{
    if (request->words[0] % 4 != 0)
        return STUB_BAD_ADDRESS;
    answer->value = stub->chip->load(request->words[0]);
    return STUB_FINE;
}

/* Orders of address, value, mask and delay, as many as there are. */
static enum stub_error write_register(struct stub *stub,
                                      const struct request *request,
                                      struct answer *answer)
{
    enum { ORDER_WORDS = 4 };
    const uint32_t *order = request->words;
    (void)answer;
    for (uint32_t left = request->size / (ORDER_WORDS * 4); left > 0; left--) {
        uint32_t value = order[1] & order[2];
        if (order[0] % 4 != 0)
            return STUB_BAD_ADDRESS;
        if (order[2] != UINT32_MAX)
            value |= stub->chip->load(order[0]) & ~order[2];
        stub->chip->store(order[0], value);
        stub->chip->delay_us(order[3]);
        order += ORDER_WORDS;
    }
    return STUB_FINE;
}

/* The answer goes out at the old speed. */
static enum stub_error change_speed(struct stub *stub,
                                    const struct request *request,
                                    struct answer *answer)
{
    (void)answer;
    if (!stub->chip->can_speed(request->words[0], request->words[1]))
        return STUB_BAD_SIZE;
    return STUB_FINE;
}

static enum stub_error nothing(struct stub *stub, const struct request *request,
                               struct answer *answer)
{
    (void)stub;
    (void)request;
    (void)answer;
    return STUB_FINE;
}

/* --- blocks ------------------------------------------------------------- */

static enum stub_error check_block(const struct loader_begin *begun,
                                   const struct request *request)
{
    const struct loader_block *block = (const void *)request->words;
    if (block->size != request->size - sizeof(*block))
        return STUB_BAD_SIZE;
    if (block->size > begun->block_size || block->number >= begun->blocks)
        return STUB_BAD_BLOCK;
    if (loader_checksum((const uint8_t *)(block + 1), block->size) !=
        (uint8_t)request->header->value)
        return STUB_BAD_CHECKSUM;
    return STUB_FINE;
}

static enum stub_error memory_begin(struct stub *stub,
                                    const struct request *request,
                                    struct answer *answer)
{
    (void)answer;
    memcpy(&stub->memory, request->words, sizeof(stub->memory));
    if ((stub->memory.address | stub->memory.block_size) % 4 == 0)
        return STUB_FINE;
    stub->memory.blocks = 0;
    return STUB_BAD_ADDRESS;
}

static enum stub_error memory_data(struct stub *stub,
                                   const struct request *request,
                                   struct answer *answer)
{
    const struct loader_block *block = (const void *)request->words;
    const uint32_t *words = (const uint32_t *)(block + 1);
    enum stub_error error = check_block(&stub->memory, request);
    (void)answer;
    if (error != STUB_FINE)
        return error;
    uint32_t at =
        stub->memory.address + block->number * stub->memory.block_size;
    for (uint32_t i = 0; i < block->size; i += 4)
        stub->chip->store(at + i, words[i / 4]);
    return STUB_FINE;
}

static enum stub_error memory_end(struct stub *stub,
                                  const struct request *request,
                                  struct answer *answer)
{
    (void)answer;
    if (request->words[0] == 0) {
        stub->entry = request->words[1];
        stub->next = STUB_CALLS;
    }
    return STUB_FINE;
}

/* --- writing flash ------------------------------------------------------ */

static enum stub_error begin(struct stub *stub, const struct request *request)
{
    stub->writing = STUB_IDLE;
    stub->late_error = STUB_FINE;
    stub->next_block = 0;
    memcpy(&stub->flash, request->words, sizeof(stub->flash));
    return writer_begin(&stub->writer, &stub->chip->flash, stub->flash.address,
                        stub->flash.size)
               ? STUB_FINE
               : STUB_FLASH_REFUSED;
}

static enum stub_error flash_begin(struct stub *stub,
                                   const struct request *request,
                                   struct answer *answer)
{
    enum stub_error error = begin(stub, request);
    (void)answer;
    if (error == STUB_FINE)
        stub->writing = STUB_PLAIN;
    return error;
}

static enum stub_error deflate_begin(struct stub *stub,
                                     const struct request *request,
                                     struct answer *answer)
{
    enum stub_error error = begin(stub, request);
    (void)answer;
    if (error != STUB_FINE)
        return error;
    inflate_begin(&stub->inflate, (uint8_t *)stub->window);
    stub->writing = STUB_DEFLATED;
    return STUB_FINE;
}

/* The last block is filled up, beyond what was to be written. */
static enum stub_error write_plain(struct stub *stub, const uint8_t *data,
                                   uint32_t size)
{
    uint32_t left = writer_left(&stub->writer);
    if (left == 0)
        return STUB_TOO_MUCH;
    return writer_put(&stub->writer, data, size < left ? size : left)
               ? STUB_FINE
               : STUB_FLASH_REFUSED;
}

static enum stub_error write_piece(struct stub *stub)
{
    const uint8_t *piece;
    uint32_t size = inflate_take(&stub->inflate, &piece);
    if (size > writer_left(&stub->writer))
        return STUB_TOO_MUCH;
    return writer_put(&stub->writer, piece, size) ? STUB_FINE
                                                  : STUB_FLASH_REFUSED;
}

static enum stub_error write_deflated(struct stub *stub, const uint8_t *data,
                                      uint32_t size)
{
    struct inflate *inflate = &stub->inflate;
    inflate->input = data;
    inflate->input_size = size;
    for (;;) {
        enum stub_error error;
        switch (inflate_run(inflate)) {
        case INFLATE_OUTPUT:
            error = write_piece(stub);
            if (error != STUB_FINE)
                return error;
            break;
        case INFLATE_HUNGRY:
            return STUB_FINE;
        case INFLATE_DONE:
            return writer_left(&stub->writer) == 0 ? STUB_FINE
                                                   : STUB_TOO_LITTLE;
        default:
            return STUB_BAD_STREAM;
        }
    }
}

/* Answers before it writes, and tells its own failure the next time. */
static void write_block(struct stub *stub, const struct request *request)
{
    const struct loader_block *block = (const void *)request->words;
    const uint8_t *data = (const uint8_t *)(block + 1);
    acknowledge(stub, request);
    if (block->number + 1 == stub->next_block)
        return;
    stub->next_block++;
    stub->late_error = stub->writing == STUB_PLAIN
                           ? write_plain(stub, data, block->size)
                           : write_deflated(stub, data, block->size);
}

static enum stub_error check_flash_block(struct stub *stub,
                                         const struct request *request)
{
    const struct loader_block *block = (const void *)request->words;
    bool is_plain = request->header->command == LOADER_FLASH_DATA;
    if (request->size < sizeof(*block))
        return STUB_BAD_SIZE;
    if (stub->writing != (is_plain ? STUB_PLAIN : STUB_DEFLATED))
        return STUB_NOT_WRITING;
    enum stub_error error = check_block(&stub->flash, request);
    if (error != STUB_FINE)
        return error;
    if (block->number != stub->next_block &&
        block->number + 1 != stub->next_block)
        return STUB_OUT_OF_ORDER;
    return stub->late_error;
}

static enum stub_error flash_data(struct stub *stub,
                                  const struct request *request)
{
    enum stub_error error = check_flash_block(stub, request);
    if (error == STUB_FINE)
        write_block(stub, request);
    return error;
}

/* Of plain and of deflated data: 0 restarts the chip. */
static enum stub_error flash_end(struct stub *stub,
                                 const struct request *request,
                                 struct answer *answer)
{
    (void)answer;
    if (stub->writing == STUB_IDLE)
        return STUB_NOT_WRITING;
    stub->writing = STUB_IDLE;
    if (stub->late_error != STUB_FINE)
        return stub->late_error;
    if (writer_left(&stub->writer) > 0)
        return STUB_TOO_LITTLE;
    if (request->words[0] == 0)
        stub->next = STUB_RESTARTS;
    return STUB_FINE;
}

static enum stub_error erase_flash(struct stub *stub,
                                   const struct request *request,
                                   struct answer *answer)
{
    const struct stub_flash *flash = &stub->chip->flash;
    (void)request;
    (void)answer;
    return flash->erase(0, flash->size) ? STUB_FINE : STUB_FLASH_REFUSED;
}

static enum stub_error erase_region(struct stub *stub,
                                    const struct request *request,
                                    struct answer *answer)
{
    uint32_t offset = request->words[0];
    uint32_t size = request->words[1];
    const struct stub_flash *flash = &stub->chip->flash;
    (void)answer;
    if ((offset | size) % STUB_SECTOR != 0)
        return STUB_BAD_ADDRESS;
    if (offset > flash->size || size > flash->size - offset)
        return STUB_FLASH_REFUSED;
    for (uint32_t end = offset + size; offset < end; offset += size) {
        bool is_block = offset % STUB_BLOCK == 0 && end - offset >= STUB_BLOCK;
        size = is_block ? STUB_BLOCK : STUB_SECTOR;
        if (!flash->erase(offset, size))
            return STUB_FLASH_REFUSED;
    }
    return STUB_FINE;
}

/* --- reading flash ------------------------------------------------------ */

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

static enum stub_error md5(struct stub *stub, const struct request *request,
                           struct answer *answer)
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
static enum stub_error read_flash(struct stub *stub,
                                  const struct request *request)
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
    acknowledge(stub, request);
    md5_begin(&reading.sum);
    if (!send_all(stub, &reading))
        return STUB_FINE;
    md5_end(&reading.sum, digest);
    stub->chip->put(digest, sizeof(digest));
    stub->chip->end_packet();
    return STUB_FINE;
}

static enum stub_error run_flash(struct stub *stub,
                                 const struct request *request,
                                 struct answer *answer)
{
    (void)request;
    (void)answer;
    stub->next = STUB_RUNS_FLASH;
    return STUB_FINE;
}

/* --- requests ----------------------------------------------------------- */

/* Only blocks have a checksum. The sizes are bounds against a bit that makes
 * one command another: from data to FLASH_BEGIN, from a region to all. */
struct row {
    enum loader_command command;
    uint32_t least_size;
    uint32_t most_size;
    enum stub_error (*run)(struct stub *stub, const struct request *request,
                           struct answer *answer);
};

enum { BEGIN = sizeof(struct loader_begin), NUMBER = 4, SOME = 64 };

static const struct row rows[] = {
    {LOADER_FLASH_BEGIN, BEGIN, BEGIN + NUMBER, flash_begin},
    {LOADER_FLASH_END, NUMBER, NUMBER, flash_end},
    {LOADER_MEM_BEGIN, BEGIN, BEGIN, memory_begin},
    {LOADER_MEM_DATA, sizeof(struct loader_block), STUB_PACKET, memory_data},
    {LOADER_MEM_END, 2 * NUMBER, 2 * NUMBER, memory_end},
    {LOADER_SYNC, 0, SOME, sync},
    {LOADER_WRITE_REGISTER, 4 * NUMBER, STUB_PACKET, write_register},
    {LOADER_READ_REGISTER, NUMBER, NUMBER, read_register},
    {LOADER_SPI_PARAMETERS, 0, SOME, nothing}, /* the flash tells its own */
    {LOADER_SPI_ATTACH, 0, SOME, nothing},
    {LOADER_SPEED, 2 * NUMBER, 2 * NUMBER, change_speed},
    {LOADER_DEFLATE_BEGIN, BEGIN, BEGIN + NUMBER, deflate_begin},
    {LOADER_DEFLATE_END, NUMBER, NUMBER, flash_end},
    {LOADER_MD5, 2 * NUMBER, 4 * NUMBER, md5},
    {LOADER_ERASE_FLASH, 0, 0, erase_flash},
    {LOADER_ERASE_REGION, 2 * NUMBER, 2 * NUMBER, erase_region},
    {LOADER_RUN_FLASH, 0, 0, run_flash},
};

static enum stub_error execute(struct stub *stub, const struct request *request,
                               struct answer *answer)
{
    for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const struct row *row = &rows[i];
        if (row->command != request->header->command)
            continue;
        return request->size >= row->least_size &&
                       request->size <= row->most_size
                   ? row->run(stub, request, answer)
                   : STUB_BAD_SIZE;
    }
    return STUB_UNKNOWN;
}

/* Those that answer themselves when all is fine, in the midst of their work. */
static bool answers_itself(uint8_t command)
{
    return command == LOADER_FLASH_DATA || command == LOADER_DEFLATE_DATA ||
           command == LOADER_READ_FLASH;
}

static void answer_request(struct stub *stub, const struct request *request)
{
    struct answer answer = {.value = 0};
    uint8_t command = request->header->command;
    enum stub_error error;
    if (request->header->size != request->size)
        error = STUB_BAD_SIZE;
    else if (!answers_itself(command))
        error = execute(stub, request, &answer);
    else if (command == LOADER_READ_FLASH)
        error = read_flash(stub, request);
    else
        error = flash_data(stub, request);
    if (error != STUB_FINE || !answers_itself(command))
        send(stub, command, error, &answer);
    if (error == STUB_FINE && command == LOADER_SPEED)
        stub->chip->set_speed(request->words[0], request->words[1]);
}

enum stub_next stub_serve(struct stub *stub)
{
    stub->next = STUB_GOES_ON;
    if (!stub->has_packet && !stub->chip->receive(&stub->packet, true))
        return STUB_IS_LEFT;
    stub->has_packet = false;
    const struct loader_header *header = (const void *)stub->packet.data;
    if (stub->packet.size < sizeof(*header) ||
        header->direction != LOADER_REQUEST)
        return STUB_GOES_ON;
    const struct request request = {
        .header = header,
        .words = (const uint32_t *)(header + 1),
        .size = stub->packet.size - (uint32_t)sizeof(*header),
    };
    answer_request(stub, &request);
    return stub->next;
}
