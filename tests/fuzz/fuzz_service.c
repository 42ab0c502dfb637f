/* SPDX-License-Identifier: Apache-2.0 */
/* No Host makes a stranger local, and no text of one leaves its place. */
#include "../../src/server/escape.h"
#include "../../src/server/service_route.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool begins(const char *text, const char *start)
{
    return strncasecmp(text, start, strlen(start)) == 0;
}

static void judge_host(const char *host)
{
    struct service_request request = {
        .path = "status", .client = IN6ADDR_LOOPBACK_INIT, .host = host};
    if (service_is_local(&request) && !begins(host, "localhost") &&
        !begins(host, "127.") && !begins(host, "["))
        abort();
    request.client.s6_addr[0] = 0x20;
    if (service_is_local(&request))
        abort();
}

static void judge_copy(const char *text)
{
    char copy[24];
    escape_copy(copy, sizeof(copy), text);
    if (!memchr(copy, '\0', sizeof(copy)))
        abort();
    for (const char *c = copy; *c; c++)
        if (*c < ' ' || *c > '~' || *c == '"')
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    if (size)
        memcpy(text, data, size);
    text[size] = '\0';
    judge_host(text);
    judge_copy(text);
    free(text);
    return 0;
}
