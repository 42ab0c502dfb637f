/* SPDX-License-Identifier: Apache-2.0 */
#include "rom/semihosting.h"

enum {
    CALL_EXIT = 1,
    CALL_READ = 3,
    CALL_WRITE = 4,
    CALL_OPEN = 5,
    CALL_SEEK = 19,
    CALL_SELECT = 29,
    CALL_ARGUMENT_COUNT = 1000,
    CALL_ARGUMENT_SIZE = 1001,
    CALL_ARGUMENTS = 1002,
    CALL_FILL = 1004,
};

enum { SELECT_READ = 1 };
enum { OPEN_READ_WRITE = 2, SEEK_FROM_START = 0, SEEK_FROM_END = 2 };

static int32_t call(int32_t number, uint32_t first, uint32_t second,
                    uint32_t third)
{
    register int32_t a2 __asm__("a2") = number;
    register uint32_t a3 __asm__("a3") = first;
    register uint32_t a4 __asm__("a4") = second;
    register uint32_t a5 __asm__("a5") = third;
    __asm__ volatile("simcall"
                     : "+r"(a2), "+r"(a3)
                     : "r"(a4), "r"(a5)
                     : "memory");
    return a2;
}

int32_t host_open(const char *path)
{
    return call(CALL_OPEN, (uint32_t)path, OPEN_READ_WRITE, 0);
}

int32_t host_read(int32_t file, void *data, uint32_t size)
{
    return call(CALL_READ, (uint32_t)file, (uint32_t)data, size);
}

int32_t host_write(int32_t file, const void *data, uint32_t size)
{
    return call(CALL_WRITE, (uint32_t)file, (uint32_t)data, size);
}

int32_t host_seek(int32_t file, uint32_t offset)
{
    return call(CALL_SEEK, (uint32_t)file, offset, SEEK_FROM_START);
}

int32_t host_seek_end(int32_t file)
{
    return call(CALL_SEEK, (uint32_t)file, 0, SEEK_FROM_END);
}

bool host_can_read(int32_t file, uint32_t us)
{
    const uint32_t time[2] = {0, us}; /* seconds, us */
    return call(CALL_SELECT, (uint32_t)file, SELECT_READ, (uint32_t)time) > 0;
}

void host_fill(void *data, uint8_t value, uint32_t size)
{
    call(CALL_FILL, (uint32_t)data, value, size);
}

int32_t host_arguments(void *room, uint32_t size)
{
    if ((uint32_t)call(CALL_ARGUMENT_SIZE, 0, 0, 0) > size)
        return -1;
    call(CALL_ARGUMENTS, (uint32_t)room, 0, 0);
    return call(CALL_ARGUMENT_COUNT, 0, 0, 0);
}

void host_exit(int32_t status)
{
    for (;;)
        call(CALL_EXIT, (uint32_t)status, 0, 0);
}
