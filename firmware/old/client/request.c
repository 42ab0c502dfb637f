/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The requests. In NonOS the app writes the text and the library rewrites
 * it: each "GET" and each "keep-alive", also within the path.
 */
#include "old/client/client.h"
#include <string.h>

enum { LONGEST = 510 };

static void add(struct old_request *request, const char *text)
{
    uint32_t size = (uint32_t)strlen(text);
    uint32_t room = OLD_REQUEST_ROOM - request->size;
    if (size > room)
        size = room;
    memcpy(request->text + request->size, text, size);
    request->size += size;
}

static void add_number(struct old_request *request, uint32_t number)
{
    char digits[12];
    char *at = digits + sizeof(digits) - 1;
    *at = '\0';
    do {
        *--at = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    add(request, at);
}

static void add_host(struct old_request *request,
                     const struct old_client *client)
{
    add(request, "\r\nHost: ");
    add(request, client->host);
    add(request, ":");
    add_number(request, client->port);
    add(request, "\r\n");
}

/* Headers as those of AT firmware, whose GET also names gzip. */
static void build_nonos(struct old_request *request,
                        const struct old_client *client)
{
    add(request, "GET ");
    add(request, client->path);
    add(request, " HTTP/1.1");
    add_host(request, client);
    add(request, "Connection: keep-alive\r\n"
                 "Cache-Control: no-cache\r\n"
                 "User-Agent: old app\r\n"
                 "Accept: */*\r\n"
                 "Accept-Encoding: gzip,deflate\r\n\r\n");
}

/* No slash before the name, and the text's NUL is sent with it. */
static void build_rtos(struct old_request *request,
                       const struct old_client *client)
{
    add(request, "GET ");
    add(request, client->path + (client->path[0] == '/'));
    add(request, " HTTP/1.0");
    add_host(request, client);
    add(request, "Accept: application/octet-stream\r\n"
                 "Accept-Encoding: identity\r\n\r\n");
    if (request->size < OLD_REQUEST_ROOM)
        request->text[request->size++] = '\0';
}

bool old_request_build(struct old_request *request,
                       const struct old_client *client)
{
    request->size = 0;
    if (client->kind == OTA_CLIENT_R21) {
        build_rtos(request, client);
        return request->size < OLD_REQUEST_ROOM;
    }
    build_nonos(request, client);
    return request->size <= LONGEST;
}

static bool starts_with(const struct old_request *request, uint32_t at,
                        const char *text)
{
    uint32_t size = (uint32_t)strlen(text);
    return size <= request->size - at &&
           memcmp(request->text + at, text, size) == 0;
}

bool old_request_as_head(struct old_request *head,
                         const struct old_request *request)
{
    static const char *const pairs[][2] = {{"GET", "HEAD"},
                                           {"keep-alive", "close"}};
    head->size = 0;
    for (uint32_t at = 0; at < request->size;) {
        char letter[2] = {request->text[at], '\0'};
        const char *from = letter;
        const char *to = letter;
        for (int i = 0; i < 2; i++)
            if (starts_with(request, at, pairs[i][0])) {
                from = pairs[i][0];
                to = pairs[i][1];
            }
        add(head, to);
        at += (uint32_t)strlen(from);
    }
    return head->size < OLD_REQUEST_ROOM;
}

uint32_t old_number(const char *text)
{
    uint32_t number = 0;
    while (*text == ' ')
        text++;
    for (; *text >= '0' && *text <= '9'; text++)
        number = number * 10 + (uint32_t)(*text - '0');
    return number;
}
