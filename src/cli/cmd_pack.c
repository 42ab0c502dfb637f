/* SPDX-License-Identifier: Apache-2.0 */
/* otatool pack: the command line; what is made is in pack_*.c. */
#include "pack.h"
#include <stdlib.h>
#include <string.h>

enum {
    KEY_SLOT = 0x100,
    KEY_FOR,
    KEY_KIND,
    KEY_NO_VERIFY,
    KEY_TABLE_OFFSET,
    KEY_APP,
    KEY_BOOTLOADER,
    KEY_FIRMWARE,
    KEY_BOOT,
    KEY_FLASH_MODE,
    KEY_FLASH_FREQ,
    KEY_MAP,
};

static const struct argp_option rows[] = {
    {"output", 'o', "FILE", 0, "where to write; default APP.v2_to_v3.ota.bin",
     1},
    {"app", KEY_APP, "FILE", 0,
     "the app's exact file name or path; default: the highest address", 1},
    {"bootloader", KEY_BOOTLOADER, "FILE", 0,
     "the bootloader, in place of a part at 0x0 or of the build's; 'otatool' "
     "is otatool's own",
     1},
    {"firmware", KEY_FIRMWARE, "FOLDER", 0,
     "where otatool's own bootloader is; default: where it was installed", 1},
    {"kind", KEY_KIND, "KIND", 0,
     "v2_to_v3 (default): old SDK to new; ota: new to new; old: for devices "
     "that stay on the old SDK",
     1},
    {"slot", KEY_SLOT, "SLOT", 0,
     "stamp for the slot it lands in: user1, user2 or both", 1},
    {"for", KEY_FOR, "MAP[,MAP...]", 0,
     "judge for these old flash maps, such as 512+512@1M or their codes; "
     "default: all that can work",
     1},
    {"table-offset", KEY_TABLE_OFFSET, "OFFSET", 0,
     "the partition table offset the bootloader was built for", 1},
    {"no-verify", KEY_NO_VERIFY, NULL, 0,
     "pack what the rules refuse, and say what is overridden", 1},
    {NULL, 0, NULL, 0, "With --kind old:", 2},
    {"boot", KEY_BOOT, "BOOT", 0, "none, 1.1 or 1.2+ (default)", 2},
    {"flash-mode", KEY_FLASH_MODE, "MODE", 0, "qio, qout, dio or dout", 2},
    {"flash-freq", KEY_FLASH_FREQ, "FREQ", 0, "40m, 26m, 20m or 80m", 2},
    {"map", KEY_MAP, "MAP", 0, "the flash map it is linked for", 2},
    {0},
};

static const char *const kinds[] = {"v2_to_v3", "ota", "old", NULL};
static const char *const slots[] = {"", "user1", "user2", "both", NULL};

/* The place of a word in a list, or wrong usage. */
static int choice(struct argp_state *state, const char *option,
                  const char *const *words, const char *word)
{
    for (int i = 0; words[i]; i++)
        if (*word && strcmp(words[i], word) == 0)
            return i;
    argp_error(state, "%s does not know '%s'", option, word);
    return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct pack_options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->common;
        return 0;
    case 'o':
        options->output = arg;
        return 0;
    case KEY_APP:
        options->app = arg;
        return 0;
    case KEY_BOOTLOADER:
        options->bootloader = arg;
        return 0;
    case KEY_FIRMWARE:
        options->firmware = arg;
        return 0;
    case KEY_KIND:
        options->kind = (enum pack_kind)choice(state, "--kind", kinds, arg);
        return 0;
    case KEY_SLOT:
        options->slot = (enum pack_slot)choice(state, "--slot", slots, arg);
        return 0;
    case KEY_FOR:
    case KEY_MAP:
        if (!judge_maps(arg, &options->judge.maps))
            argp_error(state, "there is no flash map '%s'", arg);
        return 0;
    case KEY_TABLE_OFFSET:
        if (!command_number(arg, &options->judge.table_offset))
            argp_error(state, "'%s' is not an offset", arg);
        return 0;
    case KEY_NO_VERIFY:
        options->no_verify = true;
        return 0;
    case KEY_BOOT:
        options->boot = arg;
        return 0;
    case KEY_FLASH_MODE:
        options->flash_mode = arg;
        return 0;
    case KEY_FLASH_FREQ:
        options->flash_freq = arg;
        return 0;
    case ARGP_KEY_ARG:
        options->arguments[options->argument_count++] = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name the parts (ADDR FILE ...) or a build folder");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "ADDR FILE [ADDR FILE]...\nBUILD_DIR\n"
                "--kind=ota APP [APP] [TABLE]\n"
                "--kind=old --map=MAP ELF [FOLDER]",
    .doc = "Put bootloader, partition table and app into one file that an "
           "old device can take.\v"
           "Addresses are places in flash: 0x0 the bootloader, 0x5000 or "
           "0x8000 the partition table, and the app at ota_0's offset. "
           "BUILD_DIR is the build folder of the SDK. What an old device "
           "would not survive is refused with the reason.",
    .children = common_children,
};

/* An option that its kind would pass over is a mistake. */
static void check_options(const struct pack_options *options)
{
    if (options->bootloader && options->kind != PACK_V2_TO_V3)
        command_usage("pack", "--bootloader goes with --kind v2_to_v3 only");
    if ((options->boot || options->flash_mode || options->flash_freq) &&
        options->kind != PACK_OLD)
        command_usage("pack", "--boot, --flash-mode and --flash-freq go with "
                              "--kind old only");
    if ((options->slot || options->app || options->judge.maps ||
         options->judge.table_offset) &&
        options->kind == PACK_OTA)
        command_usage("pack", "--slot, --app, --for and --table-offset do not "
                              "go with --kind ota");
}

int cmd_pack(int argc, char **argv)
{
    static int (*const makers[])(const struct pack_options *) = {
        [PACK_V2_TO_V3] = pack_v2_to_v3,
        [PACK_OTA] = pack_ota,
        [PACK_OLD] = pack_old,
    };
    struct pack_options options = {.arguments = argv + 1};
    command_parse(&argp, argc, argv, &options);
    check_options(&options);
    return makers[options.kind](&options);
}
