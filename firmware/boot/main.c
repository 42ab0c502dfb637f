/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second-stage boot of otatool: what a pack starts with.
 *
 * At flash 0 it is the bootloader of a device that was flashed by wire. In
 * user1 or user2 an old boot started it: the first firmware of the new world
 * on a device of the old one. There it finds out where it is, moves the pack
 * if need be, and starts the app.
 */
#include "boot/say.h"
#include "chip/chip_flash.h"
#include "chip/rom.h"
#include "chip/watchdog.h"
#include "otatool/boot_mark.h"
#include "otatool/migrate.h"
#include "otatool/update.h"
#include <string.h>

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
    struct ota_boot_site site;
    struct ota_partition_table table;
    struct ota_migration migration;
    struct ota_start start;
    uint32_t sector[OTA_SECTOR_SIZE / 4];
};

static struct boot boot;

enum { WINDOW = 0x100000, PATIENCE_US = 1000000, SMALLEST_FLASH = 0x100000 };

_Noreturn static void restart(uint32_t seconds)
{
    for (uint32_t i = 0; i < seconds; i++) {
        watchdog_feed();
        ets_delay_us(PATIENCE_US);
    }
    watchdog_feed();
    rom_software_reboot();
}

/* --- the old world ------------------------------------------------------ */

static void show_move(void *context, uint32_t done, uint32_t total)
{
    (void)context;
    watchdog_feed();
    say_progress("moving", done, total);
}

static void prepare_migration(void)
{
    boot.migration = (struct ota_migration){
        .flash = &boot.flash,
        .site = &boot.site,
        .tick = show_move,
        .sector = (uint8_t *)boot.sector,
    };
}

/* The pack is no good: the firmware of the old SDK, if it still is there, is
 * better than none. */
_Noreturn static void give_up(const struct ota_error *why)
{
    struct ota_error err;
    say_error(why);
    if (boot.site.place != OTA_BOOT_AT_0) {
        prepare_migration();
        if (!ota_migrate_old_is_sound(&boot.migration))
            say_line("nothing else to start");
        else if (ota_migrate_switch(&boot.migration, &err))
            say_line("going back to the old firmware");
        else
            say_error(&err);
    }
    restart(5);
}

_Noreturn static void migrate(void)
{
    struct ota_error err;
    prepare_migration();
    if (!ota_migrate_check(&boot.migration, &boot.table, &err))
        give_up(&err);
    say_number("the pack is sound, up to ", boot.migration.end);
    if (!ota_migrate_run(&boot.migration, &boot.table, &err)) {
        say_error(&err);
        restart(1);
    }
    say_number("moved, sectors erased: ", boot.migration.erases);
    restart(0);
}

/* --- the new world ------------------------------------------------------ */

static void show_copy(uint32_t done, uint32_t total)
{
    watchdog_feed();
    say_progress("copying", done, total);
}

/* The app loads its RAM segments from the window by itself; it is told where
 * in flash it lies. (call_start_cpu of the SDK's startup.c) */
_Noreturn static void start_app(void)
{
    uint32_t offset = boot.start.partition->offset;
    uint32_t megabyte = offset / WINDOW;
    void (*entry)(uint32_t offset) =
        (void (*)(uint32_t))(uintptr_t)boot.start.image.entry;
    say_number("starting the app at ", offset);
    watchdog_feed();
    Cache_Read_Enable(megabyte % 2, (uint8_t)(megabyte / 2), 0);
    entry(offset);
    restart(0);
}

_Noreturn static void start_newest(void)
{
    struct ota_error err;
    if (!ota_update_choose(&boot.start, &boot.flash, &boot.table, &err))
        give_up(&err);
    if (boot.start.way == OTA_START_IN_PLACE)
        start_app();
    if (!ota_update_copy(&boot.start, &boot.flash, &boot.table,
                         (uint8_t *)boot.sector, show_copy, &err)) {
        say_error(&err);
        restart(1);
    }
    say_line("copied");
    restart(0);
}

/* --- which of them ------------------------------------------------------ */

static bool locate(struct ota_error *err)
{
    const struct ota_boot_code code = {
        .address = (uint32_t)(uintptr_t)boot_code_start,
        .words = boot_code_start,
        .size = (uint32_t)(boot_code_end - boot_code_start) * 4,
    };
    return ota_migrate_locate(&boot.site, &boot.flash, &code, err);
}

static bool find_table(struct ota_error *err)
{
    struct ota_source source = ota_flash_source(&boot.flash);
    uint32_t found;
    return ota_partition_table_search(
        &boot.table, &source, boot.site.offset + boot.site.size, &found, err);
}

_Noreturn void boot_start(void);

_Noreturn void boot_start(void)
{
    struct ota_error err;
    for (uint32_t *word = boot_zeros_start; word < boot_zeros_end; word++)
        *word = 0;
    watchdog_feed();
    Cache_Read_Disable();
    chip_flash_open(&boot.flash, SMALLEST_FLASH);
    say_line(boot_mark);
    if (!locate(&err)) {
        say_error(&err);
        restart(5);
    }
    say_site(&boot.site, boot.flash.size);
    if (!find_table(&err))
        give_up(&err);
    if (boot.site.place == OTA_BOOT_IN_USER2)
        migrate();
    start_newest();
}
