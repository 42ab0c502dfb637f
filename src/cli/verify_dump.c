/* SPDX-License-Identifier: Apache-2.0 */
/* otatool verify: flash dumps, read as the device would read them. */
#include "otatool/device.h"
#include "otatool/kind.h"
#include "otatool/pack_file.h"
#include "otatool/report.h"
#include "verify.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *state_text(const struct ota_device *device)
{
    static const char *const texts[] = {
        [OTA_DEVICE_DEAD] = "nothing would start at the next power-on",
        [OTA_DEVICE_OLD] = "an old SDK's device",
        [OTA_DEVICE_WAITING] =
            "an old device; a pack in user2 unpacks itself next",
        [OTA_DEVICE_MIGRATED] = "migrated: the new SDK behind the old boot",
        [OTA_DEVICE_NEW] = "a new SDK's device",
    };
    return texts[device->state];
}

static const char *state_name(const struct ota_device *device)
{
    static const char *const names[] = {"dead", "old", "waiting", "migrated",
                                        "new"};
    return names[device->state];
}

static const char *image_text(const struct ota_device_image *image)
{
    if (!image->is_there)
        return "blank";
    if (!image->is_sound)
        return "damaged, or another format";
    if (image->is_container)
        return "user image, checksum ok";
    return image->is_bootloader ? "image for RAM, checksum ok"
                                : "image, checksum ok";
}

static void print_old_world(const struct ota_device *device)
{
    printf("  boot 1.%u, flash map %s\n", device->old_boot,
           device->map ? device->map->name : "unknown");
    if (!device->map || !device->map->bin_size)
        return;
    for (int slot = 1; slot <= 2; slot++)
        printf("  0x%06" PRIx32 "  user%d   %s%s\n",
               device->slots[slot - 1].address, slot,
               image_text(&device->slots[slot - 1]),
               slot == device->running_slot ? ", starts" : "");
    int believed = ota_boot_params_slot_by_unpacker(&device->params);
    if (device->running_slot == ota_boot_params_slot(&device->params) &&
        device->running_slot != 0 && believed != device->running_slot &&
        device->state != OTA_DEVICE_MIGRATED)
        printf("  note: Espressif's unpacker would take user%d for the "
               "running slot, and destroy this device\n",
               believed);
}

static void print_app(const struct ota_device *device, int i)
{
    const char *name = device->table.entries[i].name;
    size_t length = strlen(name);
    printf("  0x%06" PRIx32 "  ", device->apps[i].address);
    ota_report_name(stdout, name);
    printf("%*s %s%s\n", length < 8 ? (int)(8 - length) : 0, "",
           image_text(&device->apps[i]), i == device->starts ? ", starts" : "");
}

static void print_new_world(const struct ota_device *device)
{
    printf("  0x%06" PRIx32 "  partition table, %u entries\n",
           device->table_address + device->shift, device->table.count);
    for (int i = 0; i < device->table.count; i++)
        if (device->table.entries[i].type == OTA_PARTITION_APP)
            print_app(device, i);
}

static bool is_in_new_world(const struct ota_device *device)
{
    return device->table.count > 0 && device->state != OTA_DEVICE_OLD;
}

static void print_device(const struct verify_input *input,
                         const struct ota_device *device)
{
    ota_report_name(stdout, input->name);
    printf(": flash dump, %zu KB\n  %s\n", input->file.size / 1024,
           state_text(device));
    if (device->old_boot)
        print_old_world(device);
    if (is_in_new_world(device))
        print_new_world(device);
}

static json_t *image_json(const char *name,
                          const struct ota_device_image *image, bool starts)
{
    return json_pack("{s:o, s:I, s:b, s:b, s:b}", "name", ota_report_text(name),
                     "address", (json_int_t)image->address, "blank",
                     !image->is_there, "sound", image->is_sound, "starts",
                     starts);
}

static json_t *device_json(const struct verify_input *input,
                           const struct ota_device *device)
{
    json_t *images = json_array();
    json_t *object = json_pack(
        "{s:b, s:o, s:s, s:I, s:s}", "ok", device->state != OTA_DEVICE_DEAD,
        "file", ota_report_text(input->name), "kind",
        ota_kind_name(OTA_KIND_FLASH_DUMP), "size",
        (json_int_t)input->file.size, "state", state_name(device));
    if (device->old_boot) {
        json_object_set_new(object, "boot",
                            json_sprintf("1.%u", device->old_boot));
        json_object_set_new(object, "map",
                            device->map ? json_string(device->map->name)
                                        : json_null());
        json_object_set_new(object, "running_slot",
                            json_integer(device->running_slot));
        json_array_append_new(images, image_json("user1", &device->slots[0],
                                                 device->running_slot == 1));
        json_array_append_new(images, image_json("user2", &device->slots[1],
                                                 device->running_slot == 2));
    }
    for (int i = 0; is_in_new_world(device) && i < device->table.count; i++)
        if (device->table.entries[i].type == OTA_PARTITION_APP)
            json_array_append_new(
                images, image_json(device->table.entries[i].name,
                                   &device->apps[i], i == device->starts));
    json_object_set_new(object, "images", images);
    if (device->state == OTA_DEVICE_DEAD)
        json_object_set_new(object, "error", ota_report_json(&device->problem));
    return object;
}

/* --- --against: can this device take that pack? ------------------------- */

static bool holds_app(const struct verify_input *input,
                      const struct ota_device *device,
                      const struct ota_pack *pack, const uint8_t *data)
{
    for (int i = 0; i < device->table.count; i++) {
        const struct ota_device_image *app = &device->apps[i];
        if (app->is_sound && app->size == pack->app.size &&
            memcmp(input->file.data + app->address, data + pack->app.offset,
                   app->size) == 0)
            return true;
    }
    return false;
}

static void print_clients(const struct ota_verdict *verdict)
{
    for (int c = 0; c < OTA_CLIENT_COUNT; c++)
        printf("  %-3s  with the client of %s\n",
               verdict->clients >> c & 1 ? "yes" : "no",
               ota_client_name((enum ota_client)c));
}

static bool old_device_takes(const struct verify_options *options,
                             const struct ota_device *device,
                             const struct judgement *judgement,
                             struct ota_error *err)
{
    for (size_t i = 0; i < judgement->count; i++)
        if (judgement->findings[i].severity == OTA_REFUSE &&
            judgement->findings[i].facts.code != OTA_E_NO_DEVICE)
            return ota_error_set(err, judgement->findings[i].facts);
    struct ota_verdict verdict = ota_rules_judge(
        judgement->pack, device->map, device->old_boot, device->running_slot);
    if (verify_talks(options)) {
        fputs("  can it take ", stdout);
        ota_report_name(stdout, options->against);
        puts("?");
        print_clients(&verdict);
    }
    if (verdict.clients)
        return true;
    return ota_error_set(err, verdict.reason);
}

static bool device_takes(const struct verify_options *options,
                         const struct verify_input *input,
                         const struct ota_device *device, struct ota_error *err)
{
    struct ota_file file;
    struct ota_pack pack;
    struct judgement judgement;
    if (!ota_file_load(&file, options->against, OTA_FILE_CEILING, err))
        return false;
    bool ok = ota_pack_file_read(&pack, file.data, file.size, err);
    if (ok) {
        judge_pack(&judgement, &pack,
                   &(struct judge_options){.table_offset =
                                               options->judge.table_offset},
                   options->against);
        ok = device->state == OTA_DEVICE_OLD
                 ? old_device_takes(options, device, &judgement, err)
                 : holds_app(input, device, &pack, file.data) ||
                       ota_fail(err, OTA_E_DEVICE_TAKES_NOT,
                                .detail = "it is no old device, and runs "
                                          "another app");
    }
    ota_file_release(&file);
    return ok;
}

static struct verify_result judge_device(const struct verify_options *options,
                                         const struct verify_input *input,
                                         struct ota_device *device)
{
    struct ota_error err;
    struct verify_result result = {device->state != OTA_DEVICE_DEAD,
                                   device_json(input, device)};
    if (verify_talks(options))
        print_device(input, device);
    if (!result.ok) {
        device->problem.subject = input->name;
        ota_report_print(stderr, "otatool", &device->problem);
        return result;
    }
    if (!options->against)
        return result;
    result.ok = device_takes(options, input, device, &err);
    json_object_set_new(result.json, "takes", json_boolean(result.ok));
    if (!result.ok) {
        if (!err.subject)
            err.subject = input->name;
        ota_report_print(stderr, "otatool", &err);
        json_object_set_new(result.json, "ok", json_false());
        json_object_set_new(result.json, "error", ota_report_json(&err));
    }
    return result;
}

struct verify_result verify_dump(const struct verify_options *options,
                                 const struct verify_input *input)
{
    struct ota_error err;
    struct ota_source source =
        ota_source_memory(input->file.data, input->file.size);
    struct ota_device *device = malloc(sizeof(*device));
    if (!device)
        abort();
    struct verify_result result =
        ota_device_read(device, &source, &err)
            ? judge_device(options, input, device)
            : verify_failed(input, ota_kind_name(OTA_KIND_FLASH_DUMP), err);
    free(device);
    return result;
}
