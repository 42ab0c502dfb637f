/* SPDX-License-Identifier: Apache-2.0 */
/* The loaders in a fake chip. */
#ifndef OTATOOL_TESTS_FAKE_LOADER_H
#define OTATOOL_TESTS_FAKE_LOADER_H

#include "fake_chip.h"

/* Answers the request in chip->frame. */
void fake_loader_take(struct fake_chip *chip);

void fake_chip_send(struct fake_chip *chip, const void *data, size_t size);
void fake_chip_send_frame(struct fake_chip *chip, const void *data,
                          size_t size);

/* --- the flash chip --- */

void fake_flash_erase(struct fake_chip *chip, uint32_t offset, uint32_t size);
void fake_flash_write(struct fake_chip *chip, uint32_t offset,
                      const uint8_t *data, uint32_t size);
/* As the ROM erases for so many bytes, with its fault. */
void fake_flash_erase_by_rom(struct fake_chip *chip, uint32_t offset,
                             uint32_t size);
/* A command written to the register of the flash interface. */
void fake_flash_command(struct fake_chip *chip, uint32_t command);

#endif
