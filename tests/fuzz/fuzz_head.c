/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever a client sends, it is judged and told to be of some family. */
#include "../../src/server/family.h"
#include "../support/head_text.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct head head;
    char *text = calloc(1, size + 1);
    if (!text)
        abort();
    if (size)
        memcpy(text, data, size);
    (void)head_text_read(&head, text);
    unsigned status = head_judge(&head);
    struct client_kind kind = family_of(&head);
    (void)head_keeps_alive(&head);
    if ((status != 200 && status != 400) || kind.family >= FAMILY_COUNT ||
        !family_name(kind.family) || !kind.reason ||
        family_slot_of(head.target) > 2)
        abort();
    free(text);
    return 0;
}
