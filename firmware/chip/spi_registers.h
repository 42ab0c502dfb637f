/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash chip's controller, SPI 0. A command is written to its register and
 * reads as 0 when it is done. (eagle_soc.h and spi_register.h of the SDKs; what
 * an address register holds in its highest byte: the SDKs' ROM does it so)
 */
#ifndef CHIP_SPI_REGISTERS_H
#define CHIP_SPI_REGISTERS_H

#include <stdint.h>

enum { SPI_0 = 0x60000200 };

/* Registers, from there. */
enum {
    SPI_COMMAND = 0x00,
    SPI_ADDRESS = 0x04, /* and in its highest byte, the bytes to transfer */
    SPI_STATUS = 0x10,
    SPI_USER2 = 0x24,
    SPI_DATA = 0x40, /* 16 words */
};

enum { SPI_ADDRESS_BITS = 24, SPI_DATA_SIZE = 64 };

/* Commands. */
#define SPI_READ (UINT32_C(1) << 31)
enum {
    SPI_ENABLE_WRITE = 1 << 30,
    SPI_DISABLE_WRITE = 1 << 29,
    SPI_READ_ID = 1 << 28,
    SPI_READ_STATUS = 1 << 27,
    SPI_WRITE_STATUS = 1 << 26,
    SPI_PROGRAM = 1 << 25,
    SPI_ERASE_SECTOR = 1 << 24,
    SPI_ERASE_BLOCK = 1 << 23,
    SPI_ERASE_CHIP = 1 << 22,
    SPI_USER = 1 << 18,
};

/* What the flash chip tells as its status. */
enum { SPI_IS_BUSY = 1, SPI_IS_WRITE_ENABLED = 2 };

/* For programs on the chip. */
#define SPI_REGISTER(at) ((volatile uint32_t *)(SPI_0 + (at)))

static inline void spi_order(uint32_t command)
{
    *SPI_REGISTER(SPI_COMMAND) = command;
    while (*SPI_REGISTER(SPI_COMMAND) != 0)
        ;
}

#endif
