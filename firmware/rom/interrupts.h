/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts of the program that runs: that of UART 0, when bytes have come
 * over its line. The CPU's timer looks for them, since nothing else can.
 */
#ifndef ROM_INTERRUPTS_H
#define ROM_INTERRUPTS_H

#include "rom/start.h"
#include <stdbool.h>

void interrupts_reset(void); /* no handlers, all masked */

/* The timer ticked, pc was next. Returns where the program goes on: at its
 * handler, if there is a reason; frame is changed then. */
uint32_t interrupts_tick(struct frame *frame, uint32_t pc);

/* The handler is done: the frame as it was, and where it goes on. */
bool interrupts_are_done(uint32_t pc);
uint32_t interrupts_leave(struct frame *frame);

#endif
