/* SPDX-License-Identifier: Apache-2.0 */
/*
 * stop=ADDRESS: executing what is there is the wanted end of a run, reading
 * it is not.
 */
#ifndef ROM_STOP_H
#define ROM_STOP_H

#include <stdint.h>

/* Sets the CPU's breakpoint, which works at interrupt levels 0 and 1. */
void stop_set(void);

/*
 * The window was mapped. From a caller above these levels, as the SDK's
 * bootloader is when it starts an app, an illegal instruction takes the
 * breakpoint's place: from here on, reads would see it.
 */
void stop_mark_window(void);

/* Ends the run when pc is where it should end. */
void stop_check(uint32_t pc);

#endif
