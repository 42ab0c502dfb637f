/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses, lengths and pointers that are no multiples of 4, and addresses
 * beyond the size the ROM believes in, are refused. An erase by
 * SPI_sector_erase() needs SPI_write_enable() before, as in the chip.
 */
#include "rom/spi.h"
#include "chip/rom.h"
#include "chip/spi_registers.h"
#include "rom/console.h"
#include "rom/entries.h"
#include "rom/flash.h"
#include "rom/options.h"
#include "rom/power.h"
#include <stdbool.h>

enum { DONE = 0, FAILED = 1 };

/* The ROM keeps a pointer in its part of RAM, and what it points to behind;
 * the SDKs change it there. */
#define CHIP_POINTER ((const struct rom_flash_chip **)0x3fffc714)
#define CHIP ((struct rom_flash_chip *)0x3fffc718)

enum { ADDRESS_MASK = (1 << SPI_ADDRESS_BITS) - 1 };
enum { CODE_READ_STATUS = 0x05, CODE_READ_ID = 0x9f };

static struct {
    bool write_enabled;
} spi;

void spi_reset(void)
{
    spi.write_enabled = false;
    *CHIP_POINTER = CHIP;
    SPIParamCfg(0x1640ef, 4 * 1024 * 1024, FLASH_BLOCK, FLASH_SECTOR,
                FLASH_PAGE, 0xffff);
}

int SPIParamCfg(uint32_t device_id, uint32_t chip_size, uint32_t block_size,
                uint32_t sector_size, uint32_t page_size, uint32_t status_mask)
{
    *CHIP = (struct rom_flash_chip){
        .device_id = device_id,
        .chip_size = chip_size,
        .block_size = block_size,
        .sector_size = sector_size,
        .page_size = page_size,
        .status_mask = status_mask,
    };
    return DONE;
}

static int refuse(const char *what, uint32_t offset, const void *data,
                  uint32_t size)
{
    if (options()->trace)
        console_say("%s 0x%06x, memory 0x%08x, %u bytes: refused", what,
                    (unsigned)offset, (unsigned)data, (unsigned)size);
    return FAILED;
}

static bool is_allowed(const struct rom_flash_chip *chip, uint32_t offset,
                       const void *data, uint32_t size)
{
    return ((offset | size | (uint32_t)data) & 3) == 0 &&
           offset <= chip->chip_size && size <= chip->chip_size - offset;
}

int SPI_read_data(const struct rom_flash_chip *chip, uint32_t offset,
                  void *data, uint32_t size)
{
    if (!is_allowed(chip, offset, data, size))
        return refuse("read", offset, data, size);
    flash_read(offset, data, size);
    return DONE;
}

/* The chip programs within a page; it enables itself for that. */
int SPI_page_program(const struct rom_flash_chip *chip, uint32_t offset,
                     const void *data, uint32_t size)
{
    if (!is_allowed(chip, offset, data, size) ||
        offset % FLASH_PAGE + size > FLASH_PAGE)
        return refuse("program", offset, data, size);
    spi.write_enabled = false;
    return size == 0 || flash_program(offset, data, size) ? DONE : FAILED;
}

static int erase(const struct rom_flash_chip *chip, uint32_t offset,
                 uint32_t size)
{
    bool is_enabled = spi.write_enabled;
    spi.write_enabled = false;
    if (!is_allowed(chip, offset, NULL, size) || offset % size != 0)
        return refuse("erase", offset, NULL, size);
    if (!is_enabled) {
        console_say("erase 0x%06x: writing is not enabled", (unsigned)offset);
        return DONE;
    }
    return flash_erase(offset, size) ? DONE : FAILED;
}

int SPI_sector_erase(const struct rom_flash_chip *chip, uint32_t offset)
{
    return erase(chip, offset, FLASH_SECTOR);
}

int SPI_write_enable(const struct rom_flash_chip *chip)
{
    (void)chip;
    spi.write_enabled = true;
    return DONE;
}

int SPI_read_status(const struct rom_flash_chip *chip, uint32_t *status)
{
    (void)chip;
    *status = spi.write_enabled ? SPI_IS_WRITE_ENABLED : 0;
    return DONE;
}

/* Protection is not modelled: nothing is ever locked. */
int SPI_write_status(const struct rom_flash_chip *chip, uint32_t status)
{
    (void)chip;
    (void)status;
    spi.write_enabled = false;
    return DONE;
}

int SPIUnlock(void)
{
    return DONE;
}

int SPIRead(uint32_t offset, void *data, uint32_t size)
{
    return SPI_read_data(*CHIP_POINTER, offset, data, size);
}

int SPIWrite(uint32_t offset, const void *data, uint32_t size)
{
    const uint8_t *in = data;
    if (!is_allowed(*CHIP_POINTER, offset, data, size))
        return refuse("program", offset, data, size);
    while (size > 0) {
        uint32_t step = FLASH_PAGE - offset % FLASH_PAGE;
        if (step > size)
            step = size;
        if (SPI_page_program(*CHIP_POINTER, offset, in, step) != DONE)
            return FAILED;
        offset += step;
        in += step;
        size -= step;
    }
    return DONE;
}

int SPIEraseSector(uint32_t sector)
{
    SPI_write_enable(*CHIP_POINTER);
    return erase(*CHIP_POINTER, sector * FLASH_SECTOR, FLASH_SECTOR);
}

static void erase_chip(void)
{
    for (uint32_t at = 0; spi.write_enabled && at < flash_size();
         at += FLASH_BLOCK)
        flash_erase(at, FLASH_BLOCK);
    spi.write_enabled = false;
}

int SPIEraseChip(void)
{
    SPI_write_enable(*CHIP_POINTER);
    erase_chip();
    return DONE;
}

int SPIEraseBlock(uint32_t block)
{
    SPI_write_enable(*CHIP_POINTER);
    return erase(*CHIP_POINTER, block * FLASH_BLOCK, FLASH_BLOCK);
}

/*
 * The chip's own error is in here: sectors up to the next block do not count
 * as erased, so too many are. (esptool, get_erase_size() of its ESP8266ROM,
 * which turns it around.)
 */
int SPIEraseArea(uint32_t offset, uint32_t size)
{
    enum { SECTORS_A_BLOCK = FLASH_BLOCK / FLASH_SECTOR };
    uint32_t sector = offset / FLASH_SECTOR;
    uint32_t count = (size + FLASH_SECTOR - 1) / FLASH_SECTOR;
    uint32_t head = SECTORS_A_BLOCK - sector % SECTORS_A_BLOCK;
    if (offset % FLASH_SECTOR != 0)
        return refuse("erase", offset, NULL, size);
    for (head = head < count ? head : count; head > 0; head--)
        if (SPIEraseSector(sector++) != DONE)
            return FAILED;
    for (; count > SECTORS_A_BLOCK; count -= SECTORS_A_BLOCK) {
        if (SPIEraseBlock(sector / SECTORS_A_BLOCK) != DONE)
            return FAILED;
        sector += SECTORS_A_BLOCK;
    }
    for (; count > 0; count--)
        if (SPIEraseSector(sector++) != DONE)
            return FAILED;
    return DONE;
}

static void user_command(uint32_t *registers)
{
    uint32_t code = registers[SPI_USER2 / 4] & 0xff;
    uint32_t answer = 0;
    if (code == CODE_READ_ID)
        answer = flash_id();
    else if (code == CODE_READ_STATUS)
        SPI_read_status(NULL, &answer);
    else if (options()->trace)
        console_say("flash command 0x%02x does nothing", (unsigned)code);
    registers[SPI_DATA / 4] = answer;
}

/* The chip itself knows no size but its own: it wraps around. */
static void transfer(uint32_t *registers, uint32_t command)
{
    uint32_t offset = registers[SPI_ADDRESS / 4] & ADDRESS_MASK;
    uint32_t size = registers[SPI_ADDRESS / 4] >> SPI_ADDRESS_BITS;
    if (size > SPI_DATA_SIZE || ((size | offset) & 3) != 0) {
        console_say("transfer of %u bytes", (unsigned)size);
        power_end(ROM_SPI_COMMAND);
    }
    if (command == SPI_READ)
        flash_read(offset, &registers[SPI_DATA / 4], size);
    else if (spi.write_enabled)
        flash_program(offset, &registers[SPI_DATA / 4], size);
    if (command == SPI_PROGRAM)
        spi.write_enabled = false;
}

static void erase_by_register(uint32_t offset, uint32_t size)
{
    if (spi.write_enabled)
        flash_erase(offset & ADDRESS_MASK & ~(size - 1), size);
    spi.write_enabled = false;
}

void spi_command(uint32_t *registers, uint32_t command)
{
    if (command == SPI_READ_ID)
        registers[SPI_DATA / 4] = flash_id();
    else if (command == SPI_READ_STATUS)
        SPI_read_status(NULL, &registers[SPI_STATUS / 4]);
    else if (command == SPI_USER)
        user_command(registers);
    else if (command == SPI_ENABLE_WRITE)
        spi.write_enabled = true;
    else if (command == SPI_DISABLE_WRITE || command == SPI_WRITE_STATUS)
        spi.write_enabled = false;
    else if (command == SPI_ERASE_SECTOR)
        erase_by_register(registers[SPI_ADDRESS / 4], FLASH_SECTOR);
    else if (command == SPI_ERASE_BLOCK)
        erase_by_register(registers[SPI_ADDRESS / 4], FLASH_BLOCK);
    else if (command == SPI_ERASE_CHIP)
        erase_chip();
    else if (command == SPI_READ || command == SPI_PROGRAM)
        transfer(registers, command);
    else if (command != 0) {
        console_say("SPI command 0x%08x is not modelled", (unsigned)command);
        power_end(ROM_SPI_COMMAND);
    }
}
