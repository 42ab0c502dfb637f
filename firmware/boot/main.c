/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second-stage boot of otatool: what a pack starts with.
 *
 * At flash 0 it is the bootloader of a device that was flashed by wire. In
 * user1 or user2 an old boot started it: the first firmware of the new world
 * on a device of the old one. What it decides is core's (bootloader.h); here
 * is what the chip needs for it.
 */
#include "boot/say.h"
#include "chip/chip_flash.h"
#include "chip/rom.h"
#include "chip/watchdog.h"
#include "otatool/boot_mark.h"
#include "otatool/bootloader.h"

/* The linker's: this program's code and its zeros. */
extern const uint32_t boot_code_start[];
extern const uint32_t boot_code_end[];
extern uint32_t boot_zeros_start[];
extern uint32_t boot_zeros_end[];

/* By this mark otatool knows its own boot in a file. */
const char boot_mark[] __attribute__((used, section(".rodata.mark"))) =
    OTA_BOOT_MARK;

/* Too large for the stack that the ROM leaves. */
struct boot {
    struct ota_flash flash;
    struct ota_bootloader loader;
    uint32_t sector[OTA_SECTOR_SIZE / 4];
};

static struct boot boot;

enum { WINDOW = 0x100000, SECOND_US = 1000000, SMALLEST_FLASH = 0x100000 };

static void tell(void *context, enum ota_bootloader_event event, uint32_t value,
                 const struct ota_error *error)
{
    (void)context;
    if (event == OTA_BOOTLOADER_LOCATED)
        say_site(&boot.loader.site, value);
    else
        say_event(event, value);
    if (error)
        say_error(error);
}

static void tick(void *context, uint32_t done, uint32_t total)
{
    (void)context;
    watchdog_feed();
    say_progress(done, total);
}

static void prepare(void)
{
    boot.loader = (struct ota_bootloader){
        .flash = &boot.flash,
        .code = {.address = (uint32_t)(uintptr_t)boot_code_start,
                 .words = boot_code_start,
                 .size = (uint32_t)(boot_code_end - boot_code_start) * 4},
        .sector = (uint8_t *)boot.sector,
        .tell = tell,
        .tick = tick,
    };
}

_Noreturn static void restart(uint32_t seconds)
{
    for (uint32_t i = 0; i < seconds; i++) {
        watchdog_feed();
        ets_delay_us(SECOND_US);
    }
    watchdog_feed();
    rom_software_reboot();
}

/* The app loads its RAM segments from the window by itself; it is told where
 * in flash it lies. (call_start_cpu of the SDK's startup.c) */
_Noreturn static void start_app(const struct ota_bootloader_next *next)
{
    uint32_t megabyte = next->offset / WINDOW;
    void (*entry)(uint32_t offset) = (void (*)(uint32_t))(uintptr_t)next->entry;
    watchdog_feed();
    Cache_Read_Enable(megabyte % 2, (uint8_t)(megabyte / 2), 0);
    entry(next->offset);
    restart(0);
}

_Noreturn void boot_start(void);

_Noreturn void boot_start(void)
{
    for (uint32_t *word = boot_zeros_start; word < boot_zeros_end; word++)
        *word = 0;
    watchdog_feed();
    Cache_Read_Disable();
    chip_flash_open(&boot.flash, SMALLEST_FLASH);
    say_line(boot_mark);
    prepare();
    struct ota_bootloader_next next = ota_bootloader_run(&boot.loader);
    if (next.starts_app)
        start_app(&next);
    restart(next.wait_s);
}
