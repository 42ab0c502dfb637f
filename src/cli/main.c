/* SPDX-License-Identifier: Apache-2.0 */
/* The front of both programs: finds the command in the table and runs it. */
#include "command.h"
#include "version.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *argp_program_version = "otatool " OTATOOL_VERSION;

static void print_help(FILE *out)
{
    fputs("Usage: otatool COMMAND [OPTION]... [ARGUMENT]...\n"
          "Move ESP8266 devices from the old SDKs to the new one over the "
          "air, losing none.\n\nCommands:\n",
          out);
    for (const struct command *c = commands; c->name; c++)
        if (c->summary)
            fprintf(out, "  %-16s %s\n", c->name, c->summary);
    fputs("\n'otatool COMMAND --help' tells more about one.\n", out);
}

static int finish_stdout(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout))
        return status;
    perror("otatool: the output cannot be written");
    return EXIT_REFUSED;
}

int main(int argc, char **argv)
{
    /* A message leaves as lines, not letter by letter. */
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
        print_help(stdout);
        return finish_stdout(EXIT_DONE);
    }
    if (strcmp(name, "--version") == 0) {
        puts(argp_program_version);
        return finish_stdout(EXIT_DONE);
    }
    for (const struct command *c = commands; c->name; c++)
        if (strcmp(c->name, name) == 0)
            return finish_stdout(c->run(argc - 1, argv + 1));
    fprintf(stderr,
            "otatool: there is no command '%s'\n"
            "Try 'otatool --help'.\n",
            name);
    return EXIT_USAGE;
}
