/* SPDX-License-Identifier: Apache-2.0 */
#include "chip/chip_flash.h"
#include "chip/rom.h"
#include "chip/spi_registers.h"
#include "otatool/flash_map.h"

enum {
    BLOCK_SIZE = 0x10000,
    PAGE_SIZE = 0x100,
    STATUS_MASK = 0xffff,
    SMALLEST = 19, /* 512 KB, as a power of 2 */
    LARGEST = 24,  /* 16 MB */
};

static bool is_done(int status, struct ota_error *err, enum ota_code code,
                    uint32_t offset)
{
    return status == 0 || ota_fail(err, code, .part = "flash", .offset = offset,
                                   .actual = (uint32_t)status);
}

static bool read_words(void *context, uint32_t offset, void *data,
                       uint32_t size, struct ota_error *err)
{
    (void)context;
    return is_done(SPIRead(offset, data, size), err, OTA_E_FLASH_READ, offset);
}

static bool write_words(void *context, uint32_t offset, const void *data,
                        uint32_t size, struct ota_error *err)
{
    (void)context;
    return is_done(SPIWrite(offset, data, size), err, OTA_E_FLASH_WRITE,
                   offset);
}

static bool erase_sector(void *context, uint32_t offset, struct ota_error *err)
{
    (void)context;
    return is_done(SPIEraseSector(offset / OTA_SECTOR_SIZE), err,
                   OTA_E_FLASH_ERASE, offset);
}

/* The third byte of a flash chip's identity is its size, as a power of 2. */
static uint32_t read_size(void)
{
    *SPI_REGISTER(SPI_DATA) = 0;
    spi_order(SPI_READ_ID);
    uint32_t power = *SPI_REGISTER(SPI_DATA) >> 16 & 0xff;
    return power >= SMALLEST && power <= LARGEST ? 1u << power : 0;
}

/* What ran here until now believed the header at 0. */
static uint32_t size_by_header(uint32_t least)
{
    uint32_t header = 0;
    SPIRead(0, &header, sizeof(header));
    const struct ota_flash_map *map =
        ota_flash_map_by_code((uint8_t)(header >> 28));
    return map && map->flash_size > least ? map->flash_size : least;
}

void chip_flash_open(struct ota_flash *flash, uint32_t least)
{
    uint32_t size = read_size();
    *flash = (struct ota_flash){
        .size = size ? size : size_by_header(least),
        .read = read_words,
        .write = write_words,
        .erase = erase_sector,
    };
    SPIParamCfg(0, flash->size, BLOCK_SIZE, OTA_SECTOR_SIZE, PAGE_SIZE,
                STATUS_MASK);
    SPIUnlock();
}
