/* SPDX-License-Identifier: Apache-2.0 */
/* Request targets, which strangers write, made into paths below a root. */
#ifndef OTATOOL_SERVER_TARGET_H
#define OTATOOL_SERVER_TARGET_H

#include <stddef.h>

/*
 * Decodes a target into path, which holds size bytes and gets no slash in
 * front; "" is the root. Is 200, 400 for a target no honest client sends
 * (bad escapes, %00, encoded slashes, ..), or 404 for one that cannot exist
 * (dot files, too long).
 */
unsigned target_decode(const char *target, char *path, size_t size);

#endif
