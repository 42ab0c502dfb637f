/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every command shares.
 *
 * To add a command: write cmd_NAME.c with int cmd_NAME(int argc, char **argv),
 * add its row to the table in otatool.c (or, if it needs the network
 * libraries, to otatool_net.c as well), a page in docs/man and golden tests
 * in tests/cli/NAME. A command parses everything, checks everything, then
 * acts.
 */
#ifndef OTATOOL_CLI_COMMAND_H
#define OTATOOL_CLI_COMMAND_H

#include "otatool/error.h"
#include <argp.h>
#include <jansson.h>

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

struct command {
    const char *name;
    const char *summary;
    int (*run)(int argc, char **argv);
};

/* The table of the program at hand; ends with a row without a name. */
extern const struct command commands[];

int cmd_pack(int argc, char **argv);
int cmd_inspect(int argc, char **argv);
int cmd_verify(int argc, char **argv);
int cmd_simulate(int argc, char **argv);
int cmd_partition_table(int argc, char **argv);
int cmd_otadata(int argc, char **argv);
int cmd_flash(int argc, char **argv);
int cmd_verify_flash(int argc, char **argv);
int cmd_read_flash(int argc, char **argv);
int cmd_erase_flash(int argc, char **argv);
int cmd_erase_region(int argc, char **argv);
int cmd_chip_info(int argc, char **argv);
int cmd_monitor(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_fetch(int argc, char **argv);
int cmd_verify_url(int argc, char **argv);

/* The options every command has: --json and --quiet. */
struct common {
    bool json;
    bool quiet;
};

/* Parses them into a struct common. */
extern const struct argp common_argp;

/* A command's argp children; the input of the one is a struct common. */
extern const struct argp_child common_children[];

/*
 * Parses a command line: first the configuration file, then OTATOOL_* from
 * the environment, then argv, so that the later wins. Wrong usage prints a
 * hint and exits with EXIT_USAGE, the one place besides --help and --version
 * that exits; a configuration file that is wrong counts as that. The argp's
 * parser gets input; it hands the address of its struct common to its first
 * child. It may collect the arguments in the array argv + 1 of the command,
 * which is read no more by then; state->argv does not outlive the call.
 */
void command_parse(const struct argp *argp, int argc, char **argv, void *input);

/* Wrong usage found after parsing: prints and exits with EXIT_USAGE. */
_Noreturn void command_usage(const char *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * Reports a failure on stderr, with --json also as an object on stdout,
 * and is EXIT_REFUSED.
 */
int command_fail(const struct common *common, const struct ota_error *err);

/* Prints a JSON value on stdout, releases it, and is status. */
int command_json(json_t *value, int status);

/*
 * A number out of a command line: decimal, 0x, 0o or a leading 0, 0b, with
 * suffix K or M. False when text is anything else or does not fit 32 bits.
 */
OTA_CHECKED bool command_number(const char *text, uint32_t *value);

/* Runs the program that holds the network commands in place of this one. */
int run_network_command(int argc, char **argv);

#endif
