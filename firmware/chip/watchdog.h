/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CHIP_WATCHDOG_H
#define CHIP_WATCHDOG_H

#include <stdint.h>

/* The old SDKs and the ROM leave the watchdog on. (eagle_soc.h) */
static inline void watchdog_feed(void)
{
    *(volatile uint32_t *)0x60000914 = 0x73;
}

#endif
