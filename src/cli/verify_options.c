/* SPDX-License-Identifier: Apache-2.0 */
/* What otatool verify shares for files and URLs: options and the end. */
#include "verify.h"

enum { KEY_FOR = 0x100, KEY_AGAINST, KEY_TABLE_OFFSET };

static const struct argp_option rows[] = {
    {"for", KEY_FOR, "MAP[,MAP...]", 0,
     "judge for these old flash maps, such as 512+512@1M or their codes", 1},
    {"against", KEY_AGAINST, "PACK", 0,
     "compare with this pack: for a flash dump, whether that device can take "
     "it; for a URL, whether it is what is served",
     1},
    {"table-offset", KEY_TABLE_OFFSET, "OFFSET", 0,
     "the partition table offset the bootloader was built for", 1},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct verify_options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->access;
        state->child_inputs[1] = &options->common;
        return 0;
    case KEY_FOR:
        if (!judge_maps(arg, &options->judge.maps))
            argp_error(state, "there is no flash map '%s'", arg);
        return 0;
    case KEY_AGAINST:
        options->against = arg;
        return 0;
    case KEY_TABLE_OFFSET:
        if (!command_number(arg, &options->judge.table_offset))
            argp_error(state, "'%s' is not an offset", arg);
        return 0;
    case ARGP_KEY_ARG:
        options->arguments[options->argument_count++] = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name a file, a folder or a URL");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp verify_argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "FILE|URL|FOLDER...",
    .doc = "Judge firmware before any device sees it.\v"
           "A pack is held against every rule of old devices; a URL is "
           "downloaded by ranges and its server judged as well; a flash dump "
           "is read as the device would read it.",
    .children = access_children,
};

int verify_finish(const struct verify_options *options, json_t *results,
                  bool ok)
{
    int status = ok ? EXIT_DONE : EXIT_REFUSED;
    if (options->common.json)
        return command_json(json_pack("{s:b, s:o}", "ok", ok, "files", results),
                            status);
    json_decref(results);
    return status;
}
