/* SPDX-License-Identifier: Apache-2.0 */
/* The page that shows people what a directory holds. */
#ifndef OTATOOL_SERVER_LISTING_H
#define OTATOOL_SERVER_LISTING_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Makes the page for the directory path, "" or without a slash in front,
 * below root. It shows what can be reached below root alone. *text is the
 * caller's to free. False when memory or the directory fails.
 */
bool listing_make(int root, const char *path, char **text, size_t *size);

#endif
