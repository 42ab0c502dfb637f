/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Speeds such as 74880 are not in the list of termios.h. The kernel's own
 * header knows how to set any; it and the C library's exclude each other, so
 * it has a file of its own.
 */
#include "port_kinds.h"
#include <asm/ioctls.h>
#include <asm/termbits.h>

int ioctl(int fd, unsigned long request, ...);

/* A driver that cannot takes another speed, and says which. */
static bool is_near(uint32_t actual, uint32_t wanted)
{
    enum { TOLERANCE_PERCENT = 4 };
    uint32_t off = actual > wanted ? actual - wanted : wanted - actual;
    return off <= wanted / 100 * TOLERANCE_PERCENT;
}

bool port_speed_set(int fd, uint32_t baud)
{
    struct termios2 settings;
    if (ioctl(fd, TCGETS2, &settings) < 0)
        return false;
    settings.c_cflag &= ~(tcflag_t)(CBAUD | CBAUD << IBSHIFT);
    settings.c_cflag |= BOTHER | BOTHER << IBSHIFT;
    settings.c_ispeed = baud;
    settings.c_ospeed = baud;
    return ioctl(fd, TCSETS2, &settings) == 0 &&
           ioctl(fd, TCGETS2, &settings) == 0 &&
           is_near(settings.c_ospeed, baud);
}
