/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions of the ROM that a bootloader may call and whose effect cannot be
 * seen here: entries.S lists them. They return 0, "done" or "nothing".
 */
#include "rom/entries.h"

uint32_t entry_does_nothing(void)
{
    return 0;
}

/* All pins are pulled up. */
uint32_t gpio_input_get(void)
{
    return 0xffff;
}
