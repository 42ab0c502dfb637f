/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program that checks the stand-in ROM from inside, one case a run:
 * app.case=NAME. It ends with status 0, or 1 behind a line that tells what
 * is wrong.
 */
#ifndef EMULATOR_ROM_PROBE_H
#define EMULATOR_ROM_PROBE_H

#include <stdbool.h>
#include <stdint.h>

enum { SECTOR = 4096, PAGE = 256, TEST_SECTOR = 16, TEST_AT = 16 * SECTOR };

/* Functions of the ROM that firmware has no name for. */
#define ROM(address, type) ((__typeof__(type) *)(address))

#define CHECK(what) probe_check((what), #what, __LINE__)
void probe_check(bool is_right, const char *what, int line);
_Noreturn void probe_end(int status);

static inline volatile uint32_t *reg(uint32_t address)
{
    return (volatile uint32_t *)address;
}

typedef void probe_case(void);

/* rom_probe_flash.c */
probe_case probe_nor, probe_refusals, probe_chip_sizes, probe_commands,
    probe_change, probe_torn_erase, probe_torn_program, probe_write_error,
    probe_erase_error, probe_silent, probe_window, probe_jump,
    probe_jump_masked, probe_wraps;

/* rom_probe_machine.c */
probe_case probe_resets, probe_reset_always, probe_unknown_entry,
    probe_watchdog, probe_fed, probe_spin, probe_time, probe_crash,
    probe_return, probe_library, probe_arithmetic, probe_printf, probe_narrow,
    probe_loop;

/* rom_probe_line.c */
probe_case probe_echo, probe_md5, probe_erase_chip;

#endif
