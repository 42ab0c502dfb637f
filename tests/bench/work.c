/* SPDX-License-Identifier: Apache-2.0 */
#include "work.h"
#include <stdio.h>
#include <string.h>

static const struct work works[] = {
    {.name = "full",
     .method = "GET",
     .version = "1.1",
     .status = 200,
     .is_new_sdk = true,
     .has_body = true},
    {.name = "new-connection",
     .method = "GET",
     .version = "1.0",
     .status = 200,
     .is_new_sdk = true,
     .closes = true,
     .has_body = true},
    {.name = "old-sdk",
     .method = "GET",
     .version = "1.0",
     .status = 200,
     .closes = true,
     .has_body = true},
    {.name = "range",
     .method = "GET",
     .version = "1.1",
     .status = 206,
     .is_new_sdk = true,
     .has_body = true,
     .is_ranged = true},
    {.name = "head",
     .method = "HEAD",
     .version = "1.1",
     .status = 200,
     .is_new_sdk = true},
    {.name = "not-modified",
     .method = "GET",
     .version = "1.1",
     .status = 304,
     .is_new_sdk = true,
     .is_conditional = true},
};

enum { WORKS = sizeof(works) / sizeof(works[0]) };

const struct work *work_named(const char *name)
{
    for (int i = 0; i < WORKS; i++)
        if (strcmp(works[i].name, name) == 0)
            return &works[i];
    return NULL;
}

void work_print_names(void)
{
    for (int i = 0; i < WORKS; i++)
        printf("%s%s", works[i].name, i < WORKS - 1 ? " " : "\n");
}
