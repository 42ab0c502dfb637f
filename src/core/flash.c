/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/flash.h"
#include <string.h>

enum { BLOCK_SIZE = 256 };

static bool is_inside(const struct ota_flash *flash, uint32_t offset,
                      uint32_t size)
{
    return offset <= flash->size && size <= flash->size - offset;
}

/* Drivers read and write whole words; the ROM's would do something else. */
static bool is_words(uint32_t offset, const void *data, uint32_t size)
{
    return (offset | size | (uintptr_t)data) % 4 == 0;
}

bool ota_flash_read(const struct ota_flash *flash, uint32_t offset, void *data,
                    uint32_t size, struct ota_error *err)
{
    if (!is_inside(flash, offset, size) || !is_words(offset, data, size))
        return ota_fail(err, OTA_E_FLASH_READ, .offset = offset,
                        .expected = flash->size, .actual = offset + size);
    return flash->read(flash->context, offset, data, size, err);
}

/* The driver reads whole aligned words; parsers ask for any bytes. */
static bool read_any(const void *context, uint32_t offset, void *data,
                     uint32_t size, struct ota_error *err)
{
    const struct ota_flash *flash = context;
    uint32_t block[BLOCK_SIZE / 4];
    uint8_t *out = data;
    while (size > 0) {
        uint32_t skip = offset % 4;
        uint32_t step = BLOCK_SIZE - skip;
        if (step > size)
            step = size;
        uint32_t words = (skip + step + 3) / 4 * 4;
        if (!ota_flash_read(flash, offset - skip, block, words, err))
            return false;
        memcpy(out, (const uint8_t *)block + skip, step);
        out += step;
        offset += step;
        size -= step;
    }
    return true;
}

struct ota_source ota_flash_source(const struct ota_flash *flash)
{
    return (struct ota_source){
        .size = flash->size,
        .read = read_any,
        .context = flash,
    };
}

/* size is a multiple of 4; data NULL: is it erased. */
static bool is_equal(const uint32_t *words, const uint8_t *data, uint32_t size)
{
    uint32_t all = UINT32_MAX;
    if (data)
        return memcmp(words, data, size) == 0;
    for (uint32_t i = 0; i < size / 4; i++)
        all &= words[i];
    return all == UINT32_MAX;
}

/* The first byte that differs from data (NULL: from erased), or size. */
static bool find_difference(const struct ota_flash *flash, uint32_t offset,
                            const uint8_t *data, uint32_t size, uint32_t *at,
                            struct ota_error *err)
{
    uint32_t block[BLOCK_SIZE / 4];
    for (uint32_t done = 0; done < size; done += BLOCK_SIZE) {
        uint32_t step = size - done < BLOCK_SIZE ? size - done : BLOCK_SIZE;
        const uint8_t *bytes = (const uint8_t *)block;
        if (!ota_flash_read(flash, offset + done, block, step, err))
            return false;
        if (is_equal(block, data ? data + done : NULL, step))
            continue;
        for (uint32_t i = 0; i < step; i++)
            if (bytes[i] != (data ? data[done + i] : 0xff)) {
                *at = done + i;
                return true;
            }
    }
    *at = size;
    return true;
}

static bool read_back(const struct ota_flash *flash, uint32_t offset,
                      const uint8_t *data, uint32_t size, struct ota_error *err)
{
    uint32_t at;
    if (!find_difference(flash, offset, data, size, &at, err))
        return false;
    return at == size ||
           ota_fail(err, OTA_E_FLASH_READBACK, .offset = offset + at);
}

bool ota_flash_write(const struct ota_flash *flash, uint32_t offset,
                     const void *data, uint32_t size, struct ota_error *err)
{
    if (!is_inside(flash, offset, size) || !is_words(offset, data, size))
        return ota_fail(err, OTA_E_FLASH_WRITE, .offset = offset);
    return flash->write(flash->context, offset, data, size, err) &&
           read_back(flash, offset, data, size, err);
}

bool ota_flash_erase(const struct ota_flash *flash, uint32_t offset,
                     struct ota_error *err)
{
    if (!is_inside(flash, offset, OTA_SECTOR_SIZE) ||
        offset % OTA_SECTOR_SIZE != 0)
        return ota_fail(err, OTA_E_FLASH_ERASE, .offset = offset);
    return flash->erase(flash->context, offset, err) &&
           read_back(flash, offset, NULL, OTA_SECTOR_SIZE, err);
}

bool ota_flash_compare(const struct ota_flash *flash, uint32_t offset,
                       const void *data, uint32_t size, bool *is_same,
                       struct ota_error *err)
{
    uint32_t at;
    if (!find_difference(flash, offset, data, size, &at, err))
        return false;
    *is_same = at == size;
    return true;
}

bool ota_flash_put_sector(const struct ota_flash *flash, uint32_t offset,
                          const void *data, uint32_t *erases,
                          struct ota_error *err)
{
    bool is_same;
    if (offset % OTA_SECTOR_SIZE != 0)
        return ota_fail(err, OTA_E_FLASH_WRITE, .offset = offset);
    if (!ota_flash_compare(flash, offset, data, OTA_SECTOR_SIZE, &is_same, err))
        return false;
    if (is_same)
        return true;
    if (erases)
        (*erases)++;
    return ota_flash_erase(flash, offset, err) &&
           ota_flash_write(flash, offset, data, OTA_SECTOR_SIZE, err);
}
