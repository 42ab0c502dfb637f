/* SPDX-License-Identifier: Apache-2.0 */
/* The serial loader, which the ROM runs when it is strapped for a download
 * from UART 0. */
#ifndef ROM_LOADER_H
#define ROM_LOADER_H

#include <stdint.h>

/* Until a program in RAM shall run: returns its entry; 0: the flash's. */
uint32_t loader_run(void);

#endif
