/* SPDX-License-Identifier: Apache-2.0 */
/* otatool verify: finds out what each argument is and has it judged. */
#include "verify.h"
#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
        state->child_inputs[0] = &options->common;
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

static const struct argp_child children[] = {{&common_argp, 0, NULL, 0}, {0}};

static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "FILE|URL|FOLDER...",
    .doc = "Judge firmware before any device sees it.\v"
           "A pack is held against every rule of old devices; a URL is "
           "downloaded by ranges and its server judged as well; a flash dump "
           "is read as the device would read it.",
    .children = children,
};

static void verify_path(const struct verify_options *options, const char *path,
                        json_t *results, bool *ok)
{
    struct ota_error err;
    struct verify_input input = {.name = path};
    struct verify_result result;
    if (ota_file_load(&input.file, path, OTA_FILE_CEILING, &err))
        result =
            input.file.size
                ? verify_file(options, &input)
                : verify_failed(&input, "empty",
                                (struct ota_error){.code = OTA_E_FILE_EMPTY});
    else
        result = verify_failed(&input, "unreadable", err);
    *ok &= result.ok;
    json_array_append_new(results, result.json);
    ota_file_release(&input.file);
}

static int is_firmware(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return entry->d_name[0] != '.' && length > 4 &&
           strcmp(entry->d_name + length - 4, ".bin") == 0;
}

/* Every *.bin of a folder, in the order of their names. */
static void verify_folder(const struct verify_options *options,
                          const char *folder, json_t *results, bool *ok)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_firmware, alphasort);
    if (count <= 0) {
        struct verify_input input = {.name = folder};
        struct verify_result result =
            verify_failed(&input, "folder",
                          (struct ota_error){.code = OTA_E_BUILD_DIR,
                                             .detail = "it has no .bin files"});
        *ok = false;
        json_array_append_new(results, result.json);
        return;
    }
    for (int i = 0; i < count; i++) {
        char path[PATH_MAX];
        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        verify_path(options, path, results, ok);
        free(entries[i]);
    }
    free(entries);
}

static bool is_folder(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int cmd_verify(int argc, char **argv)
{
    struct verify_options options = {.arguments = argv + 1};
    char url_command[] = "verify-url";
    for (int i = 1; i < argc; i++)
        if (strstr(argv[i], "://") && argv[i][0] != '-') {
            argv[0] = url_command;
            return run_network_command(argc, argv);
        }
    command_parse(&argp, argc, argv, &options);
    json_t *results = json_array();
    bool ok = true;
    for (int i = 0; i < options.argument_count; i++) {
        const char *path = options.arguments[i];
        if (is_folder(path))
            verify_folder(&options, path, results, &ok);
        else
            verify_path(&options, path, results, &ok);
    }
    int status = ok ? EXIT_DONE : EXIT_REFUSED;
    if (options.common.json)
        return command_json(json_pack("{s:b, s:o}", "ok", ok, "files", results),
                            status);
    json_decref(results);
    return status;
}
