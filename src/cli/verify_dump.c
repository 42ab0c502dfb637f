/* SPDX-License-Identifier: Apache-2.0 */
/* otatool verify: flash dumps, read as the device would read them. */
#include "device_report.h"
#include "otatool/kind.h"
#include "otatool/pack_file.h"
#include "otatool/report.h"
#include "verify.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void print_device(const struct verify_input *input,
                         const struct ota_device *device)
{
    ota_report_name(stdout, input->name);
    printf(": flash dump, %zu KB\n", input->file.size / 1024);
    device_print(device);
}

static json_t *device_json(const struct verify_input *input,
                           const struct ota_device *device)
{
    json_t *object = json_pack("{s:b, s:o, s:s, s:I}", "ok",
                               device->state != OTA_DEVICE_DEAD, "file",
                               ota_report_text(input->name), "kind",
                               ota_kind_name(OTA_KIND_FLASH_DUMP), "size",
                               (json_int_t)input->file.size);
    device_describe(device, object);
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
