/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions of the chip's mask ROM; ld/rom.ld has their addresses. Flash
 * functions return 0 when done, and want addresses, lengths and pointers
 * that are multiples of 4.
 */
#ifndef CHIP_ROM_H
#define CHIP_ROM_H

#include <stdint.h>

int ets_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
void ets_delay_us(uint32_t us);
void ets_isr_mask(uint32_t numbers); /* interrupts, by bit */
void uart_div_modify(uint32_t uart, uint32_t divisor);
_Noreturn void rom_software_reboot(void);
_Noreturn void software_reset(void);

/* The flash chip's pins, and its controller. */
void SelectSpiFunction(void);
void spi_flash_attach(void);

int SPIRead(uint32_t offset, void *data, uint32_t size);
int SPIWrite(uint32_t offset, const void *data, uint32_t size);
int SPIEraseSector(uint32_t sector);
int SPIUnlock(void);
/* Tells the ROM how large the chip is; it refuses addresses beyond. */
int SPIParamCfg(uint32_t device_id, uint32_t chip_size, uint32_t block_size,
                uint32_t sector_size, uint32_t page_size, uint32_t status_mask);

/*
 * Maps a megabyte of flash to 0x40200000: half 0 or 1 of the 2 MB region.
 * size 0: 16 KB of cache (IRAM from 0x40108000 stays), 1: 32 KB.
 */
void Cache_Read_Enable(uint8_t half, uint8_t region, uint8_t size);
void Cache_Read_Disable(void);

#endif
