/* SPDX-License-Identifier: Apache-2.0 */
/* What a person types, key by key, where stdin is a terminal. */
#ifndef OTATOOL_CLI_KEYBOARD_H
#define OTATOOL_CLI_KEYBOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

struct keyboard {
    bool is_there;
    struct termios before;
};

/* From here to keyboard_close() no key means anything to the terminal, Ctrl-C
 * included. */
void keyboard_open(struct keyboard *keyboard);
void keyboard_close(struct keyboard *keyboard);

/* What was typed, without waiting for more; 0: nothing. */
size_t keyboard_read(struct keyboard *keyboard, char *keys, size_t size);

#endif
