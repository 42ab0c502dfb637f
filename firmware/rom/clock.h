/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Modelled time: delays, flash operations and register accesses count, the
 * instructions between them do not. So runs are alike on every host. The
 * watchdog bites on this time.
 */
#ifndef ROM_CLOCK_H
#define ROM_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

void clock_reset(void); /* the watchdog is armed and fed */
void clock_pass(uint32_t us);
uint32_t clock_ms(void);

/* Stages of 0.8 ms * 2^exponent, 26.2 s at most. */
void clock_watchdog(bool is_on, uint32_t exponent);
void clock_feed(void);

/* A loop without end: only the watchdog can end it, if it is armed. */
void clock_spin(void);

#endif
