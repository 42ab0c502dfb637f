/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Standard output, by lines: what programs print, unless UART 0 has a line
 * (uart.h), and the ROM's own words, whose lines start with "[rom] ".
 */
#ifndef ROM_CONSOLE_H
#define ROM_CONSOLE_H

#include <stdint.h>

void console_put(uint8_t character);
void console_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
void console_flush(void);
void console_reset(void); /* a program's own output function is forgotten */

#endif
