/* SPDX-License-Identifier: Apache-2.0 */
/* The listening socket. */
#ifndef OTATOOL_SERVER_LISTENER_H
#define OTATOOL_SERVER_LISTENER_H

#include "otatool/error.h"
#include <stddef.h>

/* Listens on address (NULL: all, IPv6 and IPv4) and port; *fd is yours. */
OTA_CHECKED bool listener_open(int *fd, const char *address, uint16_t port,
                               struct ota_error *err);

/* "SCHEME://ADDRESS:PORT/" of the socket, as others can use it; empty when it
 * has none. */
void listener_url(int fd, const char *scheme, char *text, size_t size);

#endif
