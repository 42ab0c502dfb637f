/* SPDX-License-Identifier: Apache-2.0 */
/* Options that come from the configuration file and the environment. */
#ifndef OTATOOL_CLI_DEFAULTS_H
#define OTATOOL_CLI_DEFAULTS_H

#include <argp.h>

/*
 * A new argument vector: argv[0], then --option=value for each long option
 * of the command that the configuration file names in the section
 * [COMMAND], then for each that the environment names as
 * OTATOOL_COMMAND_OPTION, then the rest of argv. The caller frees the vector
 * alone; its strings live as long as the program. *count is its length.
 */
char **defaults_merge(const char *command, const struct argp *argp, int argc,
                      char **argv, int *count);

#endif
