/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes of a line make frames within their buffer; a frame that came,
 * sent again, comes again. */
#include "otatool/slip.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CAPACITY = 100 };

static void check_again(const uint8_t *frame, size_t size)
{
    uint8_t bytes[OTA_SLIP_ENCODED(CAPACITY)];
    uint8_t copy[CAPACITY];
    struct ota_slip slip = {.data = copy, .capacity = CAPACITY};
    size_t count = ota_slip_encode(bytes, frame, size);
    if (size == 0)
        abort();
    for (size_t i = 0; i + 1 < count; i++)
        if (ota_slip_take(&slip, bytes[i]) != OTA_SLIP_MORE)
            abort();
    if (ota_slip_take(&slip, bytes[count - 1]) != OTA_SLIP_FRAME ||
        slip.size != size || memcmp(copy, frame, size) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    uint8_t *frame = malloc(CAPACITY);
    if (!frame)
        return 0;
    struct ota_slip slip = {
        .data = frame,
        .capacity = CAPACITY,
        .is_chained = size > 0 && data[0] & 1,
    };
    for (size_t i = 0; i < size; i++)
        if (ota_slip_take(&slip, data[i]) == OTA_SLIP_FRAME)
            check_again(frame, slip.size);
    free(frame);
    return 0;
}
