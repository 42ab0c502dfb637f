/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of apps of the new SDK: the bootloader maps the flash and jumps;
 * the app fetches its RAM segments out of the window by itself, by whole
 * words. (call_start_cpu of the SDK's startup.c) entry.S jumps here.
 */
#include "app/version.h"

#define WINDOW 0x40200000u
#define WINDOW_MASK 0xfffffu

extern uint32_t app_zeros_start[];
extern uint32_t app_zeros_end[];

_Noreturn void app_load(uint32_t offset);

void app_load(uint32_t offset)
{
    const volatile uint32_t *words =
        (const volatile uint32_t *)(WINDOW + (offset & WINDOW_MASK));
    uint32_t count = words[0] >> 8 & 0xff;
    words += 2;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t address = words[0];
        uint32_t size = words[1] / 4;
        words += 2;
        volatile uint32_t *to = (volatile uint32_t *)address;
        for (uint32_t k = 0; k < size && address < WINDOW; k++)
            to[k] = words[k];
        words += size;
    }
    for (volatile uint32_t *zero = app_zeros_start; zero < app_zeros_end;
         zero++)
        *zero = 0;
    app_main(offset);
}
