/* SPDX-License-Identifier: Apache-2.0 */
#include "head_text.h"
#include <string.h>

static char *cut(char *text, const char *end)
{
    char *found = strstr(text, end);
    if (!found)
        return text + strlen(text);
    *found = '\0';
    return found + strlen(end);
}

static bool read_line(struct head *head, char *line)
{
    char *value = cut(line, ":");
    return head_add(head, line, value + strspn(value, " "));
}

bool head_text_read(struct head *head, char *text)
{
    char *rest = cut(text, "\r\n");
    char *target = cut(text, " ");
    char *version = strrchr(target, ' ');
    *head = (struct head){.method = text, .target = target};
    if (version) {
        *version++ = '\0';
        head->is_http_1_0 = strcmp(version, "HTTP/1.0") == 0;
    }
    while (*rest) {
        char *line = rest;
        rest = cut(line, "\r\n");
        if (!*line)
            break;
        if (!read_line(head, line))
            return false;
    }
    return true;
}
