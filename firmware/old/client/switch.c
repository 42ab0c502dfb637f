/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SDK's restart after an upgrade: its parameters go to the copy that
 * does not count, then the flag sector names that one.
 * (system_upgrade_reboot and system_param_save_with_protect, NonOS 3.0.6)
 */
#include "old/client/client.h"
#include "otatool/boot_params.h"
#include <string.h>

/* Of a copy, with the boot's part at its beginning. */
enum { NONOS_SIZE = 0x4a4, RTOS_SIZE = 0x48c };

struct flag {
    uint32_t copy;
    uint32_t head;
    uint32_t count;
    uint32_t sizes[2];
    uint32_t sums[2];
    uint32_t tail;
};

static bool put(const struct old_client *client, uint32_t at, const void *data,
                uint32_t size, struct ota_error *err)
{
    return ota_flash_erase(client->flash, at, err) &&
           ota_flash_write(client->flash, at, data, size, err);
}

static uint32_t sum_of(const uint32_t *words, uint32_t size)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < size / 4; i++)
        sum += words[i];
    return sum;
}

/* How the sums are made is not known; nobody but the SDK looks at them. */
static bool put_flag(const struct old_client *client, uint32_t copy,
                     const uint32_t *words, uint32_t size,
                     struct ota_error *err)
{
    uint32_t at = ota_flash_map_parameters(client->map) + 3 * OTA_SECTOR_SIZE;
    struct flag flag;
    if (!ota_flash_read(client->flash, at, &flag, sizeof(flag), err))
        return false;
    flag.copy = copy;
    flag.head = 0x55aa55aa;
    flag.tail = 0xaa55aa55;
    flag.count++;
    flag.sizes[copy] = size;
    flag.sums[copy] = sum_of(words, size);
    return put(client, at, &flag, sizeof(flag), err);
}

bool old_client_switch(const struct old_client *client, struct ota_error *err)
{
    uint32_t words[NONOS_SIZE / 4];
    uint8_t *bytes = (uint8_t *)words;
    uint32_t size = client->kind == OTA_CLIENT_R21 ? RTOS_SIZE : NONOS_SIZE;
    uint32_t first = ota_flash_map_parameters(client->map) + OTA_SECTOR_SIZE;
    struct ota_source source = ota_flash_source(client->flash);
    struct ota_boot_params params;
    if (!ota_boot_params_read(&params, &source, client->map, err) ||
        !ota_flash_read(client->flash, first + params.copy * OTA_SECTOR_SIZE,
                        words, size, err))
        return false;
    ota_boot_params_switch(&params);
    bytes[0] = params.byte0;
    bytes[1] = params.byte1;
    uint32_t other = params.copy == 0 ? 1 : 0;
    return put(client, first + other * OTA_SECTOR_SIZE, words, size, err) &&
           put_flag(client, other, words, size, err);
}
