/* SPDX-License-Identifier: Apache-2.0 */
#include "stub/spi.h"
#include "chip/chip_flash.h"
#include "chip/rom.h"
#include "chip/spi_registers.h"
#include "stub/line.h"

enum {
    AT_ONCE = 64, /* bytes to program */
    USUAL_SIZE = 4 * 1024 * 1024,
};

static void wait_until_done(void)
{
    do {
        line_look_after();
        *SPI_REGISTER(SPI_STATUS) = 0;
        spi_order(SPI_READ_STATUS);
    } while ((*SPI_REGISTER(SPI_STATUS) & SPI_IS_BUSY) != 0);
}

static bool erase(uint32_t offset, uint32_t size)
{
    uint32_t command = size == STUB_SECTOR  ? SPI_ERASE_SECTOR
                       : size == STUB_BLOCK ? SPI_ERASE_BLOCK
                                            : SPI_ERASE_CHIP;
    spi_order(SPI_ENABLE_WRITE);
    *SPI_REGISTER(SPI_ADDRESS) = offset;
    spi_order(command);
    wait_until_done();
    return true;
}

/* By the ROM, which sends 32 bytes at a time and waits for each: a third of a
 * millisecond without a look at the line, in which it fills a part of the
 * FIFO. */
static bool program(uint32_t offset, const uint32_t *data, uint32_t size)
{
    for (uint32_t at = 0; at < size; at += AT_ONCE) {
        uint32_t step = size - at < AT_ONCE ? size - at : AT_ONCE;
        line_look_after();
        if (SPIWrite(offset + at, data + at / 4, step) != 0)
            return false;
    }
    wait_until_done();
    return true;
}

static bool read(uint32_t offset, uint32_t *data, uint32_t size)
{
    return SPIRead(offset, data, size) == 0;
}

void spi_begin(struct stub_flash *flash)
{
    struct ota_flash found;
    SelectSpiFunction();
    spi_flash_attach();
    chip_flash_open(&found, USUAL_SIZE);
    *flash = (struct stub_flash){
        .size = found.size,
        .read = read,
        .program = program,
        .erase = erase,
    };
}
