/* SPDX-License-Identifier: Apache-2.0 */
/* otatool simulate: what its command line says; the ways are beside it. */
#include "judge.h"
#include "simulate.h"
#include <stdlib.h>
#include <string.h>

enum {
    KEY_FOR = 0x100,
    KEY_BOOT,
    KEY_SLOT,
    KEY_PROFILES,
    KEY_CONSOLE,
    KEY_CUTS,
    KEY_TEARS,
    KEY_FAULTS,
    KEY_GEAR,
    KEY_UPSTREAM,
    KEY_SEED,
    KEY_JOBS,
    KEY_REPORT,
    KEY_FLEET,
    KEY_RADIO_LOSS,
    KEY_POWER_CUTS,
    KEY_ATTEMPTS,
    KEY_WAVES,
    KEY_STOP_AT,
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
    {"profiles", KEY_PROFILES, "WHICH", 0,
     "all kinds of devices (default), or few: of each map the oldest and the "
     "newest boot",
     1},
    {"console", KEY_CONSOLE, NULL, 0, "show what each device prints", 1},
    {"cuts", KEY_CUTS, "CUTS", 0,
     "cut the power: one in each operation, pairs, any number, or random:N "
     "runs",
     2},
    {"tears", KEY_TEARS, "N", 0,
     "ways in which an operation is torn, default 9; pairs: 4", 2},
    {"faults", KEY_FAULTS, NULL, 0,
     "let each operation also fail, do nothing, or make its sector unreadable",
     2},
    {"gear", KEY_GEAR, "GEAR", 0,
     "native or emulator; default: by the pack's bootloader", 2},
    {"upstream", KEY_UPSTREAM, NULL, 0,
     "what would happen with Espressif's unpacker", 2},
    {"seed", KEY_SEED, "N", 0, "of all chance, default 1", 2},
    {"jobs", KEY_JOBS, "N", 0, "threads; default: all processors", 2},
    {"report", KEY_REPORT, "FILE", 0, "write an HTML page as well", 2},
    {"fleet", KEY_FLEET, "N", 0, "move a fleet of N virtual devices", 3},
    {"radio-loss", KEY_RADIO_LOSS, "PERCENT", 0,
     "of its downloads that fail, default 10", 3},
    {"power-cuts", KEY_POWER_CUTS, "PERCENT", 0,
     "of its runs that are cut, default 10", 3},
    {"attempts", KEY_ATTEMPTS, "N", 0,
     "downloads that a device tries, default 5", 3},
    {"waves", KEY_WAVES, "PERCENT[,PERCENT...]", 0,
     "parts of the fleet that are let go in turn, default 1,10,100", 3},
    {"stop-at", KEY_STOP_AT, "N", 0,
     "lost devices that end it after a wave, default 1", 3},
    {"firmware", KEY_FIRMWARE, "FOLDER", 0,
     "where the emulated device's ROM and old boots are", 4},
    {"qemu", KEY_QEMU, "PROGRAM", 0, "default: qemu-system-xtensa", 4},
    {0},
};

/* --- values ------------------------------------------------------------- */

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

/* One of two words: whether it is the second. */
static bool read_choice(struct argp_state *state, const char *option,
                        const char *text, const char *first, const char *second)
{
    if (strcmp(text, first) != 0 && strcmp(text, second) != 0)
        argp_error(state, "%s is %s or %s, not '%s'", option, first, second,
                   text);
    return strcmp(text, second) == 0;
}

static uint32_t read_number(struct argp_state *state, const char *option,
                            const char *text, uint32_t least)
{
    uint32_t value = 0;
    if (!command_number(text, &value) || value < least)
        argp_error(state, "%s is a number from %u on, not '%s'", option,
                   (unsigned)least, text);
    return value;
}

/* Per cent with up to two decimals, as a part of scale; false: no such. */
static bool scan_percent(const char **text, uint32_t scale, uint32_t *part)
{
    char *end;
    double value = strtod(*text, &end);
    if (end == *text || !(value >= 0 && value <= 100))
        return false;
    *text = end;
    *part = (uint32_t)(value * scale / 100 + 0.5);
    return true;
}

static uint32_t read_percent(struct argp_state *state, const char *option,
                             const char *text)
{
    const char *at = text;
    uint32_t part = 0;
    if (!scan_percent(&at, 1000000, &part) || *at)
        argp_error(state, "%s is a number from 0 to 100, not '%s'", option,
                   text);
    return part;
}

static bool scan_waves(struct ota_fleet_policy *policy, const char *text)
{
    uint32_t before = 0;
    policy->wave_count = 0;
    while (policy->wave_count < OTA_FLEET_WAVES) {
        uint32_t *wave = &policy->waves[policy->wave_count++];
        if (!scan_percent(&text, 1000, wave) || *wave <= before)
            return false;
        before = *wave;
        if (*text == '\0')
            return before == 1000;
        if (*text++ != ',')
            return false;
    }
    return false;
}

static void read_cuts(struct argp_state *state, const char *text,
                      struct ota_campaign_plan *plan)
{
    static const char random[] = "random:";
    static const char *const words[] = {[OTA_CUTS_ONE] = "one",
                                        [OTA_CUTS_PAIRS] = "pairs",
                                        [OTA_CUTS_ANY] = "any"};
    if (strncmp(text, random, strlen(random)) == 0) {
        plan->cuts = OTA_CUTS_RANDOM;
        plan->runs =
            read_number(state, "--cuts=random", text + strlen(random), 1);
        return;
    }
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(text, words[i]) == 0) {
            plan->cuts = (enum ota_cuts)i;
            return;
        }
    argp_error(state, "--cuts is one, pairs, any or random:N, not '%s'", text);
}

/* --- the command line --------------------------------------------------- */

static error_t take_file(struct simulate_options *options, char *arg)
{
    if (options->pack)
        return ARGP_ERR_UNKNOWN;
    options->pack = arg;
    return 0;
}

static error_t parse_fleet(int key, char *arg, struct argp_state *state)
{
    struct simulate_options *options = state->input;
    switch (key) {
    case KEY_FLEET:
        options->fleet = read_number(state, "--fleet", arg, 1);
        return 0;
    case KEY_RADIO_LOSS:
        options->radio_loss = read_percent(state, "--radio-loss", arg);
        return 0;
    case KEY_POWER_CUTS:
        options->power_cut = read_percent(state, "--power-cuts", arg);
        return 0;
    case KEY_ATTEMPTS:
        options->policy.attempts = read_number(state, "--attempts", arg, 1);
        return 0;
    case KEY_WAVES:
        if (!scan_waves(&options->policy, arg))
            argp_error(state,
                       "--waves is a list of up to %d that rises to 100, not "
                       "'%s'",
                       OTA_FLEET_WAVES, arg);
        return 0;
    case KEY_STOP_AT:
        options->policy.most_lost = read_number(state, "--stop-at", arg, 1) - 1;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_cuts(int key, char *arg, struct argp_state *state)
{
    struct simulate_options *options = state->input;
    switch (key) {
    case KEY_CUTS:
        options->has_cuts = true;
        read_cuts(state, arg, &options->plan);
        return 0;
    case KEY_TEARS:
        options->plan.tears = read_number(state, "--tears", arg, 1);
        return 0;
    case KEY_FAULTS:
        options->plan.has_faults = true;
        return 0;
    case KEY_GEAR:
        options->gear = read_choice(state, "--gear", arg, "native", "emulator")
                            ? GEAR_EMULATOR
                            : GEAR_NATIVE;
        return 0;
    case KEY_UPSTREAM:
        options->is_upstream = true;
        return 0;
    case KEY_SEED:
        options->plan.seed = read_number(state, "--seed", arg, 0);
        return 0;
    case KEY_JOBS:
        options->jobs = read_number(state, "--jobs", arg, 1);
        return 0;
    case KEY_REPORT:
        options->report = arg;
        return 0;
    default:
        return parse_fleet(key, arg, state);
    }
}

/* What does not go together. */
static void check(struct argp_state *state,
                  const struct simulate_options *options)
{
    bool is_campaign = options->has_cuts || options->fleet;
    if (!options->pack)
        argp_error(state, "name a pack");
    if (options->has_cuts && options->fleet)
        argp_error(state, "--cuts and --fleet are two things");
    if (options->report && !options->has_cuts)
        argp_error(state, "--report goes with --cuts");
    if (options->is_upstream && !is_campaign)
        argp_error(state, "--upstream goes with --cuts or --fleet");
    if (options->is_upstream && options->gear == GEAR_EMULATOR)
        argp_error(state, "--upstream is native");
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct simulate_options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->common;
        return 0;
    case KEY_FOR:
        if (!judge_maps(arg, &options->profiles.maps))
            argp_error(state, "there is no flash map '%s'", arg);
        return 0;
    case KEY_BOOT:
        if (!read_boots(arg, &options->profiles.boots))
            argp_error(state, "--boot is a list of 1.2 to 1.7, not '%s'", arg);
        return 0;
    case KEY_SLOT:
        options->profiles.slot = read_slot(state, arg);
        return 0;
    case KEY_PROFILES:
        options->profiles.is_few =
            read_choice(state, "--profiles", arg, "all", "few");
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
    case ARGP_KEY_END:
        check(state, options);
        return 0;
    default:
        return parse_cuts(key, arg, state);
    }
}

static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "PACK",
    .doc = "Rehearse a v2_to_v3 pack on every kind of old device, with and "
           "without power cuts.\v"
           "The bootloader in the pack runs as it is, behind each old boot, "
           "in each slot and with each parameter sector, up to the first "
           "instruction of the new app: in an emulator, or, with --cuts and "
           "otatool's own bootloader, in native code that tries many "
           "thousands of cuts a second. Exit status 1 tells that a device "
           "would be lost.",
    .children = common_children,
};

/* --- what all ways need ------------------------------------------------- */

bool simulate_choose(struct simulate_kinds *kinds,
                     const struct simulate_options *options, size_t pack_size,
                     struct ota_error *err)
{
    kinds->count =
        ota_profiles_list(&options->profiles, pack_size, kinds->list);
    return kinds->count > 0 ||
           ota_fail(err, OTA_E_NO_DEVICE, .subject = options->pack);
}

struct simulate_boot_name
simulate_boot(const struct ota_rehearsal_device *device)
{
    return (struct simulate_boot_name){
        {'1', '.', (char)('0' + device->boot_version), '\0'}};
}

static int run(struct simulate_options *options, const struct ota_file *pack)
{
    if (options->fleet)
        return simulate_fleet(options, pack);
    return options->has_cuts ? simulate_cuts(options, pack)
                             : simulate_rehearse(options, pack);
}

static void set_defaults(struct simulate_options *options)
{
    *options = (struct simulate_options){
        .emulator.program = "qemu-system-xtensa",
        .plan.seed = 1,
        .radio_loss = 100000,
        .power_cut = 100000,
        .policy = {.attempts = 5, .waves = {10, 100, 1000}, .wave_count = 3},
    };
}

/* The line, to be shown in reports. */
static char *join(int argc, char **argv)
{
    size_t size = sizeof("otatool simulate");
    for (int i = 1; i < argc; i++)
        size += 1 + strlen(argv[i]);
    char *line = malloc(size);
    if (!line)
        return NULL;
    char *at = stpcpy(line, "otatool simulate");
    for (int i = 1; i < argc; i++)
        at = stpcpy(stpcpy(at, " "), argv[i]);
    return line;
}

int cmd_simulate(int argc, char **argv)
{
    struct ota_error err;
    struct simulate_options options;
    struct ota_file pack = {0};
    set_defaults(&options);
    char *command = join(argc, argv);
    options.command = command ? command : "otatool simulate";
    command_parse(&argp, argc, argv, &options);
    bool ok = ota_file_load(&pack, options.pack, OTA_FILE_CEILING, &err);
    if (ok && pack.size == 0)
        ok = ota_fail(&err, OTA_E_FILE_EMPTY, .subject = options.pack);
    int status =
        ok ? run(&options, &pack) : command_fail(&options.common, &err);
    ota_file_release(&pack);
    free(command);
    return status;
}
