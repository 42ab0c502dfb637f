/* SPDX-License-Identifier: Apache-2.0 */
#include "sdk_board.h"
#include "esp_ota_ops.h"
#include "esp_system.h"
#include "freertos/task.h"
#include "mbedtls/sha256.h"
#include "priv/esp_spi_flash_raw.h"
#include "spi_flash.h"
#include <stdlib.h>

esp_rom_spiflash_chip_t g_rom_flashchip;

struct sdk_board *sdk_board(void)
{
    static struct sdk_board board;
    return &board;
}

/* --- flash -------------------------------------------------------------- */

static esp_err_t to_esp(bool is_done)
{
    return is_done ? ESP_OK : ESP_FAIL;
}

size_t spi_flash_get_chip_size(void)
{
    const struct sdk_board *board = sdk_board();
    return board->configured_size ? board->configured_size
                                  : board->nor->flash.size;
}

static bool is_configured(size_t offset, size_t size)
{
    return offset + size <= spi_flash_get_chip_size();
}

esp_err_t spi_flash_erase_sector(size_t sector)
{
    struct nor_flash *nor = sdk_board()->nor;
    uint32_t offset = (uint32_t)sector * OTA_SECTOR_SIZE;
    return to_esp(is_configured(offset, OTA_SECTOR_SIZE) &&
                  nor->flash.erase(nor, offset, NULL));
}

esp_err_t spi_flash_write(size_t to, const void *from, size_t size)
{
    struct nor_flash *nor = sdk_board()->nor;
    return to_esp(
        is_configured(to, size) &&
        nor->flash.write(nor, (uint32_t)to, from, (uint32_t)size, NULL));
}

static bool read_any(size_t from, void *to, size_t size)
{
    struct nor_flash *nor = sdk_board()->nor;
    return from + size <= nor->flash.size &&
           nor->flash.read(nor, (uint32_t)from, to, (uint32_t)size, NULL);
}

esp_err_t spi_flash_read(size_t from, void *to, size_t size)
{
    return to_esp(is_configured(from, size) && read_any(from, to, size));
}

esp_err_t spi_flash_read_raw(esp_rom_spiflash_chip_t *chip, size_t from,
                             void *to, size_t size)
{
    if (sdk_board()->critical != 1)
        abort();
    return to_esp(from + size <= chip->chip_size && read_any(from, to, size));
}

const esp_partition_t *esp_partition_find_first(esp_partition_type_t type,
                                                esp_partition_subtype_t subtype,
                                                const char *label)
{
    const esp_partition_t *phy = &sdk_board()->phy;
    return type == ESP_PARTITION_TYPE_DATA &&
                   subtype == ESP_PARTITION_SUBTYPE_DATA_PHY && !label &&
                   phy->size > 0
               ? phy
               : NULL;
}

const esp_partition_t *esp_ota_get_running_partition(void)
{
    return &sdk_board()->running;
}

/* --- tasks and time ----------------------------------------------------- */

BaseType_t xTaskCreate(TaskFunction_t code, const char *name,
                       uint32_t stack_size, void *parameter,
                       UBaseType_t priority, TaskHandle_t *created)
{
    (void)name, (void)stack_size, (void)priority, (void)created;
    if (sdk_board()->has_no_memory)
        return -1;
    code(parameter);
    return pdPASS;
}

void vTaskDelete(TaskHandle_t task)
{
    (void)task;
    sdk_board()->ended_tasks++;
}

void vTaskDelay(TickType_t ticks)
{
    sdk_board()->ticks += ticks;
}

void taskENTER_CRITICAL(void)
{
    sdk_board()->critical++;
}

void taskEXIT_CRITICAL(void)
{
    sdk_board()->critical--;
}

TickType_t xTaskGetTickCount(void)
{
    return sdk_board()->ticks;
}

void esp_restart(void)
{
    sdk_board()->restarts++;
}

uint32_t esp_random(void)
{
    return sdk_board()->ticks * 2654435761u;
}

/* --- SHA-256 ------------------------------------------------------------ */

void mbedtls_sha256_init(mbedtls_sha256_context *context)
{
    sha256_init(&context->state);
}

void mbedtls_sha256_free(mbedtls_sha256_context *context)
{
    (void)context;
}

int mbedtls_sha256_starts_ret(mbedtls_sha256_context *context, int is224)
{
    sha256_init(&context->state);
    return is224;
}

int mbedtls_sha256_update_ret(mbedtls_sha256_context *context,
                              const unsigned char *input, size_t size)
{
    sha256_update(&context->state, size, input);
    return 0;
}

int mbedtls_sha256_finish_ret(mbedtls_sha256_context *context,
                              unsigned char digest[32])
{
    sha256_digest(&context->state, 32, digest);
    return 0;
}
