/* SPDX-License-Identifier: Apache-2.0 */
#include "port.h"
#include "spi_flash.h"

static bool read_flash(void *context, uint32_t offset, void *data,
                       uint32_t size, struct ota_error *err)
{
    (void)context;
    return spi_flash_read(offset, data, size) == ESP_OK ||
           ota_fail(err, OTA_E_FLASH_READ, .part = "flash", .offset = offset);
}

static bool write_flash(void *context, uint32_t offset, const void *data,
                        uint32_t size, struct ota_error *err)
{
    (void)context;
    return spi_flash_write(offset, data, size) == ESP_OK ||
           ota_fail(err, OTA_E_FLASH_WRITE, .part = "flash", .offset = offset);
}

static bool erase_flash(void *context, uint32_t offset, struct ota_error *err)
{
    (void)context;
    return spi_flash_erase_sector(offset / OTA_SECTOR_SIZE) == ESP_OK ||
           ota_fail(err, OTA_E_FLASH_ERASE, .part = "flash", .offset = offset);
}

struct ota_flash port_flash(void)
{
    return (struct ota_flash){
        .size = (uint32_t)spi_flash_get_chip_size(),
        .read = read_flash,
        .write = write_flash,
        .erase = erase_flash,
    };
}
