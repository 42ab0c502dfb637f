/* SPDX-License-Identifier: Apache-2.0 */
/* entry.S jumps here, on the stack of the ROM's main(). */
#include "chip/rom.h"
#include "stub/line.h"
#include "stub/spi.h"
#include "stub/stub.h"

/* The linker's. */
extern uint32_t stub_zeros_start[];
extern uint32_t stub_zeros_end[];

/* Where the ROM keeps the program it was told to run. */
#define USER_ENTRY ((volatile uint32_t *)0x3fffdcd0)

_Noreturn void stub_main(uint32_t stack);
_Noreturn void stub_leave(uint32_t stack); /* entry.S */

static struct stub stub;
static struct stub_chip chip;

static uint32_t load(uint32_t address)
{
    return *(const volatile uint32_t *)address;
}

static void store(uint32_t address, uint32_t word)
{
    *(volatile uint32_t *)address = word;
}

static void clear_zeros(void)
{
    for (volatile uint32_t *zero = stub_zeros_start; zero < stub_zeros_end;
         zero++)
        *zero = 0;
}

static void begin(void)
{
    line_begin();
    chip = (struct stub_chip){
        .put = line_put,
        .end_packet = line_end_packet,
        .receive = line_receive,
        .look_after = line_look_after,
        .load = load,
        .store = store,
        .can_speed = line_can_speed,
        .set_speed = line_set_speed,
        .delay_us = ets_delay_us,
    };
    spi_begin(&chip.flash);
    stub_begin(&stub, &chip);
    stub_greet(&stub);
}

static void call(uint32_t entry)
{
    line_drain();
    ((void (*)(void))entry)();
}

void stub_main(uint32_t stack)
{
    clear_zeros();
    begin();
    for (;;) {
        switch (stub_serve(&stub)) {
        case STUB_RESTARTS:
            line_drain();
            software_reset();
        case STUB_RUNS_FLASH:
            line_drain();
            *USER_ENTRY = 0;
            stub_leave(stack);
        case STUB_CALLS:
            call(stub.entry);
            break;
        default:
            break;
        }
    }
}
