/* SPDX-License-Identifier: Apache-2.0 */
/* otatool flash: a device's flash by cable. */
#include "flash_input.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { KEY_FULL = 0x100, KEY_ERASE_ALL, KEY_GUARD, KEY_JOURNAL };

static const struct argp_option rows[] = {
    {"full", KEY_FULL, NULL, 0, "write what is there already, too", 1},
    {"erase-all", KEY_ERASE_ALL, NULL, 0, "erase the whole flash before", 1},
    {"guard", KEY_GUARD, NULL, 0,
     "compare what lies outside of the parts before and after", 1},
    {"journal", KEY_JOURNAL, "FOLDER", 0,
     "where an interrupted --full or --erase-all keeps what it has done; "
     "default ~/.local/state/otatool",
     1},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct flash_options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = options;
        return 0;
    case KEY_FULL:
        options->job.is_full = true;
        return 0;
    case KEY_ERASE_ALL:
        options->job.erase_all = true;
        return 0;
    case KEY_GUARD:
        options->job.is_guarded = true;
        return 0;
    case KEY_JOURNAL:
        options->job.journal = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_child children[] = {{&flash_input_argp, 0, NULL, 0},
                                             {0}};

static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "ADDR FILE [ADDR FILE]...\nBUILD_DIR\nPACK\n"
                "--app APP|BUILD_DIR\n--partition=NAME FILE",
    .doc = "Write a device's flash through its serial port.\v"
           "Only sectors that differ are written, and all are compared in the "
           "end; what an interrupted run has written is not written again. A "
           "pack is laid out as it lies after migration, with the bootloader "
           "at 0.",
    .children = children,
};

/* Where nobody said otherwise: a folder for state, made if need be. */
static void find_journal(struct ota_flasher_job *job, char path[PATH_MAX])
{
    const char *state = getenv("XDG_STATE_HOME");
    const char *home = getenv("HOME");
    if (job->journal || (!job->is_full && !job->erase_all))
        return;
    int length = state && *state
                     ? snprintf(path, PATH_MAX, "%s/otatool", state)
                     : snprintf(path, PATH_MAX, "%s/.local/state/otatool",
                                home ? home : "");
    if (length >= PATH_MAX || (!home && !state))
        return;
    for (char *slash = strchr(path + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0700); /* it may be there; saving tells the rest */
        *slash = '/';
    }
    mkdir(path, 0700);
    job->journal = path;
}

/* Whoever puts a new app on a device wants it to start. It is chosen when it
 * is there, whole and compared. */
static bool start_app(struct serial_job *job, struct ota_error *err)
{
    const struct flash_input *input = job->context;
    return !input->options->app ||
           ota_flasher_start_slot(job->flasher, 0, &job->has_chosen, err);
}

static bool work(struct serial_job *job, struct ota_error *err)
{
    const struct flash_input *input = job->context;
    struct ota_flash_plan plan = {0};
    bool ok = flash_input_plan(input, job->flasher, &plan, err) &&
              ota_flasher_write(job->flasher, &plan, &input->options->job,
                                &job->result, err) &&
              start_app(job, err);
    ota_flash_plan_release(&plan);
    if (ok)
        job->facts = json_pack(
            "{s:I, s:I, s:I, s:b}", "written", (json_int_t)job->result.written,
            "same", (json_int_t)job->result.same, "resumed",
            (json_int_t)job->result.resumed, "chosen", job->has_chosen);
    return ok;
}

static void tell(const struct serial_job *job)
{
    const struct ota_flasher_result *result = &job->result;
    serial_print_chip(job);
    printf(": %" PRIu32 " KB written, %" PRIu32 " KB were the same",
           result->written / 1024, result->same / 1024);
    if (result->resumed)
        printf(", %" PRIu32 " KB from an interrupted run",
               result->resumed / 1024);
    puts(job->has_chosen ? "; all compared; ota_0 starts from now on"
                         : "; all compared");
}

int cmd_flash(int argc, char **argv)
{
    struct flash_options options = {.serial = serial_defaults(),
                                    .arguments = argv + 1};
    struct flash_input input;
    struct ota_error err;
    char journal[PATH_MAX];
    command_parse(&argp, argc, argv, &options);
    find_journal(&options.job, journal);
    int status = flash_input_load(&input, &options, "flash", &err)
                     ? serial_run(&options.serial, false, work, &input, tell)
                     : command_fail(&options.serial.common, &err);
    flash_input_release(&input);
    return status;
}
