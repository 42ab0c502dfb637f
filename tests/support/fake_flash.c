/* SPDX-License-Identifier: Apache-2.0 */
#include "fake_loader.h"
#include <string.h>

enum { SECTOR = 0x1000, SECTORS_IN_BLOCK = 16 };
enum { REGISTER_ADDRESS = 1, REGISTER_DATA = 16 };

void fake_flash_erase(struct fake_chip *chip, uint32_t offset, uint32_t size)
{
    for (uint32_t at = 0; at < size; at += SECTOR) {
        uint32_t sector = (offset + at) % chip->flash_size / SECTOR * SECTOR;
        if (!chip->is_protected)
            memset(chip->flash + sector, 0xff, SECTOR);
        chip->erased_sectors++;
    }
}

void fake_flash_write(struct fake_chip *chip, uint32_t offset,
                      const uint8_t *data, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++) {
        uint32_t at = (offset + i) % chip->flash_size;
        if (chip->is_protected)
            continue;
        chip->flash[at] &= data[i];
        if (chip->is_worn && at % SECTOR == 17)
            chip->flash[at] &= 0xfe;
    }
    chip->written_bytes += size;
}

/* The sectors up to the next block are counted twice. */
void fake_flash_erase_by_rom(struct fake_chip *chip, uint32_t offset,
                             uint32_t size)
{
    uint32_t total = (size + SECTOR - 1) / SECTOR;
    uint32_t head = SECTORS_IN_BLOCK - offset / SECTOR % SECTORS_IN_BLOCK;
    if (head > total)
        head = total;
    fake_flash_erase(chip, offset, (head + total) * SECTOR);
}

static void read_data(struct fake_chip *chip)
{
    uint32_t offset = chip->registers[REGISTER_ADDRESS] & 0xffffff;
    uint32_t size = chip->registers[REGISTER_ADDRESS] >> 24;
    for (uint32_t i = 0; i < size && i < 64; i++) {
        uint32_t *word = &chip->registers[REGISTER_DATA + i / 4];
        uint32_t shift = 8 * (i % 4);
        uint32_t byte = chip->flash[(offset + i) % chip->flash_size];
        *word = (*word & ~(UINT32_C(0xff) << shift)) | byte << shift;
    }
}

void fake_flash_command(struct fake_chip *chip, uint32_t command)
{
    if (command == UINT32_C(1) << 31)
        read_data(chip);
    else if (command == 1 << 28)
        chip->registers[REGISTER_DATA] = chip->flash_id;
}
