/* SPDX-License-Identifier: Apache-2.0 */
#include "rom/stop.h"
#include "rom/console.h"
#include "rom/options.h"
#include "rom/power.h"
#include "rom/window.h"

enum { LEVEL_MASK = 15, DEBUG_LEVEL = 2, CODE_SIZE = 3 };

void stop_set(void)
{
    uint32_t address = options()->stop;
    __asm__ volatile("wsr %0, ibreaka0\n\t"
                     "wsr %1, ibreakenable\n\tisync" ::"r"(address),
                     "r"(address != 0));
}

static uint32_t interrupt_level(void)
{
    uint32_t state;
    __asm__ volatile("rsr %0, ps" : "=r"(state));
    return state & LEVEL_MASK;
}

void stop_mark_window(void)
{
    uint32_t offset = options()->stop - WINDOW;
    if (offset > WINDOW_SIZE - CODE_SIZE || interrupt_level() < DEBUG_LEVEL)
        return;
    for (uint32_t i = 0; i < CODE_SIZE; i++)
        ((uint8_t *)WINDOW)[offset + i] = 0;
}

void stop_check(uint32_t pc)
{
    if (pc != options()->stop || pc == 0)
        return;
    console_say("app entry 0x%08x reached", (unsigned)pc);
    power_end(ROM_OK);
}
