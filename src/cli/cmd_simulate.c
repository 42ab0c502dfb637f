/* SPDX-License-Identifier: Apache-2.0 */
/* otatool simulate: rehearses a pack on every kind of old device. */
#include "command.h"
#include "judge.h"
#include "otatool/boot_params.h"
#include "otatool/file.h"
#include "otatool/report.h"
#include "otatool/simulate.h"
#include <stdlib.h>
#include <string.h>

struct options {
    struct common common;
    const char *pack;
    struct ota_emulator emulator;
    uint16_t maps; /* bit c: flash map code c; 0: all */
    uint8_t boots; /* bit v: boot 1.v; 0: all */
    uint8_t slot;  /* 0: both */
    bool show_console;
};

/* What is known after some devices. */
struct tally {
    const struct options *options;
    struct ota_file pack;
    json_t *devices;
    size_t tried;
    size_t migrated;
    size_t lost;
};

enum {
    KEY_FOR = 0x100,
    KEY_BOOT,
    KEY_SLOT,
    KEY_CONSOLE,
    KEY_FIRMWARE,
    KEY_QEMU
};

static const struct argp_option rows[] = {
    {"for", KEY_FOR, "MAP[,MAP...]", 0,
     "only devices with these old flash maps, such as 512+512@1M or their "
     "codes",
     1},
    {"boot", KEY_BOOT, "BOOT[,BOOT...]", 0,
     "only devices with these old boots, such as 1.2,1.7", 1},
    {"slot", KEY_SLOT, "SLOT", 0, "where the pack lands: user1 or user2", 1},
    {"console", KEY_CONSOLE, NULL, 0, "show what each device prints", 1},
    {"firmware", KEY_FIRMWARE, "FOLDER", 0,
     "where the emulated device's ROM and old boots are", 2},
    {"qemu", KEY_QEMU, "PROGRAM", 0, "default: qemu-system-xtensa", 2},
    {0},
};

static bool read_boots(const char *text, uint8_t *boots)
{
    for (;;) {
        if (strncmp(text, "1.", 2) != 0 || text[2] < '2' || text[2] > '7')
            return false;
        *boots |= (uint8_t)(1u << (text[2] - '0'));
        text += 3;
        if (*text == '\0')
            return true;
        if (*text++ != ',')
            return false;
    }
}

static uint8_t read_slot(struct argp_state *state, const char *text)
{
    if (strcmp(text, "user1") == 0)
        return 1;
    if (strcmp(text, "user2") == 0)
        return 2;
    argp_error(state, "--slot is user1 or user2, not '%s'", text);
    return 0;
}

static error_t take_file(struct options *options, char *arg)
{
    if (options->pack)
        return ARGP_ERR_UNKNOWN;
    options->pack = arg;
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->common;
        return 0;
    case KEY_FOR:
        if (!judge_maps(arg, &options->maps))
            argp_error(state, "there is no flash map '%s'", arg);
        return 0;
    case KEY_BOOT:
        if (!read_boots(arg, &options->boots))
            argp_error(state, "--boot is a list of 1.2 to 1.7, not '%s'", arg);
        return 0;
    case KEY_SLOT:
        options->slot = read_slot(state, arg);
        return 0;
    case KEY_CONSOLE:
        options->show_console = true;
        return 0;
    case KEY_FIRMWARE:
        options->emulator.folder = arg;
        return 0;
    case KEY_QEMU:
        options->emulator.program = arg;
        return 0;
    case ARGP_KEY_ARG:
        return take_file(options, arg);
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name a pack");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "PACK",
    .doc = "Rehearse a v2_to_v3 pack on every kind of old device, in an "
           "emulator.\v"
           "The bootloader in the pack runs as it is, behind each old boot, "
           "in each slot and with each parameter sector, up to the first "
           "instruction of the new app. Exit status 1 tells that a device "
           "would be lost.",
    .children = common_children,
};

/* --- one device --------------------------------------------------------- */

static bool is_lost(const struct ota_rehearsal *result)
{
    return result->end != OTA_REHEARSAL_APP && result->end != OTA_REHEARSAL_OLD;
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
    };
    return words[result->end];
}

static json_t *json_of(const struct ota_rehearsal_device *device,
                       const struct ota_rehearsal *result)
{
    return json_pack(
        "{s:s, s:s, s:s, s:i, s:s, s:b, s:I, s:I, s:I, s:I, s:o}", "map",
        device->map->name, "boot",
        (const char[]){'1', '.', (char)('0' + device->boot_version), '\0'},
        "slot", device->slot == 1 ? "user1" : "user2", "parameters",
        device->copy + 1, "end", ota_rehearsal_end_name(result->end), "lost",
        is_lost(result), "restarts", (json_int_t)result->resets, "erases",
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
    if (!ota_rehearsal_is_real(device, tally->pack.size))
        return true;
    if (!ota_rehearse(&result, &tally->options->emulator, device,
                      tally->pack.data, tally->pack.size, err)) {
        ota_rehearsal_release(&result);
        return false;
    }
    tally->tried++;
    tally->migrated += result.end == OTA_REHEARSAL_APP;
    tally->lost += is_lost(&result);
    print_device(tally, device, &result);
    json_array_append_new(tally->devices, json_of(device, &result));
    ota_rehearsal_release(&result);
    return true;
}

/* --- all of them -------------------------------------------------------- */

static bool is_wanted(const struct options *options, int code, int version,
                      int slot)
{
    return (!options->maps || options->maps >> code & 1) &&
           (!options->boots || options->boots >> version & 1) &&
           (!options->slot || options->slot == slot);
}

static bool try_boot(struct tally *tally, int code, int version,
                     struct ota_error *err)
{
    for (int slot = 1; slot <= 2; slot++)
        for (int copy = 0; copy < 2; copy++) {
            const struct ota_rehearsal_device device = {
                ota_flash_map_by_code((uint8_t)code), (uint8_t)version,
                (uint8_t)slot, (uint8_t)copy};
            if (device.map && is_wanted(tally->options, code, version, slot) &&
                !try_device(tally, &device, err))
                return false;
        }
    return true;
}

static bool try_all(struct tally *tally, struct ota_error *err)
{
    for (int code = 0; code < OTA_FLASH_MAP_COUNT; code++)
        for (int version = OTA_BOOT_VERSION_MIN;
             version <= OTA_BOOT_VERSION_MAX; version++)
            if (!try_boot(tally, code, version, err))
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

int cmd_simulate(int argc, char **argv)
{
    struct ota_error err;
    struct options options = {.emulator.program = "qemu-system-xtensa"};
    struct tally tally = {.options = &options, .devices = json_array()};
    command_parse(&argp, argc, argv, &options);
    bool ok = ota_file_load(&tally.pack, options.pack, OTA_FILE_CEILING, &err);
    if (ok && tally.pack.size == 0)
        ok = ota_fail(&err, OTA_E_FILE_EMPTY, .subject = options.pack);
    ok = ok && ota_emulator_open(&options.emulator, &err) &&
         try_all(&tally, &err);
    int status = ok ? conclude(&tally) : command_fail(&options.common, &err);
    ota_emulator_close(&options.emulator);
    ota_file_release(&tally.pack);
    json_decref(tally.devices);
    return status;
}
