/* SPDX-License-Identifier: Apache-2.0 */
#include "boot/say.h"
#include "chip/rom.h"
#include <stddef.h>

enum { KILOBYTE = 1024 };

/* "\r\n": most terminals on this console want both. */
void say_line(const char *text)
{
    ets_printf("[boot] %s\r\n", text);
}

/* NULL: the error says it all. */
void say_event(enum ota_bootloader_event event, uint32_t value)
{
    static const char *const words[] = {
        [OTA_BOOTLOADER_SOUND] = "the pack is sound, up to 0x%x",
        [OTA_BOOTLOADER_MOVED] = "moved, sectors erased: 0x%x",
        [OTA_BOOTLOADER_GOES_BACK] = "going back to the old firmware",
        [OTA_BOOTLOADER_IS_STUCK] = "nothing else to start",
        [OTA_BOOTLOADER_COPIES] = "copying the app at 0x%x to ota_0",
        [OTA_BOOTLOADER_NO_TRIAL] = "no room for a trial",
        [OTA_BOOTLOADER_SWAPS] = "swapping the app at 0x%x with ota_0",
        [OTA_BOOTLOADER_SWAPS_ON] = "going on with the swap",
        [OTA_BOOTLOADER_ROLLS_BACK] = "not confirmed, going back",
        [OTA_BOOTLOADER_ON_TRIAL] = "on trial",
        [OTA_BOOTLOADER_STARTS] = "starting the app at 0x%x",
    };
    if (!words[event])
        return;
    ets_printf("[boot] ");
    ets_printf(words[event], (unsigned int)value);
    ets_printf("\r\n");
}

/* Those that core's engines have, since all names would take a fifth of the
 * boot; else the number is said. */
#define IS_SAID(code)                                                          \
    (((code) >= OTA_E_TRUNCATED && (code) <= OTA_E_IMAGE_TOO_LARGE) ||         \
     ((code) >= OTA_E_DEVICE_MAP && (code) <= OTA_E_DEVICE_NO_APP) ||          \
     ((code) >= OTA_E_PACK_NO_TABLE && (code) <= OTA_E_PACK_CRC) ||            \
     ((code) >= OTA_E_COPY_OVERLAP && (code) <= OTA_E_OLD_PARAMETERS) ||       \
     ((code) >= OTA_E_FLASH_READ && (code) <= OTA_E_FLASH_READBACK) ||         \
     ((code) >= OTA_E_UPDATE_LINK && (code) <= OTA_E_MIGRATE_IDENTITY) ||      \
     (code) == OTA_E_PARTITION_ALIGNMENT)

/* The names of errors are otatool's; its documentation has the words. */
void say_error(const struct ota_error *err)
{
    static const char *const names[] = {
#define X(id, name) [OTA_E_##id] = IS_SAID(OTA_E_##id) ? (name) : NULL,
        OTA_CODES(X)
#undef X
    };
    const char *name = names[err->code];
    ets_printf("[boot] error %s (%u): %s at 0x%x, 0x%x for 0x%x\r\n",
               name ? name : "", (unsigned int)err->code,
               err->part ? err->part : "flash", (unsigned int)err->offset,
               (unsigned int)err->actual, (unsigned int)err->expected);
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
