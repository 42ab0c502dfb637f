/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ESP_SPI_FLASH_RAW_H
#define ESP_SPI_FLASH_RAW_H

#include "esp_err.h"
#include <stddef.h>

typedef struct {
    uint32_t chip_size; /* among others */
} esp_rom_spiflash_chip_t;
extern esp_rom_spiflash_chip_t g_rom_flashchip;

/* Only with interrupts off. */
esp_err_t spi_flash_read_raw(esp_rom_spiflash_chip_t *chip, size_t from,
                             void *to, size_t size);

#endif
