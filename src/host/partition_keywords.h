/* SPDX-License-Identifier: Apache-2.0 */
/* The names of types and subtypes in partition CSV. */
#ifndef OTATOOL_HOST_PARTITION_KEYWORDS_H
#define OTATOOL_HOST_PARTITION_KEYWORDS_H

#include <stddef.h>
#include <stdint.h>

struct keyword {
    const char *name;
    uint8_t type; /* of a subtype */
    uint8_t value;
};

/* Both end with a row without a name. */
extern const struct keyword partition_types[];
extern const struct keyword partition_subtypes[];

#endif
