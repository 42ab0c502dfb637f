/* SPDX-License-Identifier: Apache-2.0 */
/* otatool erase-flash and erase-region. */
#include "serial_range.h"
#include <stdio.h>

struct options {
    struct serial_options serial;
    struct serial_range range;
};

static bool work(struct serial_job *job, struct ota_error *err)
{
    const struct options *options = job->context;
    uint32_t offset;
    uint32_t size;
    if (!serial_range_find(&options->range, job->flasher, &offset, &size,
                           err) ||
        !ota_flasher_erase(job->flasher, offset, size, err))
        return false;
    job->result.written = size;
    job->facts = json_pack("{s:I, s:I}", "offset", (json_int_t)offset, "size",
                           (json_int_t)size);
    return true;
}

static void tell(const struct serial_job *job)
{
    serial_print_chip(job);
    printf(": %u KB erased and compared\n", job->result.written / 1024);
}

static int run(struct options *options)
{
    return serial_run(&options->serial, false, work, options, tell);
}

/* --- erase-flash --- */

static error_t parse_all(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    (void)arg;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->child_inputs[0] = &options->serial;
    return 0;
}

static const struct argp all_argp = {
    .parser = parse_all,
    .doc = "Erase a device's whole flash through its serial port.\v"
           "The device then has no firmware, no settings and no RF data.",
    .children = serial_children,
};

int cmd_erase_flash(int argc, char **argv)
{
    struct options options = {.serial = serial_defaults()};
    command_parse(&all_argp, argc, argv, &options);
    return run(&options);
}

/* --- erase-region --- */

static const struct argp_option region_rows[] = {
    SERIAL_RANGE_ROW,
    {0},
};

static error_t parse_region(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->serial;
        return 0;
    case SERIAL_KEY_PARTITION:
        options->range.partition = arg;
        return 0;
    case ARGP_KEY_ARG:
        serial_range_take(&options->range, arg, state);
        return 0;
    case ARGP_KEY_END:
        if (options->range.number_count != (options->range.partition ? 0 : 2))
            argp_error(state, "name OFFSET and SIZE, or --partition");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp region_argp = {
    .options = region_rows,
    .parser = parse_region,
    .args_doc = "OFFSET SIZE\n--partition=NAME",
    .doc = "Erase a part of a device's flash through its serial port.\v"
           "OFFSET and SIZE are multiples of 0x1000.",
    .children = serial_children,
};

int cmd_erase_region(int argc, char **argv)
{
    struct options options = {.serial = serial_defaults()};
    command_parse(&region_argp, argc, argv, &options);
    return run(&options);
}
