/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the lines of an answer's header. */
#include "otatool/client.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ota_client_response response = {0};
    const char *text = (const char *)data;
    while (size > 0) {
        const char *end = memchr(text, '\n', size);
        size_t length = end ? (size_t)(end - text) + 1 : size;
        ota_client_header(&response, text, length);
        text += length;
        size -= length;
    }
    if (response.has_range && (response.range_first > response.range_last ||
                               response.range_last >= response.range_total))
        abort();
    if (memchr(response.etag, '\0', sizeof(response.etag)) == NULL)
        abort();
    return 0;
}
