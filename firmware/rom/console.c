/* SPDX-License-Identifier: Apache-2.0 */
#include "rom/console.h"
#include "chip/rom.h"
#include "rom/entries.h"
#include "rom/semihosting.h"
#include "rom/uart.h"
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { LINE_SIZE = 256, DIGITS = 12, STANDARD_OUTPUT = 1 };

static struct {
    char line[LINE_SIZE];
    uint32_t used;
    bool in_line; /* the last character out was not the end of a line */
    rom_putc *program_putc;
} console;

void console_flush(void)
{
    if (console.used > 0)
        host_write(STANDARD_OUTPUT, console.line, console.used);
    console.used = 0;
}

void console_put(uint8_t character)
{
    if (character == '\r')
        return;
    console.line[console.used++] = (char)character;
    console.in_line = character != '\n';
    if (character == '\n' || console.used == LINE_SIZE)
        console_flush();
}

void console_reset(void)
{
    console.program_putc = NULL;
}

/* One conversion of a format, and where its characters go. */
struct conversion {
    rom_putc *put;
    uint32_t written;
    uint32_t width;
    uint32_t most; /* characters of a string */
    bool left;
    bool zeros;
};

static void put(struct conversion *now, char character)
{
    now->put(character);
    now->written++;
}

static void pad(struct conversion *now, uint32_t length, char filler)
{
    for (; length < now->width; length++)
        put(now, filler);
}

static void put_string(struct conversion *now, const char *text)
{
    uint32_t length = 0;
    if (text == NULL)
        text = "(null)";
    while (length < now->most && text[length] != '\0')
        length++;
    if (!now->left)
        pad(now, length, ' ');
    for (uint32_t i = 0; i < length; i++)
        put(now, text[i]);
    if (now->left)
        pad(now, length, ' ');
}

static void put_number(struct conversion *now, uint32_t number, uint32_t base,
                       bool is_negative)
{
    char text[DIGITS];
    char *start = text + DIGITS - 1;
    *start = '\0';
    do {
        *--start = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0);
    if (now->zeros && !now->left) {
        if (is_negative) {
            put(now, '-');
            now->width -= now->width > 0;
        }
        pad(now, (uint32_t)strlen(start), '0');
        now->width = 0;
    } else if (is_negative) {
        *--start = '-';
    }
    put_string(now, start);
}

static uint32_t read_width(const char **at)
{
    uint32_t width = 0;
    while (**at >= '0' && **at <= '9')
        width = width * 10 + (uint32_t)(*(*at)++ - '0');
    return width;
}

/* Flags, width and precision, up to the letter that *at is left at. */
static void read_layout(struct conversion *now, const char **at)
{
    now->left = false;
    now->zeros = false;
    now->most = UINT32_MAX;
    for (; **at == '-' || **at == '0' || **at == '#' || **at == '+'; (*at)++) {
        now->left |= **at == '-';
        now->zeros |= **at == '0';
    }
    now->width = read_width(at);
    if (**at == '.') {
        (*at)++;
        now->most = read_width(at);
    }
    while (**at == 'l' || **at == 'h' || **at == 'z')
        (*at)++;
}

static void put_signed(struct conversion *now, int32_t number)
{
    uint32_t bits = (uint32_t)number;
    put_number(now, number < 0 ? 0 - bits : bits, 10, number < 0);
}

int ets_io_vprintf(rom_putc *out, const char *format, va_list arguments)
{
    struct conversion now = {.put = out};
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            put(&now, *format);
            continue;
        }
        format++;
        read_layout(&now, &format);
        if (*format == 's')
            put_string(&now, va_arg(arguments, const char *));
        else if (*format == 'd' || *format == 'i')
            put_signed(&now, va_arg(arguments, int32_t));
        else if (*format == 'u')
            put_number(&now, va_arg(arguments, uint32_t), 10, false);
        else if (*format == 'x' || *format == 'X' || *format == 'p')
            put_number(&now, va_arg(arguments, uint32_t), 16, false);
        else if (*format == 'c')
            put(&now, (char)va_arg(arguments, int));
        else if (*format == '\0')
            break;
        else
            put(&now, *format);
    }
    return (int)now.written;
}

static void put_uart(char character)
{
    uart_put((uint8_t)character);
}

void ets_write_char(char character)
{
    if (console.program_putc != NULL)
        console.program_putc(character);
    else
        put_uart(character);
}

int ets_printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int written = ets_io_vprintf(ets_write_char, format, arguments);
    va_end(arguments);
    return written;
}

void ets_install_putc1(rom_putc *out)
{
    console.program_putc = out;
}

static void put_own(char character)
{
    console_put((uint8_t)character);
}

void console_say(const char *format, ...)
{
    va_list arguments;
    if (console.in_line)
        put_own('\n');
    for (const char *at = "[rom] "; *at != '\0'; at++)
        put_own(*at);
    va_start(arguments, format);
    ets_io_vprintf(put_own, format, arguments);
    va_end(arguments);
    put_own('\n');
}
