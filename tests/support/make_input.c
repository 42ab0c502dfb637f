/* SPDX-License-Identifier: Apache-2.0 */
/* Writes the test inputs that tests/data/inputs.json describes. */
#include "input.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define USAGE                                                                  \
    "Usage: make_input [-i INPUTS.JSON] list | all FOLDER | NAME FILE\n"

static void save(const char *path, const struct blob *blob)
{
    FILE *file = fopen(path, "wbe");
    if (!file || fwrite(blob->data ? blob->data : (const uint8_t *)"", 1,
                        blob->size, file) != blob->size)
        spec_fail("cannot be written", path);
    if (fclose(file) != 0)
        spec_fail("cannot be written", path);
}

static void make_one(const struct input_set *set, const char *name,
                     const char *path)
{
    struct blob blob = input_named(set, name);
    save(path, &blob);
    blob_release(&blob);
}

static void make_all(const struct input_set *set, const char *folder)
{
    const char *name;
    json_t *spec;
    mkdir(folder, 0777);
    json_object_foreach(set->specs, name, spec)
    {
        char path[4096];
        snprintf(path, sizeof(path), "%s/%s", folder, name);
        make_one(set, name, path);
    }
}

static void list(const struct input_set *set)
{
    const char *name;
    json_t *spec;
    json_object_foreach(set->specs, name, spec)
    {
        struct blob blob = input_named(set, name);
        printf("%-20s %9zu  %s\n", name, blob.size,
               spec_text(spec, "kind", ""));
        blob_release(&blob);
    }
}

int main(int argc, char **argv)
{
    const char *inputs = INPUTS_JSON;
    if (argc > 2 && strcmp(argv[1], "-i") == 0) {
        inputs = argv[2];
        argv += 2;
        argc -= 2;
    }
    json_error_t failure;
    struct input_set set = {json_load_file(inputs, 0, &failure)};
    if (!set.specs)
        spec_fail(failure.text, inputs);
    if (argc == 2 && strcmp(argv[1], "list") == 0) {
        list(&set);
    } else if (argc == 3 && strcmp(argv[1], "all") == 0) {
        make_all(&set, argv[2]);
    } else if (argc == 3) {
        make_one(&set, argv[1], argv[2]);
    } else {
        fputs(USAGE, stderr);
        return 2;
    }
    json_decref(set.specs);
    return 0;
}
