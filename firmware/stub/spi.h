/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash by the ROM's functions, but for erasing: there they wait for long
 * without a look at the line.
 */
#ifndef STUB_SPI_H
#define STUB_SPI_H

#include "stub/writer.h"

/* Attaches the flash and asks it for its size. */
void spi_begin(struct stub_flash *flash);

#endif
