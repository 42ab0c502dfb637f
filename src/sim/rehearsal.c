/* SPDX-License-Identifier: Apache-2.0 */
#include "rehearsal.h"
#include "emulator.h"
#include "old_flash.h"
#include "otatool/file.h"
#include "otatool/install.h"
#include "otatool/pack_file.h"
#include "rom/status.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
        [OTA_REHEARSAL_DAMAGED] = "damaged",
    };
    return names[end];
}

/* --- the device before -------------------------------------------------- */

static bool load(struct ota_file *file, const struct ota_emulator *emulator,
                 const char *name, struct ota_error *err)
{
    char path[PATH_MAX];
    return ota_install_find(path, emulator->folder, name, err) &&
           ota_file_load(file, path, OTA_FILE_CEILING, err);
}

bool rehearsal_lay_out(uint8_t *flash, const struct ota_emulator *emulator,
                       const struct ota_rehearsal_device *device,
                       const uint8_t *pack, size_t pack_size,
                       struct ota_error *err)
{
    char name[] = "old_boot_1.x.bin";
    struct ota_file boot = {0};
    struct ota_file firmware = {0};
    name[strlen("old_boot_1.")] = (char)('0' + device->boot_version);
    bool ok = load(&boot, emulator, name, err) &&
              load(&firmware, emulator, "old_firmware.bin", err);
    if (ok)
        old_flash_lay_out(
            flash, device,
            &(struct old_flash_parts){boot.data, boot.size, firmware.data,
                                      firmware.size, pack, pack_size});
    ota_file_release(&boot);
    ota_file_release(&firmware);
    return ok;
}

/* --- how it ended ------------------------------------------------------- */

enum ota_rehearsal_end rehearsal_end_of(int status)
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
void rehearsal_read_figures(struct ota_rehearsal *result)
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
uint32_t rehearsal_app_entry(const uint8_t *pack, size_t pack_size)
{
    struct ota_pack parsed;
    if (!ota_pack_file_read(&parsed, pack, pack_size, NULL) || !parsed.has_app)
        return 0;
    return parsed.app.entry;
}

/* Runs the flash of a file of its own. */
static bool run_file(struct ota_rehearsal *result,
                     const struct ota_emulator *emulator, const uint8_t *flash,
                     uint32_t size, uint32_t stop, struct ota_error *err)
{
    char path[PATH_MAX + 32];
    int status = 0;
    snprintf(path, sizeof(path), "%s/flash.bin", emulator->scratch);
    const struct emulator_order order = {.flash_file = path, .stop = stop};
    bool ok = ota_file_save(path, flash, size, err) &&
              emulator_run(emulator, &order, &result->console, &status, err);
    unlink(path);
    if (!ok)
        return false;
    rehearsal_read_figures(result);
    result->status = (uint32_t)status;
    result->end = rehearsal_end_of(status);
    return true;
}

bool ota_rehearse(struct ota_rehearsal *result,
                  const struct ota_emulator *emulator,
                  const struct ota_rehearsal_device *device,
                  const uint8_t *pack, size_t pack_size, struct ota_error *err)
{
    uint32_t size = device->map->flash_size;
    uint8_t *flash = malloc(size);
    memset(result, 0, sizeof(*result));
    if (!flash)
        return ota_fail(err, OTA_E_MEMORY, .subject = device->map->name);
    bool ok =
        rehearsal_lay_out(flash, emulator, device, pack, pack_size, err) &&
        run_file(result, emulator, flash, size,
                 rehearsal_app_entry(pack, pack_size), err);
    free(flash);
    return ok;
}

void ota_rehearsal_release(struct ota_rehearsal *result)
{
    free(result->console);
    result->console = NULL;
}
