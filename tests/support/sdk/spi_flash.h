/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SPI_FLASH_H
#define SPI_FLASH_H

#include "esp_err.h"
#include <stddef.h>

size_t spi_flash_get_chip_size(void);
esp_err_t spi_flash_erase_sector(size_t sector);
esp_err_t spi_flash_write(size_t to, const void *from, size_t size);
esp_err_t spi_flash_read(size_t from, void *to, size_t size);

#endif
