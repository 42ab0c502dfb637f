/* SPDX-License-Identifier: Apache-2.0 */
#include "escape.h"
#include <ctype.h>
#include <string.h>

void escape_html(FILE *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("<>&\"'", *text) || iscntrl((unsigned char)*text))
            fprintf(out, "&#%d;", (unsigned char)*text);
        else
            fputc(*text, out);
    }
}

static size_t put(char *to, unsigned char c)
{
    static const char digits[] = "0123456789abcdef";
    if (c >= ' ' && c < 0x7f && c != '"' && c != '\\') {
        to[0] = (char)c;
        return 1;
    }
    to[0] = '\\';
    to[1] = 'x';
    to[2] = digits[c >> 4];
    to[3] = digits[c & 15];
    return 4;
}

void escape_copy(char *copy, size_t size, const char *text)
{
    char piece[4];
    size_t length = 0;
    for (; *text; text++) {
        size_t wanted = put(piece, (unsigned char)*text);
        if (length + wanted + sizeof("...") > size) {
            strcpy(copy + length, "...");
            return;
        }
        memcpy(copy + length, piece, wanted);
        length += wanted;
    }
    copy[length] = '\0';
}
