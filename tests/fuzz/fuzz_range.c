/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever the Range header says, the body is inside the file, is no longer
 * than it, and has no byte twice. */
#include "otatool/route.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_ranges(const struct ota_route_response *response,
                         uint64_t size)
{
    if (response->range_count > OTA_ROUTE_RANGES)
        abort();
    for (size_t i = 0; i < response->range_count; i++) {
        const struct ota_route_range *a = &response->ranges[i];
        if (a->offset > size || a->size > size - a->offset)
            abort();
        for (size_t k = 0; k < i; k++) {
            const struct ota_route_range *b = &response->ranges[k];
            if (a->offset < b->offset + b->size &&
                b->offset < a->offset + a->size)
                abort();
        }
    }
}

static void check(const char *range, const char *date, uint64_t size)
{
    struct ota_route_entry entry = {.size = size, .modified = 1, .type = "x"};
    ota_route_describe(&entry);
    struct ota_route_response response;
    struct ota_route_request request = {
        .method = "GET",
        .range = range,
        .if_unmodified_since = date,
    };
    ota_route_answer(&request, &entry, 200, &response);
    check_ranges(&response, size);
    bool has_body = response.status == 200 || response.status == 206;
    if (has_body != (response.range_count > 0))
        abort();
    if (!has_body && response.status != 416 && response.status != 412)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t sizes[] = {0, 1, 1000, 16777216, UINT64_MAX};
    char *text = malloc(size + sizeof("bytes="));
    if (!text)
        return 0;
    memcpy(text, "bytes=", 6);
    if (size)
        memcpy(text + 6, data, size);
    text[6 + size] = '\0';
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        check(text, NULL, sizes[i]);
        check(text + 6, text + 6, sizes[i]);
    }
    free(text);
    return 0;
}
