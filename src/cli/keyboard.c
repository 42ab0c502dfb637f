/* SPDX-License-Identifier: Apache-2.0 */
#include "keyboard.h"
#include <poll.h>
#include <unistd.h>

void keyboard_open(struct keyboard *keyboard)
{
    keyboard->is_there =
        isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &keyboard->before) == 0;
    if (!keyboard->is_there)
        return;
    struct termios keys = keyboard->before;
    keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
    keys.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IXON);
    keys.c_cc[VMIN] = 1;
    keys.c_cc[VTIME] = 0;
    tcsetattr(STDIN_FILENO, TCSANOW, &keys);
}

void keyboard_close(struct keyboard *keyboard)
{
    if (keyboard->is_there)
        tcsetattr(STDIN_FILENO, TCSANOW, &keyboard->before);
    keyboard->is_there = false;
}

/* Where the terminal is gone nobody types any more. */
size_t keyboard_read(struct keyboard *keyboard, char *keys, size_t size)
{
    struct pollfd ready = {.fd = STDIN_FILENO, .events = POLLIN};
    if (!keyboard->is_there || poll(&ready, 1, 0) <= 0)
        return 0;
    ssize_t got = read(STDIN_FILENO, keys, size);
    keyboard->is_there = got > 0;
    return got > 0 ? (size_t)got : 0;
}
