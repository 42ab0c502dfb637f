/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server that misbehaves, for scripts.
 *
 *   nasty_serve MODE STEP FILE [FILE]
 *
 * Prints its port and runs until it is killed. MODE and STEP are those of
 * nasty_server.h; of two files, of one length, the second takes the place
 * of the first.
 */
#include "nasty_server.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROOM = 4 * 1024 * 1024 };

static const struct {
    const char *name;
    enum nasty_mode mode;
} modes[] = {
    {"good", NASTY_GOOD},
    {"cuts", NASTY_CUTS},
    {"fails-twice", NASTY_FAILS_TWICE},
    {"keeps-changing", NASTY_KEEPS_CHANGING},
    {"swaps", NASTY_SWAPS},
    {"swaps-silently", NASTY_SWAPS_SILENTLY},
    {"says-less", NASTY_SAYS_LESS},
    {"adds", NASTY_ADDS},
    {"resets", NASTY_RESETS},
    {"hangs-up", NASTY_HANGS_UP},
    {"fails-midway", NASTY_FAILS_MIDWAY},
    {"busy", NASTY_BUSY},
    {"ignores-range", NASTY_IGNORES_RANGE},
    {"wrong-range", NASTY_WRONG_RANGE},
    {"no-range-line", NASTY_NO_RANGE_LINE},
    {"refuses-range", NASTY_REFUSES_RANGE},
    {"says-more", NASTY_SAYS_MORE},
    {"endless", NASTY_ENDLESS},
    {"chunked", NASTY_NO_LENGTH},
    {"redirects", NASTY_REDIRECTS},
    {"silent", NASTY_SILENT},
    {"half-header", NASTY_HALF_HEADER},
    {"stalls", NASTY_STALLS},
    {"huge-header", NASTY_HUGE_HEADER},
    {"garbage", NASTY_GARBAGE},
    {"missing", NASTY_MISSING},
    {"empty", NASTY_EMPTY},
    {"lower-case", NASTY_LOWER_CASE},
    {"long-header", NASTY_LONG_HEADER},
    {"short-end", NASTY_SHORT_END},
};

static enum nasty_mode mode_of(const char *name)
{
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++)
        if (strcmp(modes[i].name, name) == 0)
            return modes[i].mode;
    fprintf(stderr, "nasty_serve: no mode %s\n", name);
    exit(2);
}

static size_t load(uint8_t *data, const char *path)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        exit(1);
    }
    size_t size = fread(data, 1, ROOM, file);
    fclose(file);
    return size;
}

int main(int argc, char **argv)
{
    struct nasty_server server;
    size_t size = 0;
    uint8_t *data = malloc(2 * ROOM);
    if (argc < 4 || argc > 5 || !data)
        return 2;
    for (int i = 3; i < argc; i++)
        size += load(data + size, argv[i]);
    nasty_start(&server, mode_of(argv[1]), data, size,
                strtoul(argv[2], NULL, 0));
    printf("%s\n", strrchr(server.url, ':') + 1);
    fflush(stdout);
    free(data);
    pause();
    return 0;
}
