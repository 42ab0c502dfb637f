/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starts the second program, otatool-net. It is separate because loading
 * the HTTP and TLS libraries takes ten times as long as packing a firmware.
 */
#include "command.h"
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where otatool-net may lie, seen from the folder of otatool. */
static const char *const places[] = {
    "otatool-net",
    "../" OTATOOL_LIBEXEC "/otatool/otatool-net",
};

int run_network_command(int argc, char **argv)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (length < 0) {
        perror("otatool: cannot find its own folder");
        return EXIT_REFUSED;
    }
    self[length] = '\0';
    *strrchr(self, '/') = '\0';
    char **vector = calloc((size_t)argc + 2, sizeof(char *));
    if (!vector)
        abort();
    vector[0] = "otatool";
    memcpy(vector + 1, argv, (size_t)argc * sizeof(char *));
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char path[PATH_MAX + 64];
        snprintf(path, sizeof(path), "%s/%s", self, places[i]);
        execv(path, vector);
        if (errno != ENOENT)
            break;
    }
    perror("otatool: otatool-net, which holds the network commands, "
           "cannot be started");
    free(vector);
    return EXIT_REFUSED;
}
