/* SPDX-License-Identifier: Apache-2.0 */
/* otatool inspect: what files are, part by part. */
#include "command.h"
#include "inspect.h"
#include "otatool/file.h"
#include "otatool/report.h"

struct options {
    struct common common;
    char **files;
    int count;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->common;
        return 0;
    case ARGP_KEY_ARG:
        options->files[options->count++] = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name a file");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .parser = parse,
    .args_doc = "FILE...",
    .doc = "Tell what files are, part by part: images, partition tables, "
           "otadata, packs and flash dumps.\v"
           "Exit status 1 tells that a file is damaged, unknown or cannot be "
           "read. otatool verify tells whether a device can take it.",
    .children = common_children,
};

static json_t *object_of(const struct inspection *inspection, const char *kind)
{
    return json_pack("{s:b, s:o, s:s, s:I, s:o, s:o}", "ok",
                     json_array_size(inspection->problems) == 0, "file",
                     ota_report_text(inspection->name), "kind", kind, "size",
                     (json_int_t)inspection->size, "parts", inspection->parts,
                     "problems", inspection->problems);
}

static json_t *inspect_file(const char *name)
{
    struct ota_file file;
    struct ota_error err;
    struct inspection inspection = {
        .name = name,
        .parts = json_array(),
        .problems = json_array(),
    };
    const char *kind = "unreadable";
    if (ota_file_load(&file, name, OTA_FILE_CEILING, &err)) {
        inspection.data = file.data;
        inspection.size = (uint32_t)file.size;
        inspect_parts(&inspection);
        kind = file.size ? ota_kind_name(inspection.kind) : "empty";
    } else {
        inspect_problem(&inspection, err);
    }
    ota_file_release(&file);
    return object_of(&inspection, kind);
}

int cmd_inspect(int argc, char **argv)
{
    struct options options = {.files = argv + 1};
    bool ok = true;
    command_parse(&argp, argc, argv, &options);
    json_t *files = json_array();
    for (int i = 0; i < options.count; i++) {
        json_t *file = inspect_file(options.files[i]);
        ok = ok && json_is_true(json_object_get(file, "ok"));
        if (!options.common.json && !options.common.quiet)
            inspect_print(file);
        json_array_append_new(files, file);
    }
    int status = ok ? EXIT_DONE : EXIT_REFUSED;
    if (options.common.json)
        return command_json(
            json_pack("{s:b, s:o}", "ok", (int)ok, "files", files), status);
    json_decref(files);
    return status;
}
