/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UART 0. With option serial=N its bytes go over the inherited socket N to
 * whoever plays the line; without, what is sent is printed and nothing is
 * ever received.
 *
 * On the socket each run of bytes follows two little-endian words: the speed
 * it was sent at, in baud, and its length. So both ends notice when they are
 * not at one speed, and get garbage, as on a line. What the FIFO of 128 bytes
 * would lose is not modelled: the sender waits.
 */
#ifndef ROM_UART_H
#define ROM_UART_H

#include <stdbool.h>
#include <stdint.h>

/* Its registers, from UART0 on. (eagle_soc.h, uart_register.h) */
enum {
    UART0 = 0x60000000,
    UART0_FIFO = UART0,
    UART0_INTERRUPTS = UART0 + 0x08,
    UART0_ENABLED = UART0 + 0x0c,
    UART0_STATUS = UART0 + 0x1c,
    UART0_DIVISOR = UART0 + 0x14,
    UART0_DATE = UART0 + 0x78,
};

void uart_reset(void); /* to the speed of the ROM's own messages */
bool uart_has_line(void);

/* True when UART 0 takes care of this register. */
bool uart_read(uint32_t address, uint32_t *value);
void uart_write(uint32_t address, uint32_t value);

void uart_put(uint8_t character);
void uart_flush(void);
bool uart_get(uint8_t *character); /* waits a moment; false: none came */

/* The program does other things than look for what is received. */
void uart_see_work(void);

/* Whether received bytes ask for an interrupt that is enabled. */
bool uart_interrupts(void);

/* Waits for the first bytes and takes over their speed. */
void uart_detect_speed(void);

#endif
