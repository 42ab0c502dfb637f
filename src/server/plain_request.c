/* SPDX-License-Identifier: Apache-2.0 */
#include "plain_request.h"
#include <string.h>
#include <strings.h>

/* The line that begins at *at, without its end, which becomes a NUL; moves *at
 * behind it. NULL: it holds what is neither visible nor blank. */
static char *next_line(char **at)
{
    char *line = *at;
    char *end = line;
    while ((*end >= ' ' && *end < 0x7f) || *end == '\t')
        end++;
    if (end[0] != '\r' || end[1] != '\n')
        return NULL;
    *end = '\0';
    *at = end + 2;
    return line;
}

static bool read_request_line(char *line, struct head *head)
{
    char *target = strchr(line, ' ');
    char *version = target ? strchr(target + 1, ' ') : NULL;
    if (!version)
        return false;
    *target++ = '\0';
    *version++ = '\0';
    head->method = line;
    head->target = target;
    head->is_http_1_0 = strcmp(version, "HTTP/1.0") == 0;
    return (strcmp(line, "GET") == 0 || strcmp(line, "HEAD") == 0) &&
           (head->is_http_1_0 || strcmp(version, "HTTP/1.1") == 0);
}

static void trim(char *value)
{
    size_t size = strlen(value);
    while (size > 0 && (value[size - 1] == ' ' || value[size - 1] == '\t'))
        size--;
    value[size] = '\0';
}

/* Whether it asks for more than one answer, or has to do with a body. */
static bool is_plain(const char *name, const char *value)
{
    switch (name[0] & ~('a' ^ 'A')) {
    case 'C':
        return strncasecmp(name, "Content-", 8) != 0;
    case 'E':
        return strcasecmp(name, "Expect") != 0;
    case 'R':
        return strcasecmp(name, "Range") != 0 || !strchr(value, ',');
    case 'T':
        return strncasecmp(name, "Transfer-", 9) != 0;
    default:
        return true;
    }
}

static bool read_field(char *line, struct head *head)
{
    char *value = strchr(line, ':');
    if (!value)
        return false;
    *value++ = '\0';
    value += strspn(value, " \t");
    trim(value);
    return is_plain(line, value) && head_add(head, line, value);
}

size_t plain_request_read(char *text, size_t size, struct head *head)
{
    char *end = memmem(text, size, "\r\n\r\n", 4);
    char *at = text;
    head->count = 0;
    if (!end)
        return 0;
    char *line = next_line(&at);
    if (!line || !read_request_line(line, head))
        return 0;
    while (at < end + 2)
        if (!(line = next_line(&at)) || !read_field(line, head))
            return 0;
    return head_judge(head) == 200 ? (size_t)(end + 4 - text) : 0;
}
