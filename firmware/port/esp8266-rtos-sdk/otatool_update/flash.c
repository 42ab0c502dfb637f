/* SPDX-License-Identifier: Apache-2.0 */
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "port.h"
#include "priv/esp_spi_flash_raw.h"
#include "spi_flash.h"

enum { LARGEST_FLASH = 16 * 1024 * 1024 };

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

/* As spi_flash_read does it, but for the size: the ROM refuses what lies
 * beyond that. */
static bool read_anywhere(void *context, uint32_t offset, void *data,
                          uint32_t size, struct ota_error *err)
{
    esp_rom_spiflash_chip_t chip = g_rom_flashchip;
    (void)context;
    chip.chip_size = LARGEST_FLASH;
    taskENTER_CRITICAL();
    esp_err_t result = spi_flash_read_raw(&chip, offset, data, size);
    taskEXIT_CRITICAL();
    return result == ESP_OK ||
           ota_fail(err, OTA_E_FLASH_READ, .part = "flash", .offset = offset);
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

struct ota_flash port_old_flash(void)
{
    struct ota_flash flash = port_flash();
    flash.size = LARGEST_FLASH;
    flash.read = read_anywhere;
    return flash;
}
