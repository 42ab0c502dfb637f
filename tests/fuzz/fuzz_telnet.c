/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever a server sends, data and replies fit, and pieces make no
 * difference. */
#include "otatool/telnet.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t decode(struct ota_telnet *telnet, uint8_t *data, size_t size)
{
    size_t room = (size / 3 + 1) * OTA_TELNET_REPLY;
    uint8_t *reply = malloc(room);
    size_t reply_size = 0;
    if (!reply)
        abort();
    size_t kept = ota_telnet_decode(telnet, data, size, reply, &reply_size);
    if (kept > size || reply_size > room)
        abort();
    free(reply);
    return kept;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ota_telnet whole = {0};
    struct ota_telnet pieces = {0};
    uint8_t *a = malloc(size + 1);
    uint8_t *b = malloc(size + 1);
    if (!a || !b)
        abort();
    memcpy(a, data, size);
    memcpy(b, data, size);
    size_t kept = decode(&whole, a, size);
    size_t half = size / 2;
    size_t total = decode(&pieces, b, half);
    size_t rest = decode(&pieces, b + half, size - half);
    memmove(b + total, b + half, rest);
    total += rest;
    if (total != kept || memcmp(a, b, kept) != 0)
        abort();
    free(a);
    free(b);
    return 0;
}
