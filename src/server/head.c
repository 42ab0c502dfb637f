/* SPDX-License-Identifier: Apache-2.0 */
#include "head.h"
#include <string.h>
#include <strings.h>

bool head_add(struct head *head, const char *name, const char *value)
{
    if (head->count == HEAD_FIELDS)
        return false;
    head->fields[head->count++] = (struct head_field){name, value};
    return true;
}

/* Looked for so often that the first letter decides beforehand. */
static bool is_named(const struct head_field *field, const char *name)
{
    enum { LOWER = 0x20 };
    return ((field->name[0] ^ name[0]) & ~LOWER) == 0 &&
           strcasecmp(field->name, name) == 0;
}

const char *head_field(const struct head *head, const char *name)
{
    for (size_t i = 0; i < head->count; i++)
        if (is_named(&head->fields[i], name))
            return head->fields[i].value;
    return NULL;
}

static bool has_blank(const char *text)
{
    return text[strcspn(text, " \t\r\n")] != '\0';
}

/* Letters, digits and what is no separator: RFC 9110, 5.6.2. */
static bool is_token(const char *text)
{
    const char *at = text;
    while (*at > ' ' && *at < 0x7f && !strchr("\"(),/:;<=>?@[\\]{}", *at))
        at++;
    return at > text && *at == '\0';
}

static bool begins_with(const char *text, const char *word)
{
    return strncasecmp(text, word, strlen(word)) == 0;
}

/*
 * A GET has no body and says nothing about one. Anything else is a mistake,
 * or a second request hidden from a proxy that reads the length differently.
 * The HTTP library glues a folded line to the name before it, and so turns
 * "Content-Length:", " 49" into "Content-Length49".
 */
static bool names_body(const struct head_field *field)
{
    if (is_named(field, "Content-Length"))
        return strcmp(field->value, "0") != 0;
    return begins_with(field->name, "Content-Length") ||
           begins_with(field->name, "Transfer-Encoding");
}

unsigned head_judge(const struct head *head)
{
    unsigned hosts = 0;
    if (!*head->target || has_blank(head->target))
        return 400;
    for (size_t i = 0; i < head->count; i++) {
        const struct head_field *field = &head->fields[i];
        if (names_body(field) || !is_token(field->name))
            return 400;
        hosts += is_named(field, "Host");
    }
    return hosts > 1 ? 400 : 200;
}

static bool lists_word(const char *list, const char *word)
{
    size_t length = strlen(word);
    while (*(list += strspn(list, " \t,"))) {
        size_t size = strcspn(list, " \t,");
        if (size == length && strncasecmp(list, word, length) == 0)
            return true;
        list += size;
    }
    return false;
}

bool head_keeps_alive(const struct head *head)
{
    bool keeps = !head->is_http_1_0;
    for (size_t i = 0; i < head->count; i++) {
        if (!is_named(&head->fields[i], "Connection"))
            continue;
        if (lists_word(head->fields[i].value, "close"))
            return false;
        if (lists_word(head->fields[i].value, "keep-alive"))
            keeps = true;
    }
    return keeps;
}
