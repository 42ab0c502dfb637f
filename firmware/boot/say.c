/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/say.h"
#include "chip/rom.h"

enum { KILOBYTE = 1024 };

/* "\r\n": most terminals on this console want both. */
void say_line(const char *text)
{
    ets_printf("[boot] %s\r\n", text);
}

/* NULL: the error says it all. Where there is %x, the value. */
void say_event(enum ota_bootloader_event event, uint32_t value)
{
    static const char *const words[] = {
        [OTA_BOOTLOADER_SOUND] = "[boot] the pack is sound, up to 0x%x\r\n",
        [OTA_BOOTLOADER_MOVED] = "[boot] moved, sectors erased: 0x%x\r\n",
        [OTA_BOOTLOADER_COPIED] = "[boot] copied from 0x%x\r\n",
        [OTA_BOOTLOADER_GOES_BACK] = "[boot] going back to the old "
                                     "firmware\r\n",
        [OTA_BOOTLOADER_IS_STUCK] = "[boot] nothing else to start\r\n",
        [OTA_BOOTLOADER_STARTS] = "[boot] starting the app at 0x%x\r\n",
    };
    if (words[event])
        ets_printf(words[event], (unsigned int)value);
}

/* The names of errors are otatool's; its documentation has the words. */
void say_error(const struct ota_error *err)
{
    static const char *const names[] = {
#define X(id, name) [OTA_E_##id] = (name),
        OTA_CODES(X)
#undef X
    };
    const char *name = names[err->code];
    ets_printf("[boot] error %s: %s at 0x%x, 0x%x for 0x%x\r\n",
               name ? name : "", err->part ? err->part : "flash",
               (unsigned int)err->offset, (unsigned int)err->actual,
               (unsigned int)err->expected);
}

static bool is_quarter(uint32_t done, uint32_t total)
{
    uint32_t step = total / 4 / OTA_SECTOR_SIZE * OTA_SECTOR_SIZE;
    return step > 0 && done % step == 0 && done < total;
}

void say_progress(uint32_t done, uint32_t total)
{
    if (is_quarter(done, total))
        ets_printf("[boot] %u of %u KB\r\n", (unsigned int)(done / KILOBYTE),
                   (unsigned int)(total / KILOBYTE));
}

void say_site(const struct ota_boot_site *site, uint32_t flash_size)
{
    if (site->place == OTA_BOOT_AT_0)
        ets_printf("[boot] at 0, flash of %u KB\r\n",
                   (unsigned int)(flash_size / KILOBYTE));
    else
        ets_printf("[boot] in user%d, behind boot 1.%d, flash of %u KB\r\n",
                   site->place == OTA_BOOT_IN_USER2 ? 2 : 1,
                   site->params.version == OTA_BOOT_NONE ? 1
                                                         : site->params.version,
                   (unsigned int)(flash_size / KILOBYTE));
}
