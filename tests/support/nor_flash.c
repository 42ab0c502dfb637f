/* SPDX-License-Identifier: Apache-2.0 */
#include "nor_flash.h"
#include <stdlib.h>
#include <string.h>

enum fate { DONE, FAILED, SILENT, CUT };

/* What becomes of the next operation. */
static enum fate next_fate(struct nor_flash *nor)
{
    if (nor->is_off)
        return FAILED;
    nor->operations++;
    if (nor->operations == nor->cut_at) {
        nor->is_off = true;
        return CUT;
    }
    if (nor->operations == nor->silent_at)
        return SILENT;
    return nor->operations == nor->failing_at ? FAILED : DONE;
}

/* The bytes of size that an operation gets to, in whole words. */
static uint32_t reach(const struct nor_flash *nor, enum fate fate,
                      uint32_t size)
{
    if (fate == DONE)
        return size;
    return fate == CUT ? size / 4 * nor->cut_quarters / 4 * 4 : 0;
}

static bool is_aligned(const void *data, uint32_t offset, uint32_t size)
{
    return (uintptr_t)data % 4 == 0 && (offset | size) % 4 == 0;
}

static bool is_inside(const struct nor_flash *nor, uint32_t offset,
                      uint32_t size)
{
    return offset <= nor->flash.size && size <= nor->flash.size - offset;
}

static bool read_flash(void *context, uint32_t offset, void *data,
                       uint32_t size, struct ota_error *err)
{
    struct nor_flash *nor = context;
    if (!is_inside(nor, offset, size) || !is_aligned(data, offset, size))
        abort();
    nor->reads++;
    if (nor->is_off || nor->reads == nor->unreadable_at)
        return ota_fail(err, OTA_E_FLASH_READ, .offset = offset);
    memcpy(data, nor->data + offset, size);
    return true;
}

static bool write_flash(void *context, uint32_t offset, const void *data,
                        uint32_t size, struct ota_error *err)
{
    struct nor_flash *nor = context;
    const uint8_t *bytes = data;
    if (!is_inside(nor, offset, size) || !is_aligned(data, offset, size))
        abort();
    enum fate fate = next_fate(nor);
    uint32_t done = reach(nor, fate, size);
    for (uint32_t i = 0; i < done; i++)
        nor->data[offset + i] &= bytes[i];
    nor->writes++;
    return fate == DONE || fate == SILENT ||
           ota_fail(err, OTA_E_FLASH_WRITE, .offset = offset);
}

static bool erase_flash(void *context, uint32_t offset, struct ota_error *err)
{
    struct nor_flash *nor = context;
    uint32_t sector = offset / OTA_SECTOR_SIZE;
    if (!is_inside(nor, offset, OTA_SECTOR_SIZE) ||
        offset % OTA_SECTOR_SIZE != 0)
        abort();
    enum fate fate = next_fate(nor);
    uint8_t kept = nor->data[offset];
    memset(nor->data + offset, 0xff, reach(nor, fate, OTA_SECTOR_SIZE));
    if (nor->worn_sector == sector + 1)
        nor->data[offset] &= kept | 0xfe;
    nor->erases++;
    nor->wear[sector]++;
    return fate == DONE || fate == SILENT ||
           ota_fail(err, OTA_E_FLASH_ERASE, .offset = offset);
}

void nor_flash_init(struct nor_flash *nor, uint32_t size)
{
    memset(nor, 0, sizeof(*nor));
    nor->data = malloc(size);
    if (!nor->data || size > NOR_FLASH_SECTORS * OTA_SECTOR_SIZE)
        abort();
    memset(nor->data, 0xff, size);
    nor->flash = (struct ota_flash){
        .size = size,
        .read = read_flash,
        .write = write_flash,
        .erase = erase_flash,
        .context = nor,
    };
}

void nor_flash_copy(struct nor_flash *nor, const struct nor_flash *from)
{
    nor_flash_init(nor, from->flash.size);
    memcpy(nor->data, from->data, from->flash.size);
}

void nor_flash_power_on(struct nor_flash *nor)
{
    nor->operations = nor->writes = nor->erases = nor->reads = 0;
    nor->cut_at = nor->silent_at = nor->failing_at = nor->worn_sector = 0;
    nor->unreadable_at = 0;
    nor->is_off = false;
}

void nor_flash_put(struct nor_flash *nor, uint32_t offset, const void *data,
                   uint32_t size)
{
    if (!is_inside(nor, offset, size))
        abort();
    memcpy(nor->data + offset, data, size);
}

void nor_flash_release(struct nor_flash *nor)
{
    free(nor->data);
    nor->data = NULL;
}
