/* SPDX-License-Identifier: Apache-2.0 */
/* The flash as programs see it: the ROM's functions (entries.h) and commands
 * through the registers of a SPI controller. */
#ifndef ROM_SPI_H
#define ROM_SPI_H

#include <stdint.h>

/* The ROM's own variables, as at power on: a chip of 4 MB. */
void spi_reset(void);

/* command was written to the controller whose registers these are. */
void spi_command(uint32_t *registers, uint32_t command);

#endif
