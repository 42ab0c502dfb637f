/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the old SDK does before an app's own code: it finds out which slot
 * runs and maps that slot's megabyte. All of this, and what it calls, lies
 * in RAM. app/entry.S jumps here.
 */
#include "chip/chip_flash.h"
#include "chip/rom.h"
#include "old/app/device.h"
#include "otatool/boot_params.h"

enum { SMALLEST_FLASH = 0x80000, MEGABYTE = 0x100000 };

extern uint32_t app_zeros_start[];
extern uint32_t app_zeros_end[];

_Noreturn void app_load(void);

static const struct ota_flash_map *read_map(const struct ota_flash *flash)
{
    uint32_t header = 0;
    struct ota_error err;
    (void)!flash->read(flash->context, 0, &header, sizeof(header), &err);
    const struct ota_flash_map *map =
        ota_flash_map_by_code((uint8_t)(header >> 28));
    return map ? map : ota_flash_maps;
}

static int read_slot(const struct old_device *device)
{
    struct ota_source source = ota_flash_source(&device->flash);
    struct ota_boot_params params;
    struct ota_error err;
    if (!ota_boot_params_read(&params, &source, device->map, &err))
        return 1;
    return ota_boot_params_slot(&params) == 2 ? 2 : 1;
}

void app_load(void)
{
    struct old_device device;
    for (volatile uint32_t *zero = app_zeros_start; zero < app_zeros_end;
         zero++)
        *zero = 0;
    chip_flash_open(&device.flash, SMALLEST_FLASH);
    device.map = read_map(&device.flash);
    device.running = read_slot(&device);
    uint32_t megabyte =
        ota_flash_map_slot(device.map, device.running) / MEGABYTE;
    Cache_Read_Enable((uint8_t)(megabyte % 2), (uint8_t)(megabyte / 2), 1);
    old_app_main(&device);
}
