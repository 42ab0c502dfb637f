/* SPDX-License-Identifier: Apache-2.0 */
#include "stub/stub_parts.h"
#include <string.h>

enum stub_error stub_check_block(const struct loader_begin *begun,
                                 const struct stub_request *request)
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

static enum stub_error begin(struct stub *stub,
                             const struct stub_request *request)
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

enum stub_error stub_flash_begin(struct stub *stub,
                                 const struct stub_request *request,
                                 struct stub_answer *answer)
{
    enum stub_error error = begin(stub, request);
    (void)answer;
    if (error == STUB_FINE)
        stub->writing = STUB_PLAIN;
    return error;
}

enum stub_error stub_deflate_begin(struct stub *stub,
                                   const struct stub_request *request,
                                   struct stub_answer *answer)
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
        stub->chip->look_after();
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
static void write_block(struct stub *stub, const struct stub_request *request)
{
    const struct loader_block *block = (const void *)request->words;
    const uint8_t *data = (const uint8_t *)(block + 1);
    stub_acknowledge(stub, request);
    if (block->number + 1 == stub->next_block)
        return;
    stub->next_block++;
    stub->late_error = stub->writing == STUB_PLAIN
                           ? write_plain(stub, data, block->size)
                           : write_deflated(stub, data, block->size);
}

static enum stub_error check_flash_block(struct stub *stub,
                                         const struct stub_request *request)
{
    const struct loader_block *block = (const void *)request->words;
    bool is_plain = request->header->command == LOADER_FLASH_DATA;
    if (request->size < sizeof(*block))
        return STUB_BAD_SIZE;
    if (stub->writing != (is_plain ? STUB_PLAIN : STUB_DEFLATED))
        return STUB_NOT_WRITING;
    enum stub_error error = stub_check_block(&stub->flash, request);
    if (error != STUB_FINE)
        return error;
    if (block->number != stub->next_block &&
        block->number + 1 != stub->next_block)
        return STUB_OUT_OF_ORDER;
    return stub->late_error;
}

enum stub_error stub_flash_data(struct stub *stub,
                                const struct stub_request *request)
{
    enum stub_error error = check_flash_block(stub, request);
    if (error == STUB_FINE)
        write_block(stub, request);
    return error;
}

/* Of plain and of deflated data: 0 restarts the chip. */
enum stub_error stub_flash_end(struct stub *stub,
                               const struct stub_request *request,
                               struct stub_answer *answer)
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

enum stub_error stub_erase_flash(struct stub *stub,
                                 const struct stub_request *request,
                                 struct stub_answer *answer)
{
    const struct stub_flash *flash = &stub->chip->flash;
    (void)request;
    (void)answer;
    return flash->erase(0, flash->size) ? STUB_FINE : STUB_FLASH_REFUSED;
}

enum stub_error stub_erase_region(struct stub *stub,
                                  const struct stub_request *request,
                                  struct stub_answer *answer)
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
