/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs a fuzz target as a plain test: over every generated input, each cut
 * to a few lengths and with a few bytes changed, always the same ones.
 *
 *   fuzz_FORMAT INPUTS_FOLDER CHANGES
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { LARGEST = 65536 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* A copy of exactly size bytes, so that the sanitizer sees its ends. */
static void run_once(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (!copy)
        abort();
    for (size_t i = 0; i < size; i++)
        copy[i] = data[i];
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void run_changed(uint8_t *data, size_t size, unsigned long changes)
{
    uint32_t state = 0x9e3779b9;
    run_once(data, size);
    for (size_t i = 0; size > 0 && i < changes; i++) {
        uint32_t at = next_random(&state) % (uint32_t)size;
        uint8_t kept = data[at];
        run_once(data, at);
        data[at] = (uint8_t)next_random(&state);
        run_once(data, size);
        data[at] = kept;
    }
}

int main(int argc, char **argv)
{
    static uint8_t data[LARGEST];
    DIR *folder = argc == 3 ? opendir(argv[1]) : NULL;
    if (!folder)
        return 2;
    unsigned long changes = strtoul(argv[2], NULL, 10);
    size_t count = 0;
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[4096];
        snprintf(path, sizeof(path), "%s/%s", argv[1], entry->d_name);
        FILE *file = entry->d_name[0] == '.' ? NULL : fopen(path, "rbe");
        if (!file)
            continue;
        run_changed(data, fread(data, 1, sizeof(data), file), changes);
        fclose(file);
        count++;
    }
    closedir(folder);
    printf("%zu inputs\n", count);
    return count == 0;
}
