/* SPDX-License-Identifier: Apache-2.0 */
#include "rom/clock.h"
#include "chip/rom.h"
#include "rom/console.h"
#include "rom/entries.h"
#include "rom/options.h"
#include "rom/power.h"

enum {
    STAGE_US = 800,
    LONGEST_EXPONENT = 15,
    CYCLES_A_US = 80,
    LOOK_AT_CLOCK_US = 1,
};

static struct {
    uint64_t now_us;
    uint64_t fed_us;
    uint32_t bite_us; /* after the last feed */
    bool is_armed;
} state;

void clock_reset(void)
{
    clock_watchdog(true, LONGEST_EXPONENT);
    clock_feed();
}

uint32_t clock_ms(void)
{
    return (uint32_t)(state.now_us / 1000);
}

void clock_watchdog(bool is_on, uint32_t exponent)
{
    state.is_armed = is_on;
    state.bite_us = (uint32_t)STAGE_US << (exponent & LONGEST_EXPONENT);
}

void clock_feed(void)
{
    state.fed_us = state.now_us;
}

static _Noreturn void bite(void)
{
    console_say("the watchdog bites, %u ms after it was fed",
                (unsigned)((state.now_us - state.fed_us) / 1000));
    power_reset(CAUSE_WATCHDOG);
}

void clock_pass(uint32_t us)
{
    uint64_t limit_us = (uint64_t)options()->ms * 1000;
    state.now_us += us;
    if (state.now_us > limit_us) {
        console_say("more time than ms=%u", (unsigned)options()->ms);
        power_end(ROM_TIME);
    }
    if (state.is_armed && state.now_us - state.fed_us > state.bite_us)
        bite();
}

void clock_spin(void)
{
    if (state.is_armed)
        clock_pass(state.bite_us + 1);
}

void ets_delay_us(uint32_t us)
{
    clock_pass(us);
}

/* A program that waits for the counter to rise shall see it rise. */
uint32_t xthal_get_ccount(void)
{
    clock_pass(LOOK_AT_CLOCK_US);
    return (uint32_t)state.now_us * CYCLES_A_US;
}

uint32_t ets_get_cpu_frequency(void)
{
    return CYCLES_A_US;
}

void ets_wdt_enable(void)
{
    state.is_armed = true;
    clock_feed();
}

void ets_wdt_disable(void)
{
    state.is_armed = false;
}
