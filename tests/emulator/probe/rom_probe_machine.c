/* SPDX-License-Identifier: Apache-2.0 */
/* Everything but the flash: resets, watchdog, ends, library. */
#include "chip/rom.h"
#include "emulator/probe/rom_probe.h"
#include <stdarg.h>
#include <string.h>

enum {
    SECOND = 1000000,
    RTC_CONTROL = 0x60000700,
    RTC_CAUSE = 0x60000714,
    WATCHDOG_CONTROL = 0x60000900,
    WATCHDOG_FEED = 0x60000914,
    FEED = 0x73,
    RTC_COUNT = 0x60001000,
    RTC_LAST = 0x600013fc,
    STRAPS = 0x60000318,
    RANDOM = 0x3ff20e44,
};

/* Three ways to reset; RTC memory lasts over them all. */
void probe_resets(void)
{
    enum { MARK = 0x5eed };
    uint32_t step = 0;
    if (*reg(RTC_CAUSE) != 1) {
        step = *reg(RTC_COUNT);
        CHECK(*reg(RTC_LAST) == MARK);
    }
    *reg(RTC_COUNT) = step + 1;
    *reg(RTC_LAST) = MARK;
    ets_printf("step %u, cause %u\n", (unsigned)step,
               (unsigned)*reg(RTC_CAUSE));
    if (step == 0)
        rom_software_reboot();
    if (step == 1)
        *reg(RTC_CONTROL) = 1u << 31;
    if (step == 2)
        ets_delay_us(30 * SECOND);
    CHECK(step == 3);
    CHECK(*reg(RTC_CAUSE) == 4);
    CHECK((*reg(STRAPS) >> 16 & 7) == 3);
    CHECK(*reg(RANDOM) != *reg(RANDOM));
}

void probe_reset_always(void)
{
    rom_software_reboot();
}

void probe_unknown_entry(void)
{
    ROM(0x40001234, void(void))();
}

void probe_watchdog(void)
{
    ets_delay_us(26 * SECOND);
    ets_printf("26 s are borne\n");
    ets_delay_us(SECOND);
    ets_printf("27 s are not\n");
}

void probe_fed(void)
{
    for (int i = 0; i < 4; i++) {
        *reg(WATCHDOG_FEED) = FEED;
        ets_delay_us(20 * SECOND);
    }
    *reg(WATCHDOG_CONTROL) = 0;
    ets_delay_us(60 * SECOND);
}

void probe_spin(void)
{
    *reg(WATCHDOG_FEED) = FEED;
    for (;;)
        ;
}

void probe_time(void)
{
    *reg(WATCHDOG_CONTROL) = 0;
    for (;;)
        ets_delay_us(SECOND);
}

void probe_crash(void)
{
    /* The compiler would split a load whose address it knows. */
    volatile uint32_t odd = 0x3ffe8001;
    *reg(odd);
}

void probe_return(void)
{
}

void probe_library(void)
{
    char text[32];
    uint32_t words[4];
    memset(words, 0xa5, sizeof(words));
    CHECK(words[0] == 0xa5a5a5a5 && words[3] == 0xa5a5a5a5);
    memcpy(text, "emulator", 9);
    CHECK(strcmp(text, "emulator") == 0 && strlen(text) == 8);
    CHECK(strcmp("a", "b") < 0 && strcmp("b", "a") > 0);
    CHECK(strncmp("abc", "abd", 2) == 0 && memcmp("abc", "abd", 3) < 0);
    memmove(text + 1, text, 8);
    CHECK(memcmp(text, "eemulator", 9) == 0);
    CHECK(strstr(text, "lat") == text + 4);
    CHECK(strstr(text, "none") == NULL);
    CHECK(strncpy(text, "xy", 4) == text && text[3] == '\0');
    /* RTC memory is behind exceptions. */
    memcpy((void *)RTC_COUNT, "12345678", 8);
    CHECK(*reg(RTC_COUNT + 4) == 0x38373635);
    CHECK(*(volatile uint8_t *)(RTC_COUNT + 1) == '2');
    *(volatile uint8_t *)(RTC_COUNT + 1) = 'x';
    *(volatile uint16_t *)(RTC_COUNT + 2) = 0x8081;
    CHECK(*reg(RTC_COUNT) == 0x80817831);
    CHECK(*(volatile int16_t *)(RTC_COUNT + 2) == -0x7f7f);
}

/* volatile: the compiler shall not know. */
static void check_integers(void)
{
    volatile uint32_t seven = 7;
    volatile int32_t minus = -100;
    volatile uint64_t large = 0x123456789abcdef0;
    CHECK(1000u / seven == 142 && 1000u % seven == 6);
    CHECK(minus / (int32_t)seven == -14);
    CHECK(large / seven == 0x299c335ccf668fd);
    CHECK(large % seven == 5);
    CHECK(-(int64_t)large / (int64_t)seven == -0x299c335ccf668fd);
    CHECK((large >> 4) * 0x1000000010 == 0xacf135689abcdef0);
}

typedef uint64_t on_doubles(uint64_t left, uint64_t right);
typedef uint32_t on_floats(uint32_t left, uint32_t right);

static void check_floats(void)
{
    const uint64_t one = 0x3ff0000000000000, three = 0x4008000000000000;
    CHECK(ROM(0x4000c538, on_doubles)(one, three) == 0x4010000000000000);
    CHECK(ROM(0x4000c688, on_doubles)(one, three) == 0xc000000000000000);
    CHECK(ROM(0x4000c8f0, on_doubles)(three, three) == 0x4022000000000000);
    CHECK(ROM(0x4000cb94, on_doubles)(one, three) == 0x3fd5555555555555);
    CHECK(ROM(0x4000c180, on_floats)(0x3f800000, 0x40400000) == 0x40800000);
    CHECK(ROM(0x4000c268, on_floats)(0x3f800000, 0x40400000) == 0xc0000000);
    CHECK(ROM(0x4000c3dc, on_floats)(0x40400000, 0x40400000) == 0x41100000);
    CHECK(ROM(0x4000c4c4, uint32_t(uint32_t))(0x42f70000) == 123);
    CHECK(ROM(0x4000ccb8, int32_t(uint64_t))(0xc05edd2f1a9fbe77) == -123);
    CHECK(ROM(0x4000cd00, uint32_t(uint64_t))(0x405edd2f1a9fbe77) == 123);
    CHECK(ROM(0x4000cd5c, uint32_t(uint64_t))(three) == 0x40400000);
    CHECK(ROM(0x4000cdfc, uint64_t(uint32_t))(0x40400000) == three);
    CHECK(ROM(0x4000e2a4, uint32_t(uint32_t))(3) == 0x40400000);
    CHECK(ROM(0x4000e2ac, uint32_t(int32_t))(-3) == 0xc0400000);
    CHECK(ROM(0x4000e2e8, uint64_t(uint32_t))(3) == three);
    CHECK(ROM(0x4000e2f0, uint64_t(int32_t))(3) == three);
}

void probe_arithmetic(void)
{
    check_integers();
    check_floats();
}

static char printed[64];

static void print_there(char character)
{
    size_t length = strlen(printed);
    if (length < sizeof(printed) - 1)
        printed[length] = character;
}

typedef int print_to(void (*put)(char), const char *format, va_list arguments);

static bool prints(const char *wanted, const char *format, ...)
{
    va_list arguments;
    memset(printed, 0, sizeof(printed));
    va_start(arguments, format);
    ROM(0x40001f00, print_to)(print_there, format, arguments);
    va_end(arguments);
    if (strcmp(printed, wanted) == 0)
        return true;
    ets_printf("\"%s\"\n", printed);
    return false;
}

void probe_printf(void)
{
    CHECK(prints("-5 4294967295 ff", "%d %u %x", -5, UINT32_MAX, 255));
    CHECK(prints("0000002a|    2a|2a    |", "%08x|%6x|%-6x|", 42, 42, 42));
    CHECK(prints("-0042|  -42|", "%05d|%5d|", -42, -42));
    CHECK(prints("ab|   ab|ab   |a|%c", "%s|%5s|%-5s|%.1s|%%%c", "ab", "ab",
                 "ab", "ab", 'c'));
    CHECK(prints("-2147483648 (null)", "%ld %s", (long)INT32_MIN, NULL));
}

/* For the plugin: what the chip refuses and QEMU does not. */
void probe_narrow(void)
{
    volatile uint8_t *iram = (volatile uint8_t *)0x40107000;
    ets_printf("byte %u\n", (unsigned)*iram);
}

void probe_loop(void)
{
    for (;;)
        ;
}
