/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash by commands through SPI 0's registers: the ROM's functions wait
 * for an erase without a look at the line.
 */
#ifndef STUB_SPI_H
#define STUB_SPI_H

#include "stub/writer.h"

/* Attaches the flash and asks it for its size. */
void spi_begin(struct stub_flash *flash);

#endif
