/* SPDX-License-Identifier: Apache-2.0 */
/* otatool read-flash: a device's flash, or a part of it, into a file. */
#include "serial_range.h"
#include <stdio.h>
#include <stdlib.h>

struct options {
    struct serial_range range;
    const char *output;
};

static const struct argp_option rows[] = {
    {"output", 'o', "FILE", 0, "where to write what is read", 1},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->range;
        return 0;
    case 'o':
        options->output = arg;
        return 0;
    case ARGP_KEY_END:
        if (!options->output)
            argp_error(state, "name a file with --output");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "[OFFSET SIZE]",
    .doc = "Read a device's flash through its serial port.\v"
           "Without OFFSET and SIZE all of it. The file appears whole or not "
           "at all.",
    .children = serial_range_children,
};

static bool work(struct serial_job *job, struct ota_error *err)
{
    const struct options *options = job->context;
    uint32_t offset;
    uint32_t size;
    if (!serial_range_find(&options->range, job->flasher, &offset, &size, err))
        return false;
    if (size > job->flasher->chip.flash_size)
        return ota_fail(err, OTA_E_FLASH_BEYOND,
                        .expected = job->flasher->chip.flash_size,
                        .actual = (uint64_t)offset + size);
    uint8_t *data = malloc((size_t)size + 1);
    if (!data)
        return ota_fail(err, OTA_E_MEMORY);
    bool ok = ota_flasher_read(job->flasher, offset, data, size, err) &&
              ota_file_save(options->output, data, size, err);
    free(data);
    job->facts = json_pack("{s:I, s:I}", "offset", (json_int_t)offset, "size",
                           (json_int_t)size);
    job->result.same = size;
    return ok;
}

static void tell(const struct serial_job *job)
{
    const struct options *options = job->context;
    serial_print_chip(job);
    printf(": %u bytes read to %s\n", job->result.same, options->output);
}

int cmd_read_flash(int argc, char **argv)
{
    struct options options = {
        .range = {.serial = serial_defaults(), .may_be_all = true}};
    command_parse(&argp, argc, argv, &options);
    return serial_run(&options.range.serial, true, work, &options, tell);
}
