/* SPDX-License-Identifier: Apache-2.0 */
#include "stub/stub_parts.h"
#include <string.h>

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
                 const struct stub_answer *answer)
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

void stub_acknowledge(struct stub *stub, const struct stub_request *request)
{
    const struct stub_answer nothing = {.value = 0};
    send(stub, request->header->command, STUB_FINE, &nothing);
}

/* --- memory, registers, the line ---------------------------------------- */

/* So often does the ROM answer, and the host counts. */
static enum stub_error sync(struct stub *stub,
                            const struct stub_request *request,
                            struct stub_answer *answer)
{
    (void)answer;
    for (uint32_t i = 1; i < LOADER_SYNC_ANSWERS; i++)
        stub_acknowledge(stub, request);
    return STUB_FINE;
}

static enum stub_error read_register(struct stub *stub,
                                     const struct stub_request *request,
                                     struct stub_answer *answer)
{
    if (request->words[0] % 4 != 0)
        return STUB_BAD_ADDRESS;
    answer->value = stub->chip->load(request->words[0]);
    return STUB_FINE;
}

/* Orders of address, value, mask and delay, as many as there are. */
static enum stub_error write_register(struct stub *stub,
                                      const struct stub_request *request,
                                      struct stub_answer *answer)
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
                                    const struct stub_request *request,
                                    struct stub_answer *answer)
{
    (void)answer;
    if (!stub->chip->can_speed(request->words[0], request->words[1]))
        return STUB_BAD_SIZE;
    return STUB_FINE;
}

static enum stub_error nothing(struct stub *stub,
                               const struct stub_request *request,
                               struct stub_answer *answer)
{
    (void)stub;
    (void)request;
    (void)answer;
    return STUB_FINE;
}

static enum stub_error memory_begin(struct stub *stub,
                                    const struct stub_request *request,
                                    struct stub_answer *answer)
{
    (void)answer;
    memcpy(&stub->memory, request->words, sizeof(stub->memory));
    if ((stub->memory.address | stub->memory.block_size) % 4 == 0)
        return STUB_FINE;
    stub->memory.blocks = 0;
    return STUB_BAD_ADDRESS;
}

static enum stub_error memory_data(struct stub *stub,
                                   const struct stub_request *request,
                                   struct stub_answer *answer)
{
    const struct loader_block *block = (const void *)request->words;
    const uint32_t *words = (const uint32_t *)(block + 1);
    enum stub_error error = stub_check_block(&stub->memory, request);
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
                                  const struct stub_request *request,
                                  struct stub_answer *answer)
{
    (void)answer;
    if (request->words[0] == 0) {
        stub->entry = request->words[1];
        stub->next = STUB_CALLS;
    }
    return STUB_FINE;
}

static enum stub_error run_flash(struct stub *stub,
                                 const struct stub_request *request,
                                 struct stub_answer *answer)
{
    (void)request;
    (void)answer;
    stub->next = STUB_RUNS_FLASH;
    return STUB_FINE;
}

/* --- requests ----------------------------------------------------------- */

/* The sizes are bounds against a bit that makes
 * one command another: from data to FLASH_BEGIN, from a region to all. */
struct row {
    enum loader_command command;
    uint32_t least_size;
    uint32_t most_size;
    enum stub_error (*run)(struct stub *stub,
                           const struct stub_request *request,
                           struct stub_answer *answer);
};

enum { BEGIN = sizeof(struct loader_begin), NUMBER = 4, SOME = 64 };

static const struct row rows[] = {
    {LOADER_FLASH_BEGIN, BEGIN, BEGIN + NUMBER, stub_flash_begin},
    {LOADER_FLASH_END, NUMBER, NUMBER, stub_flash_end},
    {LOADER_MEM_BEGIN, BEGIN, BEGIN, memory_begin},
    {LOADER_MEM_DATA, sizeof(struct loader_block), STUB_PACKET, memory_data},
    {LOADER_MEM_END, 2 * NUMBER, 2 * NUMBER, memory_end},
    {LOADER_SYNC, 0, SOME, sync},
    {LOADER_WRITE_REGISTER, 4 * NUMBER, STUB_PACKET, write_register},
    {LOADER_READ_REGISTER, NUMBER, NUMBER, read_register},
    {LOADER_SPI_PARAMETERS, 0, SOME, nothing}, /* the flash tells its own */
    {LOADER_SPI_ATTACH, 0, SOME, nothing},
    {LOADER_SPEED, 2 * NUMBER, 2 * NUMBER, change_speed},
    {LOADER_DEFLATE_BEGIN, BEGIN, BEGIN + NUMBER, stub_deflate_begin},
    {LOADER_DEFLATE_END, NUMBER, NUMBER, stub_flash_end},
    {LOADER_MD5, 2 * NUMBER, 4 * NUMBER, stub_md5},
    {LOADER_ERASE_FLASH, 0, 0, stub_erase_flash},
    {LOADER_ERASE_REGION, 2 * NUMBER, 2 * NUMBER, stub_erase_region},
    {LOADER_RUN_FLASH, 0, 0, run_flash},
};

static enum stub_error execute(struct stub *stub,
                               const struct stub_request *request,
                               struct stub_answer *answer)
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

/* A block's checksum is that of its data alone, and is looked at there. */
static bool is_block(uint8_t command)
{
    return command == LOADER_FLASH_DATA || command == LOADER_DEFLATE_DATA ||
           command == LOADER_MEM_DATA;
}

static bool is_whole(const struct stub_request *request)
{
    const uint8_t *data = (const uint8_t *)request->words;
    uint8_t sum = (uint8_t)request->header->value;
    return sum == 0 || is_block(request->header->command) ||
           sum == loader_checksum(data, request->size);
}

static void answer_request(struct stub *stub,
                           const struct stub_request *request)
{
    struct stub_answer answer = {.value = 0};
    uint8_t command = request->header->command;
    enum stub_error error;
    if (request->header->size != request->size)
        error = STUB_BAD_SIZE;
    else if (!is_whole(request))
        error = STUB_BAD_CHECKSUM;
    else if (!answers_itself(command))
        error = execute(stub, request, &answer);
    else if (command == LOADER_READ_FLASH)
        error = stub_read_flash(stub, request);
    else
        error = stub_flash_data(stub, request);
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
    const struct stub_request request = {
        .header = header,
        .words = (const uint32_t *)(header + 1),
        .size = stub->packet.size - (uint32_t)sizeof(*header),
    };
    answer_request(stub, &request);
    return stub->next;
}
