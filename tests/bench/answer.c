/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void answer_init(struct answer *answer)
{
    answer->used = 0;
    answer->is_whole = false;
}

/* Where the value of a field begins, or NULL. */
static const char *field(const struct answer *answer, const char *name)
{
    size_t length = strlen(name);
    const char *line = strstr(answer->text, "\r\n");
    for (; line; line = strstr(line, "\r\n")) {
        line += 2;
        if (strncasecmp(line, name, length) == 0 && line[length] == ':')
            return line + length + 1 + strspn(line + length + 1, " ");
    }
    return NULL;
}

static uint64_t number(const char *text, uint64_t otherwise)
{
    return text ? strtoull(text, NULL, 10) : otherwise;
}

static void understand(struct answer *answer)
{
    answer->is_whole = true;
    answer->status = 0;
    if (sscanf(answer->text, "HTTP/1.%*1[01] %3u", &answer->status) != 1)
        return;
    answer->length = number(field(answer, "Content-Length"), UINT64_MAX);
    answer->retry_after_s =
        (unsigned)number(field(answer, "Retry-After"), 0) % 3600;
    const char *range = field(answer, "Content-Range");
    answer->first = range ? number(range + strcspn(range, "0123456789"), 0) : 0;
    const char *etag = field(answer, "ETag");
    size_t length = etag ? strcspn(etag, "\r") : 0;
    snprintf(answer->etag, sizeof(answer->etag), "%.*s",
             length < ANSWER_ETAG ? (int)length : 0, etag ? etag : "");
}

size_t answer_feed(struct answer *answer, const uint8_t *data, size_t size)
{
    size_t before = answer->used;
    size_t room = sizeof(answer->text) - 1 - before;
    size_t taken = size < room ? size : room;
    memcpy(answer->text + before, data, taken);
    answer->text[before + taken] = '\0';
    size_t from = before < 3 ? 0 : before - 3; /* the end may be split */
    const char *end = strstr(answer->text + from, "\r\n\r\n");
    if (!end) {
        answer->used += taken;
        if (answer->used == sizeof(answer->text) - 1) {
            answer->is_whole = true;
            answer->status = 0;
        }
        return taken;
    }
    answer->used = (size_t)(end + 4 - answer->text);
    answer->text[answer->used] = '\0';
    understand(answer);
    return answer->used - before;
}
