/* SPDX-License-Identifier: Apache-2.0 */
/* The flash as programs see it: the ROM's functions (entries.h) and commands
 * through the registers of a SPI controller. */
#ifndef ROM_SPI_H
#define ROM_SPI_H

#include <stdint.h>

enum {
    SPI_COMMAND = 0x00,
    SPI_ADDRESS = 0x04,
    SPI_STATUS = 0x10,
    SPI_USER2 = 0x24,
    SPI_DATA = 0x40,
};

/* The ROM's own variables, as at power on: a chip of 4 MB. */
void spi_reset(void);

/* command was written to the controller whose registers these are. */
void spi_command(uint32_t *registers, uint32_t command);

#endif
