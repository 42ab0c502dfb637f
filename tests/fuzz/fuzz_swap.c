/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The swap of two apps and its journal. Bit 0 of the first byte:
 *
 *   0  the rest are power cuts, two bytes each, from a sound start: in the
 *      end it is one of the two apps that starts, whole
 *   1  the rest is what the sector of otadata holds, with a sound record for
 *      a device that believes it: that ends, and changes nothing else
 */
#include "boot_world.h"
#include <stdlib.h>
#include <string.h>

enum { OLD = 1, NEW = 2, MOST = 3, QUARTERS = 5, STARTS = 12 };
enum { OTA_0 = BOOT_WORLD_OTA_0, OTA_1 = BOOT_WORLD_OTA_1 };
enum { OTADATA = BOOT_WORLD_OTADATA, SLOT_SIZE = 0x77000, FLASH = 0x100000 };

static struct boot_world world;
static struct nor_flash blank; /* boot and table, nothing else */
static uint8_t before[FLASH];

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void init(uint32_t old_sectors, uint32_t new_sectors)
{
    if (!blank.data) {
        boot_world_init(&world, FLASH);
        nor_flash_copy(&blank, &world.nor);
    }
    nor_flash_put(&world.nor, 0, blank.data, FLASH);
    nor_flash_power_on(&world.nor);
    boot_world_put_app(&world, OTA_0, old_sectors, OLD);
    boot_world_put_app(&world, OTA_1, new_sectors, NEW);
}

/* --- cuts --------------------------------------------------------------- */

static bool starts_an_app(void)
{
    for (int i = 0; i < STARTS && !world.nor.is_off; i++)
        if (boot_world_start(&world).starts_app)
            return true;
    return false;
}

static void cut(const uint8_t *data, size_t size)
{
    uint32_t old_sectors = 1 + data[0] / 2u % MOST;
    uint32_t new_sectors = 1 + data[0] / 8u % MOST;
    init(old_sectors, new_sectors);
    boot_world_name(&world, 1, OTA_OTADATA_NEW);
    for (size_t at = 1; at + 1 < size && at < 64; at += 2) {
        nor_flash_power_on(&world.nor);
        world.nor.cut_at = 1 + data[at] % 32u;
        world.nor.cut_quarters = data[at + 1] % QUARTERS;
        starts_an_app();
    }
    if (boot_world_power_on(&world) != OTA_0 ||
        !(boot_world_has_app(&world, OTA_0, new_sectors, NEW) ||
          boot_world_has_app(&world, OTA_0, old_sectors, OLD)))
        abort();
    if (boot_world_power_on(&world) != OTA_0 ||
        !boot_world_has_app(&world, OTA_0, old_sectors, OLD))
        abort();
}

/* --- any journal -------------------------------------------------------- */

static void put_record(const uint8_t *data, size_t size)
{
    uint8_t record[OTA_OTADATA_RECORD_SIZE];
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    const struct ota_swap swap = {
        .low = OTA_0 + data[0] / 64u * OTA_SECTOR_SIZE,
        .high = OTA_1 + (size > 1 ? data[1] % 4u : 0) * OTA_SECTOR_SIZE,
        .sectors = size > 2 ? data[2] % 100u : 1,
        .sequence = 2,
    };
    ota_swap_encode(&swap, record);
    nor_flash_put(&world.nor, OTADATA + OTA_OTADATA_RECORD, record,
                  sizeof(record));
    ota_otadata_encode(3, OTA_OTADATA_PENDING, entry);
    nor_flash_put(&world.nor, OTADATA, entry, sizeof(entry));
}

static bool is_its_own(uint32_t at)
{
    return (at >= OTA_0 && at < OTA_0 + SLOT_SIZE) ||
           (at >= OTA_1 && at < OTA_1 + SLOT_SIZE) ||
           (at >= OTADATA && at < OTADATA + OTA_OTADATA_SIZE);
}

static void believe(const uint8_t *data, size_t size)
{
    init(1, 1);
    nor_flash_put(&world.nor, OTADATA, data,
                  size < OTA_SECTOR_SIZE ? (uint32_t)size : OTA_SECTOR_SIZE);
    if (data[0] & 2)
        put_record(data, size);
    memcpy(before, world.nor.data, FLASH);
    starts_an_app();
    for (uint32_t at = 0; at < FLASH; at += OTA_SECTOR_SIZE)
        if (!is_its_own(at) &&
            memcmp(before + at, world.nor.data + at, OTA_SECTOR_SIZE) != 0)
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] & 1)
        believe(data, size);
    else
        cut(data, size);
    return 0;
}
