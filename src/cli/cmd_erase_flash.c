/* SPDX-License-Identifier: Apache-2.0 */
/* otatool erase-flash and erase-region. */
#include "serial_range.h"
#include <stdio.h>

static bool work(struct serial_job *job, struct ota_error *err)
{
    uint32_t offset;
    uint32_t size;
    if (!serial_range_find(job->context, job->flasher, &offset, &size, err) ||
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

/* Without the stub, reading all of it takes ten minutes a megabyte. */
static void tell_all(const struct serial_job *job)
{
    const char *how =
        job->flasher->options.stub ? "" : ", by the start of each sector";
    serial_print_chip(job);
    printf(": %u KB erased and compared%s\n", job->result.written / 1024, how);
}

/* --- erase-flash --- */

static error_t parse_all(int key, char *arg, struct argp_state *state)
{
    struct serial_range *range = state->input;
    (void)arg;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->child_inputs[0] = &range->serial;
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
    struct serial_range range = {.serial = serial_defaults()};
    command_parse(&all_argp, argc, argv, &range);
    return serial_run(&range.serial, false, work, &range, tell_all);
}

/* --- erase-region --- */

static error_t parse_region(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->child_inputs[0] = state->input;
    return 0;
}

static const struct argp region_argp = {
    .parser = parse_region,
    .args_doc = "OFFSET SIZE\n--partition=NAME",
    .doc = "Erase a part of a device's flash through its serial port.\v"
           "OFFSET and SIZE are multiples of 0x1000.",
    .children = serial_range_children,
};

int cmd_erase_region(int argc, char **argv)
{
    struct serial_range range = {.serial = serial_defaults()};
    command_parse(&region_argp, argc, argv, &range);
    return serial_run(&range.serial, false, work, &range, tell);
}
