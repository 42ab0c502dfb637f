/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tells at the price of one read whether anything may have changed on the way
 * to some files, so that they need not be opened again to know. The kernel
 * does not tell of what other machines change on a network's file system, nor
 * of what is stored through a mapping: what is known has to be old at times.
 */
#ifndef OTATOOL_SERVER_WATCH_H
#define OTATOOL_SERVER_WATCH_H

#include <stdbool.h>
#include <stdint.h>

struct watch {
    int fd;           /* -1: nothing can be watched */
    unsigned watched; /* files and folders, at most */
    unsigned epoch;   /* what was watched in another one no longer is; not 0 */
    uint64_t changes; /* counted as they are seen; never 0 */
};

void watch_open(struct watch *watch);
void watch_close(struct watch *watch);

/* Counts a change when anything watched may have changed since the last
 * look. */
void watch_look(struct watch *watch);

/*
 * Watches an open file and each folder on the path to it from root; "" is root
 * itself. False where that cannot be done. What happens before is not seen.
 */
bool watch_add(struct watch *watch, int root, const char *path, int file);

#endif
