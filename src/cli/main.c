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

static bool is_one_of(const char *text, const char *const *words)
{
    while (*words && strcmp(text, *words) != 0)
        words++;
    return *words != NULL;
}

static bool asks_for_help(const char *text)
{
    static const char *const words[] = {"help", "--help",  "-h",
                                        "-?",   "--usage", NULL};
    return is_one_of(text, words);
}

static bool asks_for_version(const char *text)
{
    static const char *const words[] = {"--version", "-V", NULL};
    return is_one_of(text, words);
}

static int run_command(int argc, char **argv)
{
    for (const struct command *c = commands; c->name; c++)
        if (strcmp(c->name, argv[0]) == 0)
            return c->run(argc, argv);
    fprintf(stderr,
            "otatool: there is no command '%s'\n"
            "Try 'otatool --help'.\n",
            argv[0]);
    return EXIT_USAGE;
}

/* 'otatool help pack' is 'otatool pack --help'. */
static int help_with(char *command)
{
    char option[] = "--help";
    char *argv[] = {command, option, NULL};
    return run_command(2, argv);
}

int main(int argc, char **argv)
{
    /* Lines leave as they are made: messages of both streams stay in order,
     * and none leaves letter by letter. */
    setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
    setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
    if (argc < 2) {
        print_help(stderr);
        return EXIT_USAGE;
    }
    if (asks_for_help(argv[1])) {
        if (argc > 2)
            return finish_stdout(help_with(argv[2]));
        print_help(stdout);
        return finish_stdout(EXIT_DONE);
    }
    if (asks_for_version(argv[1])) {
        puts(argp_program_version);
        return finish_stdout(EXIT_DONE);
    }
    return finish_stdout(run_command(argc - 1, argv + 1));
}
