/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power on, resets, and the end of a run with its figures in the last line.
 */
#ifndef ROM_POWER_H
#define ROM_POWER_H

#include "rom/status.h"
#include <stdint.h>

/* As the chip's register RTC_STATE2 has them. */
enum reset_cause {
    CAUSE_POWER_ON = 1,
    CAUSE_SOFTWARE = 2,
    CAUSE_WATCHDOG = 4,
};

/* "[rom] end status=S resets=R erases=E programs=P reads=N ms=T" */
_Noreturn void power_end(enum rom_status status);

/* Enters the ROM anew; ends the run after too many times. */
_Noreturn void power_reset(enum reset_cause cause);

uint32_t power_resets(void);

#endif
