/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two times: the network waits in the host's time, since servers do; sleeps
 * pass in modelled time, and cost nothing.
 */
#include "chip/rom.h"
#include "chip/watchdog.h"
#include "lwip/arch.h"
#include "lwip/sys.h"
#include "port.h"

/* The board's clock in Hz, by which the cycle counter runs. */
#define BOARD_CLOCK (*(volatile uint32_t *)0x9d020004u)

enum { SLEEP_STEP_MS = 1000 };

static struct {
    uint32_t slept_ms;
    uint32_t last_cycles;
    uint32_t rest;
    uint32_t awake_ms;
} now;

uint32_t port_cycles(void)
{
    uint32_t cycles;
    __asm__ volatile("rsr %0, ccount" : "=r"(cycles));
    return cycles;
}

/* Counted on with each look, since the counter wraps around in a minute. */
static uint32_t now_ms(void *context)
{
    (void)context;
    uint32_t cycles = port_cycles();
    uint32_t cycles_a_ms = BOARD_CLOCK / 1000;
    now.rest += cycles - now.last_cycles;
    now.last_cycles = cycles;
    now.awake_ms += now.rest / cycles_a_ms;
    now.rest %= cycles_a_ms;
    return now.awake_ms + now.slept_ms;
}

u32_t sys_now(void)
{
    return now_ms(NULL);
}

static void sleep_ms(void *context, uint32_t ms)
{
    (void)context;
    while (ms > 0) {
        uint32_t step = ms < SLEEP_STEP_MS ? ms : SLEEP_STEP_MS;
        watchdog_feed();
        ets_delay_us(step * 1000);
        now.slept_ms += step;
        ms -= step;
    }
}

static uint32_t cycles_as_random(void *context)
{
    (void)context;
    return port_cycles() * 2654435761u;
}

const struct agent_clock port_clock = {
    .now_ms = now_ms,
    .sleep_ms = sleep_ms,
    .random = cycles_as_random,
};
