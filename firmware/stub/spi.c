/* SPDX-License-Identifier: Apache-2.0 */
/* (registers: eagle_soc.h and spi_register.h of the SDKs; what an address
 * register holds in its highest byte: the SDKs' ROM does it so) */
#include "stub/spi.h"
#include "chip/chip_flash.h"
#include "chip/rom.h"
#include "stub/line.h"

#define COMMAND ((volatile uint32_t *)0x60000200)
#define ADDRESS ((volatile uint32_t *)0x60000204)
#define STATUS ((volatile uint32_t *)0x60000210)
#define DATA ((volatile uint32_t *)0x60000240)

enum {
    WRITE_ENABLE = 1 << 30,
    READ_STATUS = 1 << 27,
    PROGRAM = 1 << 25,
    ERASE_SECTOR = 1 << 24,
    ERASE_BLOCK = 1 << 23,
    ERASE_CHIP = 1 << 22,
    IS_BUSY = 1,
    AT_ONCE = 32, /* bytes, as the ROM programs them */
    SIZE_SHIFT = 24,
    USUAL_SIZE = 4 * 1024 * 1024,
};

static void order(uint32_t command)
{
    *COMMAND = command;
    while (*COMMAND != 0)
        ;
}

static void wait_until_done(void)
{
    do {
        line_look_after();
        *STATUS = 0;
        order(READ_STATUS);
    } while ((*STATUS & IS_BUSY) != 0);
}

static bool erase(uint32_t offset, uint32_t size)
{
    uint32_t command = size == STUB_SECTOR  ? ERASE_SECTOR
                       : size == STUB_BLOCK ? ERASE_BLOCK
                                            : ERASE_CHIP;
    order(WRITE_ENABLE);
    *ADDRESS = offset;
    order(command);
    wait_until_done();
    return true;
}

static bool program(uint32_t offset, const uint32_t *data, uint32_t size)
{
    while (size > 0) {
        uint32_t step = size < AT_ONCE ? size : AT_ONCE;
        order(WRITE_ENABLE);
        *ADDRESS = offset | step << SIZE_SHIFT;
        for (uint32_t i = 0; i < step / 4; i++)
            DATA[i] = data[i];
        order(PROGRAM);
        wait_until_done();
        offset += step;
        data += step / 4;
        size -= step;
    }
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
