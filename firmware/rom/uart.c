/* SPDX-License-Identifier: Apache-2.0 */
#include "rom/uart.h"
#include "chip/rom.h"
#include "rom/console.h"
#include "rom/entries.h"
#include "rom/options.h"
#include "rom/power.h"
#include "rom/semihosting.h"
#include <string.h>

/* A crystal of 26 MHz; no one's PLL is modelled. The ROM divides as if it
 * had 40 MHz, which makes 115200 baud the well-known 74880. */
enum {
    CLOCK = 52000000,
    DIVISOR_AT_RESET = 694,
    DIVISOR_MASK = 0xfffff,
    DATE = 0x00062000,
    RECEIVED = 1 << 8 | 1, /* FIFO full, or full enough for long enough */
    FIFO_SIZE = 128,
    TOLERANCE_PERCENT = 4,
};

enum {
    ROOM = 4096,
    HEADER_WORDS = 2,
    /* Who sends looks for room and finds nothing received: one look in vain
     * after that is no wish to receive. Who does nothing else for long leaves
     * the processor to others. */
    LOOKS_BEFORE_WAITING = 200,
    WAIT_US = 1000,
};

struct run {
    uint32_t baud;
    uint32_t size;
    uint8_t bytes[ROOM];
};

static struct {
    uint32_t divisor;
    uint32_t enabled; /* interrupts */
    struct run out;
    struct run in;
    uint32_t taken;    /* bytes of in */
    uint32_t not_read; /* bytes of the run that did not fit into in */
    uint32_t vain_looks;
} uart;

static uint32_t baud(void)
{
    return CLOCK / uart.divisor;
}

bool uart_has_line(void)
{
    return options()->serial != 0;
}

static _Noreturn void end_line(void)
{
    console_say("the serial line is gone");
    power_end(ROM_LINE);
}

static void set_divisor(uint32_t divisor)
{
    uart_flush();
    uart.divisor = divisor & DIVISOR_MASK;
    if (uart.divisor == 0)
        uart.divisor = 1;
}

void uart_reset(void)
{
    if (uart.divisor != 0)
        uart_flush();
    uart.divisor = DIVISOR_AT_RESET;
    uart.enabled = 0;
    uart.taken = uart.in.size;
    uart.vain_looks = 0;
}

void uart_flush(void)
{
    if (uart.out.size == 0)
        return;
    uart.out.baud = baud();
    uint32_t size = HEADER_WORDS * 4 + uart.out.size;
    int32_t sent = host_write((int32_t)options()->serial, &uart.out, size);
    uart.out.size = 0;
    if (sent != (int32_t)size)
        end_line();
}

void uart_put(uint8_t character)
{
    if (!uart_has_line()) {
        console_put(character);
        return;
    }
    uart.vain_looks = 0;
    uart.out.bytes[uart.out.size++] = character;
    if (uart.out.size == ROOM || character == '\n')
        uart_flush();
}

static void read_whole(void *data, uint32_t size)
{
    uint8_t *out = data;
    while (size > 0) {
        int32_t step = host_read((int32_t)options()->serial, out, size);
        if (step <= 0)
            end_line();
        out += step;
        size -= (uint32_t)step;
    }
}

static bool is_out_of_tune(void)
{
    uint32_t own = baud();
    uint32_t off = own > uart.in.baud ? own - uart.in.baud : uart.in.baud - own;
    return off > own / 100 * TOLERANCE_PERCENT;
}

static void make_garbage(void)
{
    for (uint32_t i = 0; i < uart.in.size; i++)
        uart.in.bytes[i] = (uint8_t)(uart.in.bytes[i] * 37 + 11);
}

static void receive(void)
{
    if (uart.not_read == 0) {
        uint32_t header[HEADER_WORDS];
        read_whole(header, sizeof(header));
        uart.in.baud = header[0];
        uart.not_read = header[1];
    }
    uart.in.size = uart.not_read < ROOM ? uart.not_read : ROOM;
    uart.not_read -= uart.in.size;
    uart.taken = 0;
    read_whole(uart.in.bytes, uart.in.size);
}

static uint32_t waiting(void)
{
    return uart.in.size - uart.taken;
}

/* Returns how many bytes can be had. */
static uint32_t look(void)
{
    if (waiting() > 0 || !uart_has_line())
        return waiting();
    if (uart.vain_looks > 0)
        uart_flush();
    uint32_t patience =
        uart.vain_looks < LOOKS_BEFORE_WAITING ? 0 : (uint32_t)WAIT_US;
    if (!host_can_read((int32_t)options()->serial, patience)) {
        uart.vain_looks++;
        return 0;
    }
    uart.vain_looks = 0;
    receive();
    if (is_out_of_tune())
        make_garbage();
    return waiting();
}

static uint8_t take(void)
{
    return waiting() > 0 ? uart.in.bytes[uart.taken++] : 0;
}

bool uart_get(uint8_t *character)
{
    if (look() == 0)
        return false;
    *character = take();
    return true;
}

void uart_see_work(void)
{
    uart.vain_looks = 0;
}

void uart_detect_speed(void)
{
    uart_flush();
    while (waiting() == 0)
        receive();
    set_divisor((CLOCK + uart.in.baud / 2) / uart.in.baud);
}

bool uart_interrupts(void)
{
    return (uart.enabled & RECEIVED) != 0 && look() > 0;
}

/* All is always sent. */
static uint32_t status(void)
{
    uint32_t count = look();
    return count < FIFO_SIZE ? count : (uint32_t)FIFO_SIZE - 1;
}

bool uart_read(uint32_t address, uint32_t *value)
{
    switch (address) {
    case UART0_FIFO:
        *value = take();
        return true;
    case UART0_STATUS:
        *value = status();
        return true;
    case UART0_INTERRUPTS:
        *value = uart_interrupts() ? (uint32_t)RECEIVED : 0;
        return true;
    case UART0_ENABLED:
        *value = uart.enabled;
        return true;
    case UART0_DIVISOR:
        *value = uart.divisor;
        return true;
    case UART0_DATE:
        *value = DATE;
        return true;
    default:
        return false;
    }
}

void uart_write(uint32_t address, uint32_t value)
{
    if (address == UART0_FIFO)
        uart_put((uint8_t)value);
    else if (address == UART0_ENABLED)
        uart.enabled = value;
    else if (address == UART0_DIVISOR)
        set_divisor(value);
}

/* --- the ROM's functions ------------------------------------------------ */

void uart_div_modify(uint32_t number, uint32_t divisor)
{
    if (number == 0)
        set_divisor(divisor);
}

int uart_tx_one_char(uint8_t character)
{
    uart_put(character);
    return 0;
}

int uart_rx_one_char(uint8_t *character)
{
    return uart_get(character) ? 0 : 1;
}
