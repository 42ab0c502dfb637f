/* SPDX-License-Identifier: Apache-2.0 */
/* Apart, since the kernel's header and the C library's exclude each other. */
#include "fake_device.h"
#include <asm/ioctls.h>
#include <asm/termbits.h>

int ioctl(int fd, unsigned long request, ...);

uint32_t fake_speed(int terminal)
{
    struct termios2 settings;
    return ioctl(terminal, TCGETS2, &settings) == 0 ? settings.c_ospeed : 0;
}
