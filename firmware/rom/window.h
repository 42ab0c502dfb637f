/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash window at 0x40200000: a copy of the megabyte that
 * Cache_Read_Enable() chose, kept up to date while flash is written.
 */
#ifndef ROM_WINDOW_H
#define ROM_WINDOW_H

#include <stdint.h>

enum { WINDOW = 0x40200000, WINDOW_SIZE = 0x100000 };

void window_reset(void); /* nothing is mapped */
void window_update(uint32_t offset, const void *data, uint32_t size);

#endif
