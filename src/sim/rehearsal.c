/* SPDX-License-Identifier: Apache-2.0 */
#include "emulator.h"
#include "otatool/boot_params.h"
#include "otatool/file.h"
#include "otatool/install.h"
#include "otatool/pack_file.h"
#include "rom/status.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAP_BYTE = 3,    /* of the header at 0; the map is its high nibble */
    STATUS_OK = 4,   /* bits of the boot parameters */
    ENHANCED = 0x80, /* normal mode */
    FIRST_WITH_STATUS = 3,
};

const char *ota_rehearsal_end_name(enum ota_rehearsal_end end)
{
    static const char *const names[] = {
        [OTA_REHEARSAL_APP] = "new-app",
        [OTA_REHEARSAL_OLD] = "old-firmware",
        [OTA_REHEARSAL_NO_IMAGE] = "nothing-to-start",
        [OTA_REHEARSAL_RESTARTS] = "restarts",
        [OTA_REHEARSAL_HANGS] = "hangs",
        [OTA_REHEARSAL_EXCEPTION] = "exception",
        [OTA_REHEARSAL_UNKNOWN] = "unknown",
    };
    return names[end];
}

bool ota_rehearsal_is_real(const struct ota_rehearsal_device *device,
                           size_t pack_size)
{
    uint32_t half = ota_flash_map_half(device->map);
    return device->map->bin_size &&
           ota_flash_map_boots(device->map, device->boot_version) &&
           pack_size <= half - OTA_SECTOR_SIZE;
}

/* --- the device before -------------------------------------------------- */

struct flash {
    uint8_t *data;
    uint32_t size;
};

static bool put_file(const struct flash *flash, uint32_t address,
                     const struct ota_emulator *emulator, const char *name,
                     struct ota_error *err)
{
    char path[PATH_MAX];
    struct ota_file file;
    if (!ota_install_find(path, emulator->folder, name, err) ||
        !ota_file_load(&file, path, flash->size - address, err))
        return false;
    if (file.size > 0)
        memcpy(flash->data + address, file.data, file.size);
    ota_file_release(&file);
    return true;
}

/* As the old SDK leaves them when it restarts into the slot it has filled:
 * the copy that counts, and the one before it. */
static void put_parameters(const struct flash *flash,
                           const struct ota_rehearsal_device *device)
{
    uint32_t start = ota_flash_map_parameters(device->map);
    bool has_status = device->boot_version >= FIRST_WITH_STATUS;
    struct ota_boot_params now = ota_boot_params_decode(
        (uint8_t)((device->slot - 1u) | (has_status ? STATUS_OK : 0u)),
        (uint8_t)(device->boot_version | (has_status ? ENHANCED : 0u)));
    struct ota_boot_params before = now;
    ota_boot_params_switch(&before);
    for (uint32_t copy = 0; copy < 2; copy++) {
        const struct ota_boot_params *params =
            copy == device->copy ? &now : &before;
        uint8_t *sector = flash->data + start + (1 + copy) * OTA_SECTOR_SIZE;
        sector[0] = params->byte0;
        sector[1] = params->byte1;
    }
    flash->data[start + 3 * OTA_SECTOR_SIZE] = device->copy;
}

/* The old firmware fills its slot; what it leaves must be erased. */
static void fill_slots(const struct flash *flash,
                       const struct ota_rehearsal_device *device)
{
    uint32_t half = ota_flash_map_half(device->map);
    for (uint32_t i = OTA_SECTOR_SIZE; i < 2 * half - 4 * OTA_SECTOR_SIZE; i++)
        flash->data[i] = (uint8_t)(i ^ i >> 8);
}

static bool lay_out(const struct flash *flash,
                    const struct ota_emulator *emulator,
                    const struct ota_rehearsal_device *device,
                    const uint8_t *pack, size_t pack_size,
                    struct ota_error *err)
{
    char boot[] = "old_boot_1.x.bin";
    boot[strlen("old_boot_1.")] = (char)('0' + device->boot_version);
    memset(flash->data, 0xff, flash->size);
    fill_slots(flash, device);
    if (!put_file(flash, 0, emulator, boot, err) ||
        !put_file(flash, ota_flash_map_slot(device->map, 3 - device->slot),
                  emulator, "old_firmware.bin", err))
        return false;
    flash->data[MAP_BYTE] =
        (uint8_t)(device->map->code << 4 | (flash->data[MAP_BYTE] & 0x0f));
    memcpy(flash->data + ota_flash_map_slot(device->map, device->slot), pack,
           pack_size);
    put_parameters(flash, device);
    return true;
}

/* --- how it ended ------------------------------------------------------- */

static enum ota_rehearsal_end end_of(int status)
{
    static const struct {
        int status;
        enum ota_rehearsal_end end;
    } rows[] = {
        {ROM_OK, OTA_REHEARSAL_APP},
        {ROM_OLD_FIRMWARE, OTA_REHEARSAL_OLD},
        {ROM_NO_IMAGE, OTA_REHEARSAL_NO_IMAGE},
        {ROM_CHECKSUM, OTA_REHEARSAL_NO_IMAGE},
        {ROM_BAD_SEGMENT, OTA_REHEARSAL_NO_IMAGE},
        {ROM_RETURNED, OTA_REHEARSAL_HANGS},
        {ROM_TIME, OTA_REHEARSAL_HANGS},
        {ROM_RESETS, OTA_REHEARSAL_RESTARTS},
        {ROM_EXCEPTION, OTA_REHEARSAL_EXCEPTION},
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].status == status)
            return rows[i].end;
    return status > 255 ? OTA_REHEARSAL_HANGS : OTA_REHEARSAL_UNKNOWN;
}

/* The figures stand in the ROM's last line; a killed run has none. */
static void read_figures(struct ota_rehearsal *result)
{
    static const char line[] = "[rom] end status=";
    const char *at = result->console;
    const char *last = NULL;
    while ((at = strstr(at, line)))
        last = at++;
    if (last)
        sscanf(last,
               "[rom] end status=%" SCNu32 " resets=%" SCNu32 " erases=%" SCNu32
               " programs=%" SCNu32 " reads=%" SCNu32 " ms=%" SCNu32,
               &result->status, &result->resets, &result->erases,
               &result->programs, &result->reads, &result->ms);
}

/* The new app's first instruction: there is nothing more to migrate. */
static uint32_t app_entry(const uint8_t *pack, size_t pack_size)
{
    struct ota_pack parsed;
    if (!ota_pack_file_read(&parsed, pack, pack_size, NULL) || !parsed.has_app)
        return 0;
    return parsed.app.entry;
}

bool ota_rehearse(struct ota_rehearsal *result,
                  const struct ota_emulator *emulator,
                  const struct ota_rehearsal_device *device,
                  const uint8_t *pack, size_t pack_size, struct ota_error *err)
{
    char path[PATH_MAX + 32];
    int status = 0;
    struct flash flash = {malloc(device->map->flash_size),
                          device->map->flash_size};
    memset(result, 0, sizeof(*result));
    if (!flash.data)
        return ota_fail(err, OTA_E_MEMORY, .subject = device->map->name);
    snprintf(path, sizeof(path), "%s/flash.bin", emulator->scratch);
    bool ok = lay_out(&flash, emulator, device, pack, pack_size, err) &&
              ota_file_save(path, flash.data, flash.size, err) &&
              emulator_run(emulator, path, app_entry(pack, pack_size),
                           &result->console, &status, err);
    free(flash.data);
    if (!ok)
        return false;
    read_figures(result);
    result->status = (uint32_t)status;
    result->end = end_of(status);
    return true;
}

void ota_rehearsal_release(struct ota_rehearsal *result)
{
    free(result->console);
    result->console = NULL;
}
