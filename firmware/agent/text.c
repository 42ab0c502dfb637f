/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/text.h"
#include <string.h>

enum { DECIMALS = 10 }; /* of a number of 32 bits */

uint32_t agent_text_size(const char *text, uint32_t limit)
{
    uint32_t size = 0;
    while (size < limit && text[size])
        size++;
    return size;
}

static void add_bytes(struct agent_text *text, const char *more, uint32_t size)
{
    if (size > text->room - text->size) {
        text->is_cut = true;
        return;
    }
    memcpy(text->out + text->size, more, size);
    text->size += size;
}

void agent_text_add(struct agent_text *text, const char *more)
{
    add_bytes(text, more, agent_text_size(more, UINT32_MAX));
}

void agent_text_add_number(struct agent_text *text, uint32_t number)
{
    char digits[DECIMALS];
    uint32_t first = DECIMALS;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number > 0);
    add_bytes(text, digits + first, DECIMALS - first);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool agent_text_digits(const char *text, uint32_t size, uint32_t *at,
                       uint32_t *number)
{
    uint32_t first = *at;
    *number = 0;
    for (; *at < size && is_digit(text[*at]); (*at)++) {
        uint32_t digit = (uint32_t)(text[*at] - '0');
        if (*number > (UINT32_MAX - digit) / 10)
            return false;
        *number = *number * 10 + digit;
    }
    return *at > first;
}

bool agent_text_number(const char *text, uint32_t size, uint32_t *number)
{
    uint32_t at = 0;
    return agent_text_digits(text, size, &at, number) && at == size;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool agent_text_is(const char *text, uint32_t size, const char *word)
{
    for (uint32_t i = 0; i < size; i++)
        if (!word[i] || lower(text[i]) != word[i])
            return false;
    return word[size] == '\0';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_trimmed(const char *text, uint32_t from, uint32_t to,
                       const char *word)
{
    while (from < to && is_blank(text[from]))
        from++;
    while (to > from && is_blank(text[to - 1]))
        to--;
    return agent_text_is(text + from, to - from, word);
}

bool agent_text_lists(const char *text, uint32_t size, const char *word)
{
    uint32_t from = 0;
    for (uint32_t at = 0; at <= size; at++) {
        if (at < size && text[at] != ',')
            continue;
        if (is_trimmed(text, from, at, word))
            return true;
        from = at + 1;
    }
    return false;
}
