/* SPDX-License-Identifier: Apache-2.0 */
/* Flash through the loader: by the stub's commands, by the ROM's few, and by
 * the registers of the chip's flash interface where the ROM has none. */
#include "loader_parts.h"
#include "otatool/bytes.h"
#include "otatool/deflate.h"
#include "otatool/digest.h"
#include "otatool/flash_map.h"
#include <stdlib.h>
#include <string.h>

/* The registers of the flash interface. (the SDKs' spi_register.h) */
enum {
    SPI_COMMAND = 0x60000200,
    SPI_ADDRESS = 0x60000204,
    SPI_DATA = 0x60000240,
    COMMAND_READ_ID = 1 << 28,
    READ_STEP = 32, /* bytes, as the ROM itself does */
    POLLS = 100,
};
#define COMMAND_READ (UINT32_C(1) << 31)

enum {
    SECTORS_IN_BLOCK = 16,
    BLOCK = SECTORS_IN_BLOCK * OTA_SECTOR_SIZE,
    IN_FLIGHT = 64, /* frames the stub may send ahead */
    ERASE_ALL_MS = 120000,
    AGREE_TRIES = 5,
};

static bool begin(struct ota_loader *loader, enum ota_loader_command command,
                  const uint32_t words[4], uint32_t timeout_ms,
                  struct ota_error *err)
{
    struct ota_loader_request request = {
        .command = command,
        .words = {words[0], words[1], words[2], words[3], 0},
        .word_count = loader->is_stub ? 5 : 4, /* a stub takes one more */
        .timeout_ms = timeout_ms,
    };
    return ota_loader_ask(loader, &request, NULL, NULL, err);
}

bool ota_loader_attach(struct ota_loader *loader, struct ota_error *err)
{
    const uint32_t nothing[] = {0, 0, OTA_LOADER_BLOCK_ROM, 0};
    return begin(loader, OTA_LOADER_FLASH_BEGIN, nothing, LOADER_PROMPT_MS,
                 err);
}

/* --- the interface's registers --- */

static bool run_spi(struct ota_loader *loader, uint32_t command,
                    struct ota_error *err)
{
    uint32_t state = command;
    if (!ota_loader_write_word(loader, SPI_COMMAND, command, err))
        return false;
    for (int i = 0; i < POLLS && state != 0; i++)
        if (!ota_loader_read_word(loader, SPI_COMMAND, &state, err))
            return false;
    return state == 0 || ota_fail(err, OTA_E_LOADER_TIMEOUT,
                                  .detail = "the flash chip stays busy");
}

static bool read_id(struct ota_loader *loader, uint32_t *id,
                    struct ota_error *err)
{
    if (!ota_loader_write_word(loader, SPI_DATA, 0, err) ||
        !run_spi(loader, COMMAND_READ_ID, err) ||
        !ota_loader_read_word(loader, SPI_DATA, id, err))
        return false;
    *id &= 0xffffff;
    return true;
}

bool ota_loader_flash_id(struct ota_loader *loader, uint32_t *id,
                         struct ota_error *err)
{
    uint32_t before;
    if (!read_id(loader, id, err))
        return false;
    for (int i = 0; i < AGREE_TRIES; i++) {
        before = *id;
        if (!read_id(loader, id, err))
            return false;
        if (*id == before)
            return true;
    }
    return ota_fail(err, OTA_E_LOADER_NOISE);
}

static bool read_step(struct ota_loader *loader, uint32_t offset, uint8_t *data,
                      struct ota_error *err)
{
    uint32_t word;
    if (!ota_loader_write_word(loader, SPI_ADDRESS,
                               offset | (uint32_t)READ_STEP << 24, err) ||
        !run_spi(loader, COMMAND_READ, err))
        return false;
    for (uint32_t i = 0; i < READ_STEP; i += 4) {
        if (!ota_loader_read_word(loader, SPI_DATA + i, &word, err))
            return false;
        write_le32(data + i, word);
    }
    return true;
}

static bool read_by_registers(struct ota_loader *loader, uint32_t offset,
                              uint8_t *data, uint32_t size,
                              struct ota_error *err)
{
    for (uint32_t at = 0; at < size; at += READ_STEP)
        if (!read_step(loader, offset + at, data + at, err))
            return false;
    return true;
}

/* --- reading by the stub --- */

static bool take_block(struct ota_loader *loader, uint8_t *data, uint32_t *at,
                       uint32_t size, struct ota_error *err)
{
    struct ota_port *port = loader->port;
    uint32_t left = size - *at;
    uint32_t step = left < OTA_LOADER_BLOCK_READ ? left : OTA_LOADER_BLOCK_READ;
    uint8_t acknowledgement[4];
    uint64_t end = port->now_ms(port->context) + LOADER_PROMPT_MS +
                   loader_line_ms(loader, step);
    if (!loader_frame(loader, end, err))
        return false;
    if (loader->slip.size != step)
        return ota_fail(err, OTA_E_LOADER_TIMEOUT,
                        .detail = "a block has another length");
    memcpy(data + *at, loader->frame, step);
    *at += step;
    write_le32(acknowledgement, *at);
    return loader_send(loader, acknowledgement, sizeof(acknowledgement), err);
}

static bool read_by_stub(struct ota_loader *loader, uint32_t offset,
                         uint8_t *data, uint32_t size, struct ota_error *err)
{
    struct ota_port *port = loader->port;
    uint8_t md5[OTA_MD5_SIZE];
    struct ota_loader_request request = {
        .command = OTA_LOADER_READ_FLASH,
        .words = {offset, size, OTA_LOADER_BLOCK_READ, IN_FLIGHT},
        .word_count = 4,
        .timeout_ms = LOADER_PROMPT_MS,
    };
    if (!ota_loader_ask(loader, &request, NULL, NULL, err))
        return false;
    for (uint32_t at = 0; at < size;)
        if (!take_block(loader, data, &at, size, err))
            return false;
    if (!loader_frame(loader, port->now_ms(port->context) + LOADER_PROMPT_MS,
                      err))
        return false;
    ota_md5(data, size, md5);
    return (loader->slip.size == sizeof(md5) &&
            memcmp(loader->frame, md5, sizeof(md5)) == 0) ||
           ota_fail(err, OTA_E_LOADER_TIMEOUT,
                    .detail = "what was read does not match its digest");
}

bool ota_loader_read(struct ota_loader *loader, uint32_t offset, uint8_t *data,
                     uint32_t size, struct ota_error *err)
{
    return loader->is_stub ? read_by_stub(loader, offset, data, size, err)
                           : read_by_registers(loader, offset, data, size, err);
}

/* --- writing --- */

static bool send_block(struct ota_loader *loader,
                       enum ota_loader_command command, uint32_t number,
                       const uint8_t *data, uint32_t size, uint32_t timeout_ms,
                       struct ota_error *err)
{
    struct ota_loader_request request = {
        .command = command,
        .words = {size, number, 0, 0},
        .word_count = 4,
        .data = data,
        .size = size,
        .timeout_ms = timeout_ms,
    };
    return ota_loader_ask(loader, &request, NULL, NULL, err);
}

/* A block is acknowledged when it has arrived, and may be written after that:
 * the end (1: not that of the stub) is answered when all is done, and is
 * refused where not all came that was announced. */
static bool send_compressed(struct ota_loader *loader, uint32_t offset,
                            uint32_t size, const struct ota_deflated *packed,
                            struct ota_error *err)
{
    const uint32_t step = OTA_LOADER_BLOCK_STUB;
    uint32_t packed_size = (uint32_t)packed->size;
    uint32_t count = (packed_size + step - 1) / step;
    const uint32_t words[] = {size, count, step, offset};
    struct ota_loader_request last = {
        .command = OTA_LOADER_DEFL_END,
        .words = {1},
        .word_count = 1,
        .timeout_ms = loader_write_ms(size),
    };
    bool ok = begin(loader, OTA_LOADER_DEFL_BEGIN, words,
                    loader_write_ms(BLOCK), err);
    for (uint32_t i = 0; ok && i < count; i++)
        ok = send_block(
            loader, OTA_LOADER_DEFL_DATA, i, packed->data + i * step,
            minimum(step, packed_size - i * step), loader_write_ms(size), err);
    return ok && ota_loader_ask(loader, &last, NULL, NULL, err);
}

static bool write_by_stub(struct ota_loader *loader, uint32_t offset,
                          const uint8_t *data, uint32_t size,
                          struct ota_error *err)
{
    struct ota_deflated packed;
    if (!ota_deflate(&packed, data, size, err))
        return false;
    bool ok = send_compressed(loader, offset, size, &packed, err);
    ota_deflated_release(&packed);
    return ok;
}

uint32_t ota_loader_rom_erases(uint32_t first, uint32_t count, uint32_t *asked)
{
    uint32_t head = minimum(SECTORS_IN_BLOCK - first % SECTORS_IN_BLOCK, count);
    *asked = count < 2 * head ? (count + 1) / 2 : count - head;
    uint32_t erased =
        *asked + minimum(SECTORS_IN_BLOCK - first % SECTORS_IN_BLOCK, *asked);
    return erased;
}

static bool write_by_rom(struct ota_loader *loader, uint32_t offset,
                         const uint8_t *data, uint32_t size,
                         struct ota_error *err)
{
    const uint32_t step = OTA_LOADER_BLOCK_ROM;
    uint32_t asked;
    ota_loader_rom_erases(offset / OTA_SECTOR_SIZE, size / OTA_SECTOR_SIZE,
                          &asked);
    const uint32_t words[] = {asked * OTA_SECTOR_SIZE, size / step, step,
                              offset};
    bool ok = begin(loader, OTA_LOADER_FLASH_BEGIN, words,
                    loader_write_ms(size), err);
    for (uint32_t i = 0; ok && i < size / step; i++)
        ok = send_block(loader, OTA_LOADER_FLASH_DATA, i, data + i * step, step,
                        LOADER_PROMPT_MS, err);
    return ok;
}

bool ota_loader_write(struct ota_loader *loader, uint32_t offset,
                      const uint8_t *data, uint32_t size, struct ota_error *err)
{
    return loader->is_stub ? write_by_stub(loader, offset, data, size, err)
                           : write_by_rom(loader, offset, data, size, err);
}

/* --- erasing and digests --- */

bool ota_loader_erase_block(struct ota_loader *loader, uint32_t offset,
                            struct ota_error *err)
{
    uint32_t asked;
    ota_loader_rom_erases(offset / OTA_SECTOR_SIZE, SECTORS_IN_BLOCK, &asked);
    const uint32_t words[] = {asked * OTA_SECTOR_SIZE, 0, OTA_LOADER_BLOCK_ROM,
                              offset};
    return begin(loader, OTA_LOADER_FLASH_BEGIN, words, loader_write_ms(BLOCK),
                 err);
}

bool ota_loader_erase_all(struct ota_loader *loader, uint32_t flash_size,
                          struct ota_error *err)
{
    struct ota_loader_request request = {
        .command = OTA_LOADER_ERASE_FLASH,
        .timeout_ms = ERASE_ALL_MS + loader_write_ms(flash_size),
    };
    return ota_loader_ask(loader, &request, NULL, NULL, err);
}

bool ota_loader_md5(struct ota_loader *loader, uint32_t offset, uint32_t size,
                    uint8_t md5[OTA_LOADER_MD5_SIZE], struct ota_error *err)
{
    struct ota_loader_request request = {
        .command = OTA_LOADER_MD5,
        .words = {offset, size, 0, 0},
        .word_count = 4,
        .timeout_ms = loader_digest_ms(size),
        .answer_size = OTA_LOADER_MD5_SIZE,
    };
    return ota_loader_ask(loader, &request, NULL, md5, err);
}
