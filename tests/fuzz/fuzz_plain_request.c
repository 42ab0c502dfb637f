/* SPDX-License-Identifier: Apache-2.0 */
/* A plain request has nothing in it that two could read differently. */
#include "../../src/server/plain_request.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_visible(const char *text)
{
    for (; *text; text++)
        if ((*text < ' ' && *text != '\t') || *text == 0x7f)
            return false;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct head head;
    char *text = malloc(size + !size);
    if (!text)
        abort();
    if (size)
        memcpy(text, data, size);
    size_t used = plain_request_read(text, size, &head);
    if (used > size ||
        (used > 0 && memcmp(data + used - 4, "\r\n\r\n", 4) != 0))
        abort();
    if (used > 0 && (head_judge(&head) != 200 || strchr(head.target, ' ')))
        abort();
    for (size_t i = 0; used > 0 && i < head.count; i++)
        if (!is_visible(head.fields[i].name) ||
            !is_visible(head.fields[i].value))
            abort();
    free(text);
    return 0;
}
