/* SPDX-License-Identifier: Apache-2.0 */
/* otatool pack --bootloader: one by name, or by the path of its file. */
#include "pack_bootloader.h"
#include "otatool/image.h"
#include "otatool/install.h"
#include <stdio.h>
#include <string.h>

static const char own_name[] = "otatool";

bool pack_bootloader_is_own(const char *name)
{
    return name && strcmp(name, own_name) == 0;
}

bool pack_bootloader_find(char path[PATH_MAX], const char *name,
                          const char *folder, struct ota_error *err)
{
    if (pack_bootloader_is_own(name))
        return ota_install_find(path, folder, "otatool_boot.bin", err);
    snprintf(path, PATH_MAX, "%s", name);
    return true;
}

/* Apps tell the size of the flash in the codes of the ESP32. (esptool.py) */
static uint8_t size_code(uint8_t app_code)
{
    static const uint8_t codes[] = {2, 3, 4, 8, 9}; /* 1 to 16 MB */
    return app_code < sizeof(codes) ? codes[app_code] : codes[0];
}

void pack_bootloader_adopt(struct ota_file *bootloader,
                           const struct ota_file *app)
{
    enum { MODE = 2, SIZE_FREQUENCY = 3 };
    if (bootloader->size < OTA_IMAGE_HEADER_SIZE ||
        app->size < OTA_IMAGE_HEADER_SIZE || app->data[0] != OTA_IMAGE_MAGIC)
        return;
    uint8_t code = size_code(app->data[SIZE_FREQUENCY] >> 4);
    if (app->data[MODE] == OTA_FLASH_DOUT)
        bootloader->data[MODE] = OTA_FLASH_DOUT;
    bootloader->data[SIZE_FREQUENCY] =
        (uint8_t)(code << 4 | (app->data[SIZE_FREQUENCY] & 0x0f));
}
