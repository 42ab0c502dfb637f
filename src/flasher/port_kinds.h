/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of ports: each in a file of its own. */
#ifndef OTATOOL_FLASHER_PORT_KINDS_H
#define OTATOOL_FLASHER_PORT_KINDS_H

#include "otatool/port.h"
#include <sys/types.h>

enum { PORT_SPEED = 115200 }; /* at the start */

/* A device file. */
bool port_posix_open(struct ota_port *port, struct ota_error *err);

/* address is HOST:PORT. */
bool port_net_open(struct ota_port *port, const char *address,
                   bool speaks_rfc2217, struct ota_error *err);

/* Any speed, not only those of the list in termios.h. */
bool port_speed_set(int fd, uint32_t baud);

/* write(), or its like. */
typedef ssize_t port_put(int fd, const void *data, size_t size);

/* What the kinds share: a descriptor to wait for and to read from. 0 where
 * nothing came, negative where the port is gone. */
long port_fd_read(int fd, void *data, size_t size, uint32_t timeout_ms);
bool port_fd_write(int fd, const void *data, size_t size, port_put *put);
uint64_t port_now_ms(void *context);
void port_wait_ms(void *context, uint32_t ms);

#endif
