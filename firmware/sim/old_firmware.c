/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Stands for the old firmware in rehearsals, in either slot: when an old
 * boot starts it, the device has gone back to where it came from.
 */
#include "chip/rom.h"
#include "rom/semihosting.h"
#include "rom/status.h"

/* Three segments need data. */
const char boot_mark[] __attribute__((section(".rodata.mark"))) = "old";

_Noreturn void boot_start(void);

void boot_start(void)
{
    ets_printf("the old firmware runs\n");
    host_exit(ROM_OLD_FIRMWARE);
}
