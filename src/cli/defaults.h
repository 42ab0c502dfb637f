/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Options that come from the environment and the configuration file.
 *
 * OTATOOL_COMMAND_OPTION sets --option of a command. The configuration file
 * ($OTATOOL_CONFIG, or otatool/config in $XDG_CONFIG_HOME) has sections
 * [command] with lines option = value; it only fills what the environment
 * leaves open.
 */
#ifndef OTATOOL_CLI_DEFAULTS_H
#define OTATOOL_CLI_DEFAULTS_H

#include <argp.h>

struct defaults {
    char **argv; /* argv[0], the defaults as options, then the rest of argv */
    int argc;
    char **names; /* the "--option" texts made for them; owned */
    int name_count;
};

/* Merges; a configuration file that was named and is not there, or sets what
 * the command has no option for, is wrong usage and exits. Values and arguments
 * are borrowed from environment and argv. */
void defaults_init(struct defaults *defaults, const struct argp *argp, int argc,
                   char **argv);
void defaults_release(struct defaults *defaults);

#endif
