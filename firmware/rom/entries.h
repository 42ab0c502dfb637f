/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ROM's functions that entries.S gives an address and chip/rom.h does
 * not declare. Names are those of the SDKs' linker scripts.
 */
#ifndef ROM_ENTRIES_H
#define ROM_ENTRIES_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* console.c */
typedef void rom_putc(char character);
int ets_io_vprintf(rom_putc *out, const char *format, va_list arguments);
void ets_write_char(char character);
void ets_install_putc1(rom_putc *out);

/* uart.c */
int uart_tx_one_char(uint8_t character);
int uart_rx_one_char(uint8_t *character); /* 0: one came */

/* interrupts.c */
typedef void rom_handler(void *argument);
void ets_isr_attach(uint32_t number, rom_handler *handler, void *argument);
void ets_isr_unmask(uint32_t numbers);

/* loader.c: what runs when the loader ends; NULL: the program in flash */
void ets_set_user_start(const void *entry);

/* digest.c; the SDKs' md5_hash.h */
struct rom_md5 {
    uint32_t state[4];
    uint32_t bits[2];
    uint8_t block[64];
};
void MD5Init(struct rom_md5 *md5);
void MD5Update(struct rom_md5 *md5, const uint8_t *data, uint32_t size);
void MD5Final(uint8_t digest[16], struct rom_md5 *md5);

/* memory.c */
void bzero(void *to, size_t size);

/* clock.c */
uint32_t xthal_get_ccount(void);
uint32_t ets_get_cpu_frequency(void);
void ets_wdt_enable(void);
void ets_wdt_disable(void);

/* power.c */
_Noreturn void rom_exit(int status);
uint32_t rtc_get_reset_reason(void);

/* nothing.c */
uint32_t gpio_input_get(void);
uint32_t entry_does_nothing(void);

/* spi.c; of Espressif's struct for a chip */
struct rom_flash_chip {
    uint32_t device_id;
    uint32_t chip_size;
    uint32_t block_size;
    uint32_t sector_size;
    uint32_t page_size;
    uint32_t status_mask;
};
int SPI_read_data(const struct rom_flash_chip *chip, uint32_t offset,
                  void *data, uint32_t size);
int SPI_page_program(const struct rom_flash_chip *chip, uint32_t offset,
                     const void *data, uint32_t size);
int SPI_sector_erase(const struct rom_flash_chip *chip, uint32_t offset);
int SPI_write_enable(const struct rom_flash_chip *chip);
int SPI_read_status(const struct rom_flash_chip *chip, uint32_t *status);
int SPI_write_status(const struct rom_flash_chip *chip, uint32_t status);
int SPIEraseBlock(uint32_t block);
int SPIEraseChip(void);
int SPIEraseArea(uint32_t offset, uint32_t size);

/* arithmetic.c */
uint32_t __udivsi3(uint32_t number, uint32_t divisor);
uint32_t __umodsi3(uint32_t number, uint32_t divisor);
int32_t __divsi3(int32_t number, int32_t divisor);
uint64_t __udivdi3(uint64_t number, uint64_t divisor);
uint64_t __umoddi3(uint64_t number, uint64_t divisor);
int64_t __divdi3(int64_t number, int64_t divisor);
uint64_t __umulsidi3(uint32_t left, uint32_t right);
uint64_t __muldi3(uint64_t left, uint64_t right);

#endif
