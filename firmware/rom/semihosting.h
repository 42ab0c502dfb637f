/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls into QEMU: files, arguments, the end of the machine. Instruction
 * SIMCALL with the call's number in a2. (QEMU, target/xtensa/xtensa-semi.c)
 */
#ifndef ROM_SEMIHOSTING_H
#define ROM_SEMIHOSTING_H

#include <stdbool.h>
#include <stdint.h>

/* Results are QEMU's: a file, a count or an offset; negative when failed. */
int32_t host_open(const char *path); /* for reading and writing */
int32_t host_read(int32_t file, void *data, uint32_t size);
int32_t host_write(int32_t file, const void *data, uint32_t size);
int32_t host_seek(int32_t file, uint32_t offset);
int32_t host_seek_end(int32_t file);

/* Whether a read would not wait, now or within so many us (below 1 s). */
bool host_can_read(int32_t file, uint32_t us);

/* memset() at the speed of the host. */
void host_fill(void *data, uint8_t value, uint32_t size);

/*
 * Puts the addresses of the arguments, then their text, into room; returns
 * their number, or -1 when size is too small.
 */
int32_t host_arguments(void *room, uint32_t size);

_Noreturn void host_exit(int32_t status);

#endif
