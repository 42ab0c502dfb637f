/* SPDX-License-Identifier: Apache-2.0 */
/* The file that is served, as the clients know it from elsewhere. */
#ifndef OTATOOL_BENCH_FIRMWARE_FILE_H
#define OTATOOL_BENCH_FIRMWARE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct firmware_file {
    const uint8_t *data;
    size_t size;
};

/* Maps the file for the life of the program; says why not. */
bool firmware_file_open(struct firmware_file *file, const char *path);

#endif
