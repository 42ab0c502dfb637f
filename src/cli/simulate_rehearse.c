/* SPDX-License-Identifier: Apache-2.0 */
/* Every device once, in the emulator. */
#include "otatool/boot_params.h"
#include "otatool/progress.h"
#include "otatool/report.h"
#include "simulate.h"
#include <stdlib.h>
#include <string.h>

/* What is known after some devices. */
struct tally {
    const struct simulate_options *options;
    const struct ota_file *pack;
    struct ota_progress progress;
    json_t *devices;
    size_t tried;
    size_t migrated;
    size_t lost;
};

/* --- one device --------------------------------------------------------- */

static bool is_lost(const struct ota_rehearsal *result)
{
    return ota_rehearsal_is_lost(result->end);
}

static const char *verdict_of(const struct ota_rehearsal *result)
{
    static const char *const words[] = {
        [OTA_REHEARSAL_APP] = "starts the new app",
        [OTA_REHEARSAL_OLD] = "stays with the old firmware",
        [OTA_REHEARSAL_NO_IMAGE] = "LOST: nothing to start",
        [OTA_REHEARSAL_RESTARTS] = "LOST: restarts without end",
        [OTA_REHEARSAL_HANGS] = "LOST: hangs",
        [OTA_REHEARSAL_EXCEPTION] = "LOST: crashes",
        [OTA_REHEARSAL_UNKNOWN] = "LOST: asks for what is not modelled",
        [OTA_REHEARSAL_DAMAGED] = "LOST: starts what nobody has sent",
    };
    return words[result->end];
}

static json_t *json_of(const struct ota_rehearsal_device *device,
                       const struct ota_rehearsal *result)
{
    return json_pack(
        "{s:s, s:s, s:s, s:i, s:s, s:b, s:I, s:I, s:I, s:I, s:o}", "map",
        device->map->name, "boot", simulate_boot(device).text, "slot",
        device->slot == 1 ? "user1" : "user2", "parameters", device->copy + 1,
        "end", ota_rehearsal_end_name(result->end), "lost", is_lost(result),
        "restarts", (json_int_t)result->resets, "erases",
        (json_int_t)result->erases, "page_programs",
        (json_int_t)result->programs, "ms", (json_int_t)result->ms, "console",
        ota_report_text(result->console));
}

static void print_console(const char *console)
{
    while (*console) {
        size_t length = strcspn(console, "\r\n");
        char *line = strndup(console, length);
        if (!line)
            abort();
        if (length > 0) {
            fputs("    | ", stdout);
            ota_report_name(stdout, line);
            putchar('\n');
        }
        free(line);
        console += length;
        console += strspn(console, "\r\n");
    }
}

static void print_device(const struct tally *tally,
                         const struct ota_rehearsal_device *device,
                         const struct ota_rehearsal *result)
{
    const struct common *common = &tally->options->common;
    if (common->json || (common->quiet && !is_lost(result)))
        return;
    if (tally->tried == 1)
        puts("  old map        boot  lands in  sector  time  erases pages");
    printf("  %-14s 1.%u   user%u     %u     %3u.%u s %6u %5u  %s\n",
           device->map->name, device->boot_version, device->slot,
           device->copy + 1, result->ms / 1000, result->ms / 100 % 10,
           result->erases, result->programs, verdict_of(result));
    if (tally->options->show_console)
        print_console(result->console);
}

static bool try_device(struct tally *tally,
                       const struct ota_rehearsal_device *device,
                       struct ota_error *err)
{
    struct ota_rehearsal result;
    if (!ota_rehearse(&result, &tally->options->emulator, device,
                      tally->pack->data, tally->pack->size, err)) {
        ota_rehearsal_release(&result);
        return false;
    }
    tally->tried++;
    tally->migrated += result.end == OTA_REHEARSAL_APP;
    tally->lost += is_lost(&result);
    ota_progress_end(&tally->progress);
    print_device(tally, device, &result);
    ota_progress_update(&tally->progress, tally->tried);
    json_array_append_new(tally->devices, json_of(device, &result));
    ota_rehearsal_release(&result);
    return true;
}

/* --- all of them -------------------------------------------------------- */

static bool try_all(struct tally *tally, const struct simulate_kinds *kinds,
                    struct ota_error *err)
{
    for (size_t i = 0; i < kinds->count; i++)
        if (!try_device(tally, &kinds->list[i], err))
            return false;
    return true;
}

static bool judge_tally(const struct tally *tally, struct ota_error *err)
{
    const char *pack = tally->options->pack;
    if (tally->tried == 0 || (tally->lost == 0 && tally->migrated == 0))
        return ota_fail(err, OTA_E_NO_DEVICE, .subject = pack);
    return tally->lost == 0 ||
           ota_fail(err, OTA_E_SIMULATED_LOSS, .subject = pack, .expected = 0,
                    .actual = tally->lost);
}

static int conclude(const struct tally *tally)
{
    struct ota_error err;
    const struct common *common = &tally->options->common;
    bool ok = judge_tally(tally, &err);
    if (!common->json && !common->quiet)
        printf("%zu devices tried: %zu start the new app, %zu stay as they "
               "were, %zu would be lost\n",
               tally->tried, tally->migrated,
               tally->tried - tally->migrated - tally->lost, tally->lost);
    if (!ok)
        ota_report_print(stderr, "otatool", &err);
    if (!common->json)
        return ok ? EXIT_DONE : EXIT_REFUSED;
    json_t *object = json_pack(
        "{s:b, s:o, s:I, s:I, s:I, s:O}", "ok", ok, "pack",
        ota_report_text(tally->options->pack), "tried",
        (json_int_t)tally->tried, "migrated", (json_int_t)tally->migrated,
        "lost", (json_int_t)tally->lost, "devices", tally->devices);
    return command_json(object, ok ? EXIT_DONE : EXIT_REFUSED);
}

static bool rehearse(struct tally *tally, struct simulate_options *options,
                     struct ota_error *err)
{
    struct simulate_kinds kinds;
    if (!simulate_choose(&kinds, options, tally->pack->size, NULL))
        return true; /* the conclusion tells */
    if (!ota_emulator_open(&options->emulator, err))
        return false;
    ota_progress_begin_counting(&tally->progress, "rehearsing", "devices",
                                kinds.count, options->common.quiet);
    bool ok = try_all(tally, &kinds, err);
    ota_progress_end(&tally->progress);
    ota_emulator_close(&options->emulator);
    return ok;
}

int simulate_rehearse(struct simulate_options *options,
                      const struct ota_file *pack)
{
    struct ota_error err;
    struct tally tally = {
        .options = options, .pack = pack, .devices = json_array()};
    int status = rehearse(&tally, options, &err)
                     ? conclude(&tally)
                     : command_fail(&options->common, &err);
    json_decref(tally.devices);
    return status;
}
