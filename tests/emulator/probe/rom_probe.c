/* SPDX-License-Identifier: Apache-2.0 */
#include "emulator/probe/rom_probe.h"
#include "chip/rom.h"
#include "rom/semihosting.h"
#include <stddef.h>
#include <string.h>

enum { ROM_EXIT = 0x4000fff0, ROOM_WORDS = 256 };

extern uint32_t bss_start[];
extern uint32_t bss_end[];
void probe_start(void);

static const struct {
    const char *name;
    probe_case *run;
} cases[] = {
    {"nor", probe_nor},
    {"refusals", probe_refusals},
    {"chip-sizes", probe_chip_sizes},
    {"commands", probe_commands},
    {"change", probe_change},
    {"torn-erase", probe_torn_erase},
    {"torn-program", probe_torn_program},
    {"write-error", probe_write_error},
    {"erase-error", probe_erase_error},
    {"silent", probe_silent},
    {"window", probe_window},
    {"jump", probe_jump},
    {"jump-masked", probe_jump_masked},
    {"wraps", probe_wraps},
    {"resets", probe_resets},
    {"reset-always", probe_reset_always},
    {"unknown-entry", probe_unknown_entry},
    {"watchdog", probe_watchdog},
    {"fed", probe_fed},
    {"spin", probe_spin},
    {"time", probe_time},
    {"crash", probe_crash},
    {"return", probe_return},
    {"library", probe_library},
    {"arithmetic", probe_arithmetic},
    {"printf", probe_printf},
    {"narrow", probe_narrow},
    {"loop", probe_loop},
    {"echo", probe_echo},
    {"md5", probe_md5},
    {"erase-chip", probe_erase_chip},
};

void probe_end(int status)
{
    ROM(ROM_EXIT, void(int))(status);
    for (;;)
        ;
}

void probe_check(bool is_right, const char *what, int line)
{
    if (is_right)
        return;
    ets_printf("line %d: not so: %s\n", line, what);
    probe_end(1);
}

static const char *find_name(void)
{
    static uint32_t room[ROOM_WORDS];
    int32_t count = host_arguments(room, sizeof(room));
    for (int32_t i = 0; i < count; i++) {
        const char *argument = (const char *)room[i];
        if (strncmp(argument, "app.case=", 9) == 0)
            return argument + 9;
    }
    return "";
}

static void run(const char *name)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (strcmp(cases[i].name, name) == 0) {
            cases[i].run();
            return;
        }
    ets_printf("no case \"%s\"\n", name);
    probe_end(1);
}

/* RAM holds junk at power on, as in the chip. */
void probe_start(void)
{
    for (uint32_t *at = bss_start; at < bss_end; at++)
        *at = 0;
    const char *name = find_name();
    run(name);
    if (strcmp(name, "return") != 0)
        probe_end(0);
}
