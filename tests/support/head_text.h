/* SPDX-License-Identifier: Apache-2.0 */
/* The head of a request out of its text, as a lenient library reads it. */
#ifndef OTATOOL_TESTS_HEAD_TEXT_H
#define OTATOOL_TESTS_HEAD_TEXT_H

#include "../../src/server/head.h"

/* Takes the text apart, which it changes; false when it is too much. */
bool head_text_read(struct head *head, char *text);

#endif
