/* SPDX-License-Identifier: Apache-2.0 */
/* Text of strangers, made harmless. */
#ifndef OTATOOL_SERVER_ESCAPE_H
#define OTATOOL_SERVER_ESCAPE_H

#include <stddef.h>
#include <stdio.h>

/* Prints text for an element or a quoted attribute of HTML. */
void escape_html(FILE *out, const char *text);

/*
 * Copies text as plain ASCII, as the log prints it: ", \ and all that is no
 * ASCII become \x and two hex digits. What does not fit in size bytes ends in
 * "...". size is at least 8.
 */
void escape_copy(char *copy, size_t size, const char *text);

#endif
