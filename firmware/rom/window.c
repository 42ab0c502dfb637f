/* SPDX-License-Identifier: Apache-2.0 */
#include "rom/window.h"
#include "chip/rom.h"
#include "rom/console.h"
#include "rom/flash.h"
#include "rom/options.h"
#include "rom/registers.h"
#include "rom/semihosting.h"
#include "rom/stop.h"
#include <stdbool.h>
#include <string.h>

enum { REGION_SIZE = 0x200000, UNMAPPED = 0 };

enum {
    /* The cache's memory is IRAM while it is not the cache's. */
    IRAM_END = 0x40110000,
    CACHE_SMALL = 0x4000,
    CACHE_LARGE = 0x8000,
};

static struct {
    bool is_mapped;
    uint32_t offset; /* in flash */
} window;

void window_reset(void)
{
    window.is_mapped = false;
    host_fill((void *)WINDOW, UNMAPPED, WINDOW_SIZE);
}

void Cache_Read_Enable(uint8_t half, uint8_t region, uint8_t size)
{
    uint32_t cache = size != 0 ? CACHE_LARGE : CACHE_SMALL;
    window.offset = region * REGION_SIZE + half * WINDOW_SIZE;
    window.is_mapped = true;
    if (options()->trace)
        console_say("map 0x%06x, %u bytes of cache", (unsigned)window.offset,
                    (unsigned)cache);
    host_fill((void *)(IRAM_END - cache), UNMAPPED, cache);
    flash_look(window.offset, (void *)WINDOW, WINDOW_SIZE);
    stop_mark_window();
    registers_cache(true);
}

void Cache_Read_Disable(void)
{
    if (window.is_mapped)
        window_reset();
    registers_cache(false);
}

/* A chip below 1 MB shows several times. */
void window_update(uint32_t offset, const void *data, uint32_t size)
{
    if (!window.is_mapped)
        return;
    uint32_t chip = flash_size();
    uint32_t at = (offset - window.offset) & (chip - 1);
    for (; at < WINDOW_SIZE; at += chip)
        memcpy((void *)(WINDOW + at), data, size);
}
