/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The chip's registers: 0x60000000 and 0x3ff00000 on. Their addresses are
 * closed to the CPU, so each access comes here.
 */
#ifndef ROM_REGISTERS_H
#define ROM_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

void registers_power_on(void); /* RTC memory holds anything */
void registers_reset(uint32_t cause);
uint32_t registers_cause(void);
void registers_cache(bool is_on);

bool registers_have(uint32_t address);
/* address: that of a word */
uint32_t registers_read(uint32_t address);
void registers_write(uint32_t address, uint32_t value);

#endif
