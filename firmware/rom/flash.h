/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flash chip: a file with NOR rules. Each operation goes to the file at
 * once, so a cut or an end of QEMU loses nothing.
 *
 * Like the chip, it has as many address bits as its size needs: addresses
 * beyond wrap around. What the ROM believes the size to be is not known here.
 */
#ifndef ROM_FLASH_H
#define ROM_FLASH_H

#include <stdbool.h>
#include <stdint.h>

enum {
    FLASH_PAGE = 256,
    FLASH_SECTOR = 4096,
    FLASH_BLOCK = 65536,
    FLASH_SMALLEST = 256 * 1024,
    FLASH_LARGEST = 16 * 1024 * 1024,
};

struct flash_counts {
    uint32_t erases;
    uint32_t programs; /* pages */
    uint32_t reads;
};

/* Ends the run when the file cannot be a chip. */
void flash_open(const char *path);
uint32_t flash_size(void);
uint32_t flash_id(void); /* as command RDID answers */
const struct flash_counts *flash_counts(void);

/* Aligned to 4 all. False: the operation failed, by order. */
void flash_read(uint32_t offset, void *data, uint32_t size);
bool flash_program(uint32_t offset, const void *data, uint32_t size);
bool flash_erase(uint32_t offset, uint32_t size); /* a sector or a block */

/* Bytes without counting them as an operation or as time. */
void flash_look(uint32_t offset, void *data, uint32_t size);

#endif
