/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses: the SDKs' eagle_soc.h, and ESP8266 Technical Reference. */
#include "rom/registers.h"
#include "rom/clock.h"
#include "rom/console.h"
#include "rom/flash.h"
#include "rom/options.h"
#include "rom/power.h"
#include "rom/spi.h"
#include "rom/uart.h"

enum {
    PERIPHERALS = 0x60000000,
    PERIPHERALS_SIZE = 0x2000,
    PERIPHERALS_END = 0x70000000,
    SPI1 = 0x60000100,
    SPI0 = 0x60000200,
    SPI0_EXT2 = 0x600002f8,
    GPIO_IN = 0x60000318,
    RTC_CONTROL = 0x60000700,
    RTC_CAUSE = 0x60000714,
    RTC_END = 0x60000780,
    WATCHDOG_CONTROL = 0x60000900,
    WATCHDOG_STAGE = 0x60000904,
    WATCHDOG_FEED = 0x60000914,
    UART1_FIFO = 0x60000f00,
    UART1_STATUS = 0x60000f1c,
    RTC_MEMORY = 0x60001000,
    RTC_MEMORY_END = 0x60001400,
};

enum {
    DPORT = 0x3ff00000,
    DPORT_SIZE = 0x400,
    DPORT_CACHE = 0x3ff0000c,
    FUSES = 0x3ff00050,
    FUSES_END = 0x3ff00060,
    DPORT_END = 0x3ff40000,
    RANDOM = 0x3ff20e44,
};

enum {
    STRAPS_SHIFT = 16,
    CACHE_ON = 1 << 8,
    FEED_VALUE = 0x73,
    WATCHDOG_ON = 1,
    CAUSE_MASK = 0xf,
    ACCESS_US = 1,
    RANDOM_START = 0x1234567,
    POWER_ON_JUNK = 0x5eed0000,
};
#define SOFTWARE_RESET (UINT32_C(1) << 31)

static struct {
    uint32_t peripherals[PERIPHERALS_SIZE / 4];
    uint32_t dport[DPORT_SIZE / 4];
    uint32_t random;
} state;

static bool is_peripheral(uint32_t address)
{
    return address - PERIPHERALS < PERIPHERALS_SIZE;
}

static uint32_t *peripheral(uint32_t address)
{
    return &state.peripherals[(address - PERIPHERALS) / 4];
}

void registers_power_on(void)
{
    state.random = RANDOM_START;
    for (uint32_t at = RTC_MEMORY; at < RTC_MEMORY_END; at += 4)
        *peripheral(at) = POWER_ON_JUNK ^ at * 0x9e3779b1u;
}

/* The fuses hold the address 5c:cf:7f and three bytes of the chip's own.
 * (esptool, targets/esp8266.py) */
static void burn_fuses(void)
{
    uint32_t *fuses = &state.dport[(FUSES - DPORT) / 4];
    uint32_t mac = options()->mac;
    fuses[0] = mac << 24;
    fuses[1] = mac >> 8 & 0xffff;
    fuses[2] = 0;
    fuses[3] = 0x5ccf7f;
}

/* The RTC's part keeps what it has. */
void registers_reset(uint32_t cause)
{
    for (uint32_t at = PERIPHERALS; at < RTC_CONTROL; at += 4)
        *peripheral(at) = 0;
    for (uint32_t at = RTC_END; at < RTC_MEMORY; at += 4)
        *peripheral(at) = 0;
    for (uint32_t i = 0; i < DPORT_SIZE / 4; i++)
        state.dport[i] = 0;
    *peripheral(RTC_CONTROL) = 0;
    *peripheral(GPIO_IN) = options()->straps << STRAPS_SHIFT;
    burn_fuses();
    *peripheral(RTC_CAUSE) = cause;
}

uint32_t registers_cause(void)
{
    return *peripheral(RTC_CAUSE) & CAUSE_MASK;
}

void registers_cache(bool is_on)
{
    uint32_t *cache = &state.dport[(DPORT_CACHE - DPORT) / 4];
    *cache = (*cache & ~(uint32_t)CACHE_ON) | (is_on ? CACHE_ON : 0);
}

bool registers_have(uint32_t address)
{
    return (address >= PERIPHERALS && address < PERIPHERALS_END) ||
           (address >= DPORT && address < DPORT_END);
}

static void tell_unknown(const char *what, uint32_t address)
{
    if (options()->trace)
        console_say("register 0x%08x is %s, and unknown", (unsigned)address,
                    what);
}

/* The same in each run; it only has to look like chance. */
static uint32_t next_random(void)
{
    state.random ^= state.random << 13;
    state.random ^= state.random >> 17;
    state.random ^= state.random << 5;
    return state.random;
}

uint32_t registers_read(uint32_t address)
{
    uint32_t value;
    clock_pass(ACCESS_US);
    if (uart_read(address, &value))
        return value;
    uart_see_work();
    switch (address) {
    case UART1_STATUS: /* all sent */
    case SPI0:         /* the last command is done */
    case SPI1:
    case SPI0_EXT2:
        return 0;
    case RANDOM:
        return next_random();
    default:
        break;
    }
    if (is_peripheral(address))
        return *peripheral(address);
    if (address - DPORT < DPORT_SIZE)
        return state.dport[(address - DPORT) / 4];
    tell_unknown("read", address);
    return 0;
}

static void act(uint32_t address, uint32_t value)
{
    switch (address) {
    case UART0_FIFO:
    case UART0_DIVISOR:
    case UART0_ENABLED:
        uart_write(address, value);
        break;
    case UART1_FIFO:
        console_put((uint8_t)value);
        break;
    case SPI0:
    case SPI1:
        spi_command(peripheral(address), value);
        break;
    case WATCHDOG_CONTROL:
    case WATCHDOG_STAGE:
        clock_watchdog((*peripheral(WATCHDOG_CONTROL) & WATCHDOG_ON) != 0,
                       *peripheral(WATCHDOG_STAGE));
        break;
    case WATCHDOG_FEED:
        if (value == FEED_VALUE)
            clock_feed();
        break;
    case RTC_CONTROL:
        if ((value & SOFTWARE_RESET) != 0)
            power_reset(CAUSE_SOFTWARE);
        break;
    default:
        break;
    }
}

void registers_write(uint32_t address, uint32_t value)
{
    clock_pass(ACCESS_US);
    uart_see_work();
    if (is_peripheral(address)) {
        if (address != GPIO_IN)
            *peripheral(address) = value;
        act(address, value);
    } else if (address - DPORT < DPORT_SIZE) {
        if (address < FUSES || address >= FUSES_END)
            state.dport[(address - DPORT) / 4] = value;
    } else {
        tell_unknown("written", address);
    }
}
