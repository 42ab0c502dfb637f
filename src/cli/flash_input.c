/* SPDX-License-Identifier: Apache-2.0 */
#include "flash_input.h"
#include "otatool/kind.h"
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    KEY_APP = 0x100,
    KEY_PARTITION,
    KEY_NO_VERIFY,
    KEY_FLASH_MODE,
    KEY_FLASH_FREQ,
    KEY_FLASH_SIZE,
};

static const struct argp_option rows[] = {
    {"app", KEY_APP, NULL, 0,
     "only the app, at the place of ota_0 on the device", 2},
    {"partition", KEY_PARTITION, "NAME", 0,
     "one file, at the place of this partition on the device", 2},
    {"flash-mode", KEY_FLASH_MODE, "MODE", 0,
     "patch the image at 0: qio, qout, dio or dout; default: keep", 2},
    {"flash-freq", KEY_FLASH_FREQ, "FREQ", 0,
     "patch the image at 0: 40m, 26m, 20m or 80m; default: keep", 2},
    {"flash-size", KEY_FLASH_SIZE, "SIZE", 0,
     "patch the image at 0: 512KB to 16MB, or detect; default: keep", 2},
    {"no-verify", KEY_NO_VERIFY, NULL, 0,
     "take images that would not start, too", 2},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct flash_options *options = state->input;
    struct ota_flash_header *header = &options->header;
    switch (key) {
    case ARGP_KEY_INIT:
        header->mode = header->frequency = header->size = OTA_FLASH_KEEP;
        state->child_inputs[0] = &options->serial;
        return 0;
    case KEY_APP:
        options->app = true;
        return 0;
    case KEY_PARTITION:
        options->partition = arg;
        return 0;
    case KEY_NO_VERIFY:
        options->no_verify = true;
        return 0;
    case KEY_FLASH_MODE:
        if (!ota_flash_header_mode(arg, &header->mode))
            argp_error(state, "--flash-mode does not know '%s'", arg);
        return 0;
    case KEY_FLASH_FREQ:
        if (!ota_flash_header_frequency(arg, &header->frequency))
            argp_error(state, "--flash-freq does not know '%s'", arg);
        return 0;
    case KEY_FLASH_SIZE:
        if (!ota_flash_header_size(arg, &header->size))
            argp_error(state, "--flash-size does not know '%s'", arg);
        return 0;
    case ARGP_KEY_ARG:
        options->arguments[options->argument_count++] = arg;
        return 0;
    case ARGP_KEY_NO_ARGS:
        argp_error(state, "name the parts (ADDR FILE ...), a build folder or "
                          "a pack");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

const struct argp flash_input_argp = {
    .options = rows,
    .parser = parse,
    .children = serial_children,
};

/* --- loading --- */

static bool add_file(struct flash_input *input, uint32_t address,
                     const char *name, struct ota_error *err)
{
    size_t i = input->count;
    if (i == OTA_BUILD_MAX_FILES)
        return ota_fail(err, OTA_E_FLASH_PARTS, .subject = name,
                        .expected = OTA_BUILD_MAX_FILES, .actual = i + 1);
    if (!ota_file_load(&input->files[i], name, OTA_FILE_CEILING, err))
        return false;
    input->names[i] = name;
    input->addresses[i] = address;
    input->count++;
    return input->files[i].size > 0 ||
           ota_fail(err, OTA_E_FILE_EMPTY, .subject = name);
}

static bool is_folder(const char *name)
{
    struct stat st;
    return stat(name, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool load_build(struct flash_input *input, const char *folder,
                       struct ota_error *err)
{
    bool only_app = input->options->app;
    input->build = malloc(sizeof(*input->build));
    if (!input->build)
        abort();
    if (!ota_build_dir_read(input->build, folder, NULL, err))
        return false;
    const struct ota_build_dir *build = input->build;
    for (size_t i = 0; i < build->count; i++) {
        const struct ota_build_file *file = &build->files[i];
        bool is_app = build->app ? strcmp(build->app, file->path) == 0
                                 : i + 1 == build->count;
        if ((!only_app || is_app) &&
            !add_file(input, file->address, file->path, err))
            return false;
    }
    return input->count > 0 || ota_fail(err, OTA_E_BUILD_DIR, .subject = folder,
                                        .detail = "it names no app");
}

/* What replaces an app and is none would leave a device that does not start. */
static bool check_app(const struct flash_input *input, struct ota_error *err)
{
    const struct flash_options *options = input->options;
    if (!options->app || options->no_verify)
        return true;
    uint8_t first = input->files[0].data[0];
    return first == OTA_IMAGE_MAGIC ||
           ota_fail(err, OTA_E_IMAGE_MAGIC, .subject = input->names[0],
                    .expected = OTA_IMAGE_MAGIC, .actual = first);
}

/* Someone forgot the file, unless there is one of such a name. */
static void refuse_address(const char *name, const char *command)
{
    uint32_t address;
    if (command_number(name, &address) && access(name, F_OK) != 0)
        command_usage(command, "name a file after the address %s", name);
}

/* A file without an address is a pack, or says by an option where it
 * belongs. */
static bool load_alone(struct flash_input *input, const char *name,
                       const char *command, struct ota_error *err)
{
    const struct flash_options *options = input->options;
    refuse_address(name, command);
    if (!add_file(input, 0, name, err))
        return false;
    if (options->app || options->partition)
        return true;
    struct ota_source source =
        ota_source_memory(input->files[0].data, input->files[0].size);
    enum ota_kind kind = ota_kind_of(&source);
    input->is_pack = kind == OTA_KIND_PACK;
    if (!input->is_pack)
        command_usage(command, "'%s' is no pack: name its address before it",
                      name);
    return true;
}

static bool load_pairs(struct flash_input *input, const char *command,
                       struct ota_error *err)
{
    const struct flash_options *options = input->options;
    if (options->argument_count % 2 != 0 || options->app || options->partition)
        command_usage(command, "name pairs of address and file, or one file "
                               "with --app or --partition");
    for (int i = 0; i < options->argument_count; i += 2) {
        uint32_t address;
        if (!command_number(options->arguments[i], &address))
            command_usage(command, "'%s' is no address", options->arguments[i]);
        if (!add_file(input, address, options->arguments[i + 1], err))
            return false;
    }
    return true;
}

bool flash_input_load(struct flash_input *input,
                      const struct flash_options *options, const char *command,
                      struct ota_error *err)
{
    memset(input, 0, sizeof(*input));
    input->options = options;
    if (options->app && options->partition)
        command_usage(command, "--app and --partition exclude each other");
    if (options->argument_count > 1)
        return load_pairs(input, command, err);
    const char *name = options->arguments[0];
    bool is_build = is_folder(name);
    if (is_build && options->partition)
        command_usage(command, "--partition takes a file, not a folder");
    return (is_build ? load_build(input, name, err)
                     : load_alone(input, name, command, err)) &&
           check_app(input, err);
}

void flash_input_release(struct flash_input *input)
{
    for (size_t i = 0; i < input->count; i++)
        ota_file_release(&input->files[i]);
    free(input->build);
}

/* --- laying out --- */

static bool find_app_place(struct ota_flasher *flasher,
                           struct ota_partition *place, struct ota_error *err)
{
    struct ota_partition_table table;
    uint32_t offset;
    if (!ota_flasher_table(flasher, &table, &offset, err))
        return false;
    const struct ota_partition *ota_0 = ota_partition_table_find(
        &table, OTA_PARTITION_APP, OTA_PARTITION_APP_OTA_0);
    if (!ota_0)
        return ota_fail(err, OTA_E_PARTITION_UNKNOWN, .detail = "ota_0");
    *place = *ota_0;
    return true;
}

static bool plan_partition(const struct flash_input *input,
                           struct ota_flasher *flasher,
                           struct ota_flash_plan *plan, struct ota_error *err)
{
    struct ota_partition place;
    const struct flash_options *options = input->options;
    const struct ota_file *file = &input->files[0];
    if (!(options->app ? find_app_place(flasher, &place, err)
                       : ota_flasher_partition(flasher, options->partition,
                                               &place, err)))
        return false;
    if (file->size > place.size)
        return ota_fail(err, OTA_E_PARTITION_FULL, .subject = input->names[0],
                        .expected = place.size, .actual = file->size);
    return ota_flash_plan_add(plan, input->names[0], place.offset, file->data,
                              (uint32_t)file->size, err);
}

static bool plan_parts(const struct flash_input *input,
                       struct ota_flash_plan *plan, struct ota_error *err)
{
    for (size_t i = 0; i < input->count; i++)
        if (!ota_flash_plan_add(plan, input->names[i], input->addresses[i],
                                input->files[i].data,
                                (uint32_t)input->files[i].size, err))
            return false;
    return true;
}

bool flash_input_plan(const struct flash_input *input,
                      struct ota_flasher *flasher, struct ota_flash_plan *plan,
                      struct ota_error *err)
{
    const struct flash_options *options = input->options;
    bool is_placed = options->app || options->partition;
    bool ok = is_placed ? plan_partition(input, flasher, plan, err)
              : input->is_pack
                  ? ota_flash_plan_add_pack(plan, input->names[0],
                                            input->files[0].data,
                                            input->files[0].size, err)
                  : plan_parts(input, plan, err);
    return ok && ota_flash_plan_seal(plan, err) &&
           (options->no_verify || ota_flash_plan_verify(plan, err)) &&
           ota_flash_plan_fit(plan, &options->header, flasher->chip.flash_size,
                              err);
}
