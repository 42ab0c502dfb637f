/* SPDX-License-Identifier: Apache-2.0 */
/* Opening what lies below a directory, and nothing else. */
#ifndef OTATOOL_SERVER_BENEATH_H
#define OTATOOL_SERVER_BENEATH_H

/*
 * Opens path, "" being root itself, with the flags of open(2). The kernel
 * refuses whatever leaves root, by .. or by links. -1 and errno on failure.
 */
int beneath_open(int root, const char *path, int flags);

#endif
