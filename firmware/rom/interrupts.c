/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A handler runs as the program does, on its stack, so that its accesses to
 * registers are exceptions like any other. It returns to an instruction that
 * is an exception as well, by which the state before comes back.
 */
#include "rom/interrupts.h"
#include "chip/rom.h"
#include "rom/entries.h"
#include "rom/uart.h"

enum {
    UART = 5, /* its number among interrupts (ets_sys.h) */
    TIMER = 1 << 6,
    INTERVAL = 4000, /* cycles */
    RETURN_ADDRESS = 0,
    STACK = 1,
    ARGUMENT = 2,
    ROOM_ON_STACK = 64,
};

extern const uint32_t interrupt_return[]; /* start.S */

static struct {
    rom_handler *handler;
    void *argument;
    bool is_unmasked;
    struct frame frame; /* of the program, while its handler runs */
    uint32_t pc;
} state;

static void enable(uint32_t interrupts)
{
    __asm__ volatile("wsr %0, intenable\n\trsync" ::"r"(interrupts));
}

static uint32_t cycles(void)
{
    uint32_t now;
    __asm__ volatile("rsr %0, ccount" : "=r"(now));
    return now;
}

/* The count follows the host's clock, and a busy host may stop between two
 * instructions for longer than the interval: what it then has passed would
 * not come before the count has gone around. */
static void wind_up(void)
{
    uint32_t due;
    do {
        due = cycles() + INTERVAL;
        __asm__ volatile("wsr %0, ccompare0\n\tesync" ::"r"(due));
    } while ((int32_t)(due - cycles()) <= 0);
}

static void update(void)
{
    bool is_on = state.is_unmasked && state.handler != NULL && uart_has_line();
    if (is_on)
        wind_up();
    enable(is_on ? TIMER : 0);
}

void interrupts_reset(void)
{
    state.handler = NULL;
    state.is_unmasked = false;
    update();
}

/* The ROM's functions are not made for being interrupted by themselves. */
static bool is_ours(uint32_t pc)
{
    return (pc >= 0x40000000 && pc < 0x40100000) || pc >= 0x50000000;
}

uint32_t interrupts_tick(struct frame *frame, uint32_t pc)
{
    update();
    if (is_ours(pc) || !uart_interrupts())
        return pc;
    enable(0);
    state.frame = *frame;
    state.pc = pc;
    frame->a[RETURN_ADDRESS] = (uint32_t)interrupt_return;
    frame->a[STACK] -= ROOM_ON_STACK;
    frame->a[ARGUMENT] = (uint32_t)state.argument;
    return (uint32_t)state.handler;
}

bool interrupts_are_done(uint32_t pc)
{
    return pc == (uint32_t)interrupt_return;
}

uint32_t interrupts_leave(struct frame *frame)
{
    *frame = state.frame;
    update();
    return state.pc;
}

/* --- the ROM's functions ------------------------------------------------ */

void ets_isr_attach(uint32_t number, rom_handler *handler, void *argument)
{
    if (number != UART)
        return;
    state.handler = handler;
    state.argument = argument;
    update();
}

static void set_mask(uint32_t numbers, bool is_unmasked)
{
    if ((numbers >> UART & 1) == 0)
        return;
    state.is_unmasked = is_unmasked;
    update();
}

void ets_isr_mask(uint32_t numbers)
{
    set_mask(numbers, false);
}

void ets_isr_unmask(uint32_t numbers)
{
    set_mask(numbers, true);
}
