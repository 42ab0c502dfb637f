/* SPDX-License-Identifier: Apache-2.0 */
/* Text in and out of headers; the chip side has no C library. */
#ifndef OTATOOL_AGENT_TEXT_H
#define OTATOOL_AGENT_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* Text that is written to memory; what does not fit is left out. */
struct agent_text {
    char *out;
    uint32_t room;
    uint32_t size;
    bool is_cut; /* something did not fit */
};

/* Bytes before the NUL, at most limit. */
uint32_t agent_text_size(const char *text, uint32_t limit);

void agent_text_add(struct agent_text *text, const char *more);
void agent_text_add_number(struct agent_text *text, uint32_t number);

/* A decimal number that is all of text and fits 32 bits. */
bool agent_text_number(const char *text, uint32_t size, uint32_t *number);

/* Like the above at *at, moving *at behind it; at least a digit. */
bool agent_text_digits(const char *text, uint32_t size, uint32_t *at,
                       uint32_t *number);

/* Whether size bytes are word, whatever their case; word is lower case. */
bool agent_text_is(const char *text, uint32_t size, const char *word);

/* Whether a list with commas has word. */
bool agent_text_lists(const char *text, uint32_t size, const char *word);

#endif
