/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/native_device.h"
#include "old_flash.h"
#include "otatool/bootloader.h"
#include "otatool/old_device.h"
#include "otatool/pack_file.h"
#include "stand_in.h"
#include "upstream.h"
#include <stdlib.h>
#include <string.h>

/* A device that has not settled after so many is in a loop. */
enum { MOST_RESTARTS = 12 };

/* --- the pack ----------------------------------------------------------- */

/* All of the code that is loaded first, as words. */
static bool copy_code(struct ota_native_pack *pack, struct ota_error *err)
{
    const struct ota_image *image = &pack->pack.bootloader;
    const struct ota_image_segment *segment = &image->segments[0];
    if (image->segment_count == 0 || segment->size < 4)
        return ota_fail(err, OTA_E_IMAGE_SEGMENT_COUNT, .part = "bootloader",
                        .expected = 1, .actual = image->segment_count);
    pack->words = malloc(segment->size);
    if (!pack->words)
        return ota_fail(err, OTA_E_MEMORY, .part = "bootloader");
    memcpy(pack->words, pack->data + image->offset + segment->offset,
           segment->size);
    pack->code = (struct ota_boot_code){segment->address, pack->words,
                                        segment->size / 4 * 4};
    return true;
}

bool ota_native_pack_init(struct ota_native_pack *pack, const uint8_t *data,
                          size_t size, struct ota_error *err)
{
    *pack = (struct ota_native_pack){.data = data, .size = (uint32_t)size};
    if (!ota_pack_file_read(&pack->pack, data, size, err))
        return false;
    if (!pack->pack.has_bootloader)
        return ota_error_set(err, pack->pack.bootloader_error);
    if (!pack->pack.has_table)
        return ota_error_set(err, pack->pack.table_error);
    if (!pack->pack.has_app)
        return ota_error_set(err, pack->pack.app_error);
    return copy_code(pack, err);
}

void ota_native_pack_release(struct ota_native_pack *pack)
{
    free(pack->words);
    pack->words = NULL;
}

/* --- the device before -------------------------------------------------- */

static void fill(const struct ota_native_device *device)
{
    uint8_t boot[STAND_IN_BOOT_SIZE];
    uint8_t firmware[STAND_IN_FIRMWARE_SIZE];
    const struct ota_rehearsal_device *kind = &device->kind;
    stand_in_boot(boot, kind->boot_version);
    stand_in_firmware(firmware, kind->map, (uint8_t)(3 - kind->slot));
    const struct old_flash_parts parts = {
        boot,
        sizeof(boot),
        firmware,
        sizeof(firmware),
        device->pack->data,
        device->pack->size,
    };
    old_flash_lay_out(device->before, kind, &parts);
}

bool ota_native_device_init(struct ota_native_device *device,
                            const struct ota_rehearsal_device *kind,
                            const struct ota_native_pack *pack,
                            enum ota_native_boot boot, struct ota_error *err)
{
    *device = (struct ota_native_device){
        .kind = *kind,
        .pack = pack,
        .boot = boot,
        .before = malloc(kind->map->flash_size),
    };
    if (!device->before)
        return ota_fail(err, OTA_E_MEMORY, .subject = kind->map->name);
    fill(device);
    return true;
}

void ota_native_device_release(struct ota_native_device *device)
{
    free(device->before);
    device->before = NULL;
}

void ota_native_device_put(const struct ota_native_device *device,
                           struct ota_chip *chip)
{
    ota_chip_put(chip, 0, device->before, device->kind.map->flash_size);
}

/* --- what is in the flash now ------------------------------------------- */

static bool is_erased(const uint8_t *data, uint32_t size)
{
    while (size > 0 && *data == 0xff) {
        data++;
        size--;
    }
    return size == 0;
}

/* Bytes of the pack, by the flash address that they are for. */
static const uint8_t *in_pack(const struct ota_native_device *device,
                              uint32_t address)
{
    return device->pack->data + (address - OTA_PACK_BASE);
}

static bool is_in_pack(const struct ota_native_device *device, uint32_t address,
                       uint32_t size)
{
    uint32_t end = OTA_PACK_BASE + device->pack->size - OTA_PACK_CRC_SIZE;
    return address >= OTA_PACK_BASE && address <= end && size <= end - address;
}

static bool is_setting(const struct ota_partition *partition)
{
    return partition->type == OTA_PARTITION_DATA &&
           (partition->subtype == OTA_PARTITION_DATA_NVS ||
            partition->subtype == OTA_PARTITION_DATA_OTADATA);
}

/* As the pack says, else blank; but the old boot's own sectors. */
static bool is_fresh(const struct ota_native_device *device,
                     const struct ota_chip *chip,
                     const struct ota_partition *partition)
{
    uint32_t parameters = ota_flash_map_parameters(device->kind.map);
    for (uint32_t i = 0; i < partition->size; i += OTA_SECTOR_SIZE) {
        uint32_t at = partition->offset + i;
        bool is_ok = is_in_pack(device, at, OTA_SECTOR_SIZE)
                         ? memcmp(chip->data + at, in_pack(device, at),
                                  OTA_SECTOR_SIZE) == 0
                         : is_erased(chip->data + at, OTA_SECTOR_SIZE);
        if (at < parameters && !is_ok)
            return false;
    }
    return true;
}

static bool has_fresh_settings(const struct ota_native_device *device,
                               const struct ota_chip *chip)
{
    const struct ota_partition_table *table = &device->pack->pack.table;
    for (uint32_t i = 0; i < table->count; i++)
        if (is_setting(&table->entries[i]) &&
            !is_fresh(device, chip, &table->entries[i]))
            return false;
    return true;
}

/* A phy partition that the pack leaves blank has got the old SDK's data. */
static bool has_rf_data(const struct ota_native_device *device,
                        const struct ota_chip *chip)
{
    enum { MARK_SIZE = 8, RF_SIZE = 128, SIZE = 2 * MARK_SIZE + RF_SIZE };
    static const char mark[MARK_SIZE] = "PHYINIT";
    const struct ota_partition *phy = ota_partition_table_find(
        &device->pack->pack.table, OTA_PARTITION_DATA, OTA_PARTITION_DATA_PHY);
    if (!phy || !is_in_pack(device, phy->offset, SIZE) ||
        !is_erased(in_pack(device, phy->offset), SIZE))
        return true;
    const uint8_t *there = chip->data + phy->offset;
    return memcmp(there, mark, MARK_SIZE) == 0 &&
           memcmp(there + MARK_SIZE,
                  device->before + ota_flash_map_parameters(device->kind.map),
                  RF_SIZE) == 0 &&
           memcmp(there + MARK_SIZE + RF_SIZE, mark, MARK_SIZE) == 0;
}

static bool holds(const struct ota_native_device *device,
                  const struct ota_chip *chip, uint32_t address, uint32_t size)
{
    return memcmp(chip->data + address, in_pack(device, address), size) == 0;
}

/* Espressif's boot leaves settings as they are, and that kills no device. */
static bool is_whole(const struct ota_native_device *device,
                     const struct ota_chip *chip, uint32_t app)
{
    const struct ota_pack *pack = &device->pack->pack;
    return app == pack->app_address &&
           holds(device, chip, OTA_PACK_BASE, pack->bootloader.size) &&
           holds(device, chip, pack->table_address, OTA_PARTITION_TABLE_SIZE) &&
           holds(device, chip, pack->app_address, pack->app_size) &&
           (device->boot == OTA_NATIVE_UPSTREAM ||
            (has_fresh_settings(device, chip) && has_rf_data(device, chip)));
}

static bool is_old_firmware(const struct ota_native_device *device,
                            const struct ota_chip *chip, uint32_t offset)
{
    uint32_t before =
        ota_flash_map_slot(device->kind.map, 3 - device->kind.slot);
    return offset == before &&
           memcmp(chip->data + offset, device->before + offset,
                  STAND_IN_FIRMWARE_SIZE) == 0;
}

static bool is_bootloader(const struct ota_native_device *device,
                          const struct ota_chip *chip, uint32_t offset)
{
    return memcmp(chip->data + offset, device->pack->data,
                  device->pack->pack.bootloader.size) == 0;
}

/* --- running ------------------------------------------------------------ */

/* What one start comes to. */
struct outcome {
    bool is_end;
    enum ota_rehearsal_end end; /* of all, or of a restart too many */
    uint32_t app;               /* where it started */
};

static struct outcome restart(enum ota_rehearsal_end end)
{
    return (struct outcome){.end = end};
}

static struct outcome finish(enum ota_rehearsal_end end)
{
    return (struct outcome){.is_end = true, .end = end};
}

static struct outcome start_app(uint32_t offset)
{
    return (struct outcome){true, OTA_REHEARSAL_APP, offset};
}

/* Everything that the boot has in RAM is new. */
static struct outcome run_ours(const struct ota_native_device *device,
                               struct ota_chip *chip)
{
    uint32_t sector[OTA_SECTOR_SIZE / 4];
    struct ota_bootloader loader = {
        .flash = &chip->flash,
        .code = device->pack->code,
        .sector = (uint8_t *)sector,
    };
    struct ota_bootloader_next next = ota_bootloader_run(&loader);
    return next.starts_app ? start_app(next.offset)
                           : restart(OTA_REHEARSAL_RESTARTS);
}

static struct outcome run_upstream(const struct ota_native_device *device,
                                   struct ota_chip *chip)
{
    struct upstream upstream = {
        .flash = &chip->flash,
        .map = device->kind.map,
        .table_address = device->pack->pack.table_address,
    };
    switch (upstream_start(&upstream)) {
    case UPSTREAM_STARTS:
        return start_app(upstream.app);
    case UPSTREAM_RESTARTS:
        return restart(OTA_REHEARSAL_RESTARTS);
    case UPSTREAM_HALTS:
        break;
    }
    return restart(OTA_REHEARSAL_HANGS);
}

static struct outcome run_image(const struct ota_native_device *device,
                                struct ota_chip *chip, uint32_t offset)
{
    if (is_old_firmware(device, chip, offset))
        return finish(OTA_REHEARSAL_OLD);
    if (offset > chip->flash.size - device->pack->pack.bootloader.size ||
        !is_bootloader(device, chip, offset))
        return finish(OTA_REHEARSAL_DAMAGED);
    return device->boot == OTA_NATIVE_OURS ? run_ours(device, chip)
                                           : run_upstream(device, chip);
}

static struct outcome run_once(const struct ota_native_device *device,
                               struct ota_chip *chip)
{
    uint32_t offset = 0;
    ota_chip_power_on(chip);
    switch (ota_old_device_start(&chip->flash, device->kind.boot_version,
                                 &offset)) {
    case OTA_OLD_BOOT_STARTS:
        return run_image(device, chip, offset);
    case OTA_OLD_BOOT_RESTARTS:
        return restart(OTA_REHEARSAL_RESTARTS);
    case OTA_OLD_BOOT_STOPS:
        return finish(OTA_REHEARSAL_NO_IMAGE);
    case OTA_OLD_BOOT_CRASHES:
        break;
    }
    return finish(OTA_REHEARSAL_EXCEPTION);
}

static struct outcome run(const struct ota_native_device *device,
                          struct ota_chip *chip)
{
    struct outcome outcome = {0};
    for (uint32_t i = 0; i < MOST_RESTARTS; i++) {
        outcome = run_once(device, chip);
        if (outcome.is_end || chip->at.is_off)
            break;
    }
    return outcome;
}

/*
 * At later power-ons the same app starts, and after a few at most, in which
 * weak bits fall back and are made good, nothing is written any more.
 */
static bool stays(const struct ota_native_device *device, struct ota_chip *chip,
                  uint32_t app)
{
    enum { MOST_ROUNDS = 6, LEAST_ROUNDS = 2 };
    for (int i = 0; i < MOST_ROUNDS; i++) {
        struct ota_chip_counts before = chip->at.counts;
        struct outcome again = run(device, chip);
        if (!again.is_end || again.end != OTA_REHEARSAL_APP ||
            again.app != app || !is_whole(device, chip, app))
            return false;
        if (i >= LEAST_ROUNDS && before.erases == chip->at.counts.erases &&
            before.programs == chip->at.counts.programs)
            return true;
    }
    return false;
}

/* Starts after the first are no part of what a campaign cuts. */
static bool has_settled(struct ota_native_device *device, struct ota_chip *chip,
                        uint32_t app)
{
    uint64_t digest = ota_chip_digest(chip);
    struct ota_chip_mark mark = ota_chip_mark(chip);
    ota_chip_watch *watch = chip->watch;
    if (device->settled == digest)
        return true;
    chip->watch = NULL;
    bool ok = is_whole(device, chip, app) && stays(device, chip, app);
    ota_chip_rollback(chip, &mark);
    chip->watch = watch;
    if (ok)
        device->settled = digest;
    return ok;
}

enum ota_rehearsal_end ota_native_device_power_on(void *context,
                                                  struct ota_chip *chip)
{
    struct ota_native_device *device = context;
    struct outcome outcome = run(device, chip);
    if (outcome.is_end && outcome.end == OTA_REHEARSAL_APP &&
        !chip->at.is_off && !has_settled(device, chip, outcome.app))
        return OTA_REHEARSAL_DAMAGED;
    return outcome.end;
}
