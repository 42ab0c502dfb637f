/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What otatool inspect finds in one file: a JSON object, of which the text
 * for people is printed, so that both say the same. docs/json.md has its
 * keys.
 */
#ifndef OTATOOL_CLI_INSPECT_H
#define OTATOOL_CLI_INSPECT_H

#include "otatool/error.h"
#include "otatool/kind.h"
#include "otatool/source.h"
#include <jansson.h>

struct inspection {
    const char *name;
    const uint8_t *data; /* borrowed */
    uint32_t size;
    enum ota_kind kind;
    json_t *parts;    /* owned: array */
    json_t *problems; /* owned: array of errors; empty: the file is sound */
};

/* Finds the kind and all parts. */
void inspect_parts(struct inspection *inspection);

/* Adds a problem. */
void inspect_problem(struct inspection *inspection, struct ota_error err);

/* An image or container at an offset of the file, as one part. */
void inspect_image(struct inspection *inspection, const char *part,
                   uint32_t offset, uint32_t end);
void inspect_container(struct inspection *inspection, const char *part,
                       uint32_t offset, uint32_t end);

/* A table at an offset of the file, as one part. */
void inspect_table(struct inspection *inspection, uint32_t offset);
void inspect_otadata(struct inspection *inspection, uint32_t offset);

/* A whole flash. */
void inspect_dump(struct inspection *inspection);

/* Prints the object for people. */
void inspect_print(const json_t *file);

#endif
