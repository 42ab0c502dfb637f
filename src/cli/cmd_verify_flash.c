/* SPDX-License-Identifier: Apache-2.0 */
/* otatool verify-flash: whether a device's flash holds what it should. */
#include "flash_input.h"
#include <stdio.h>

static error_t parse(int key, char *arg, struct argp_state *state)
{
    (void)arg;
    if (key != ARGP_KEY_INIT)
        return ARGP_ERR_UNKNOWN;
    state->child_inputs[0] = state->input;
    return 0;
}

static const struct argp_child children[] = {{&flash_input_argp, 0, NULL, 0},
                                             {0}};

static const struct argp argp = {
    .parser = parse,
    .args_doc = "ADDR FILE [ADDR FILE]...\nBUILD_DIR\nPACK\n"
                "--app APP|BUILD_DIR\n--partition=NAME FILE",
    .doc = "Compare a device's flash with what 'otatool flash' would write.\v"
           "The arguments are those of flash; nothing is written.",
    .children = children,
};

static bool work(struct serial_job *job, struct ota_error *err)
{
    const struct flash_input *input = job->context;
    struct ota_flash_plan plan = {0};
    bool ok = flash_input_plan(input, job->flasher, &plan, err) &&
              ota_flasher_verify(job->flasher, &plan, err);
    job->result.same = ota_flash_plan_size(&plan);
    ota_flash_plan_release(&plan);
    return ok;
}

static void tell(const struct serial_job *job)
{
    serial_print_chip(job);
    printf(": the same, %u KB compared\n", job->result.same / 1024);
}

int cmd_verify_flash(int argc, char **argv)
{
    struct flash_options options = {.serial = serial_defaults(),
                                    .arguments = argv + 1};
    struct flash_input input;
    struct ota_error err;
    command_parse(&argp, argc, argv, &options);
    int status = flash_input_load(&input, &options, "verify-flash", &err)
                     ? serial_run(&options.serial, false, work, &input, tell)
                     : command_fail(&options.serial.common, &err);
    flash_input_release(&input);
    return status;
}
