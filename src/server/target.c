/* SPDX-License-Identifier: Apache-2.0 */
#include "target.h"
#include <string.h>
#include <strings.h>

/* Proxies send "http://host:port/path"; the path is what counts. */
static const char *skip_authority(const char *target)
{
    if (strncasecmp(target, "http://", 7) == 0)
        target += 7;
    else if (strncasecmp(target, "https://", 8) == 0)
        target += 8;
    else
        return target;
    return target + strcspn(target, "/?");
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte at *text, decoded, and *text behind it; -1 for a bad escape. */
static int next_byte(const char **text)
{
    const char *c = *text;
    if (*c != '%') {
        (*text)++;
        return (unsigned char)*c;
    }
    int high = hex_digit(c[1]);
    int low = high < 0 ? -1 : hex_digit(c[2]);
    if (low < 0)
        return -1;
    *text += 3;
    int byte = high << 4 | low;
    return byte == '/' || byte == '\0' ? -1 : byte;
}

static unsigned judge_component(const char *component, size_t length)
{
    if (component[0] != '.' || length == 0)
        return 200;
    return length == 2 && component[1] == '.' ? 400 : 404;
}

static unsigned judge_components(const char *path)
{
    for (;;) {
        size_t length = strcspn(path, "/");
        unsigned status = judge_component(path, length);
        if (status != 200 || !path[length])
            return status;
        path += length + 1;
    }
}

unsigned target_decode(const char *target, char *path, size_t size)
{
    target = skip_authority(target);
    target += strspn(target, "/");
    size_t length = 0;
    while (*target && *target != '?') {
        int byte = next_byte(&target);
        if (byte < 0)
            return 400;
        if (length + 1 >= size)
            return 404;
        path[length++] = (char)byte;
    }
    path[length] = '\0';
    return judge_components(path);
}
