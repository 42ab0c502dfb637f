/* SPDX-License-Identifier: Apache-2.0 */
/* otatool verify: has each argument judged; URLs need the other program. */
#include "verify.h"

static bool names_a_url(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (argv[i][0] != '-' && verify_is_url(argv[i]))
            return true;
    return false;
}

int cmd_verify(int argc, char **argv)
{
    struct verify_options options = {.arguments = argv + 1};
    char url_command[] = "verify-url";
    if (names_a_url(argc, argv)) {
        argv[0] = url_command;
        return run_network_command(argc, argv);
    }
    command_parse(&verify_argp, argc, argv, &options);
    json_t *results = json_array();
    bool ok = true;
    for (int i = 0; i < options.argument_count; i++)
        verify_local(&options, options.arguments[i], results, &ok);
    return verify_finish(&options, results, ok);
}
