/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Plain requests over plain TCP, answered without the HTTP library.
 *
 * What devices send is always the same few lines, and read in one look. The
 * library takes as long for one as everything else here, and holds 10 KB for
 * each download. So a request is looked at before it is taken from the kernel:
 * a plain one (plain_request.h) is answered here, and any other leaves the
 * connection, with the request still unread, to the library.
 */
#ifndef OTATOOL_SERVER_PLAIN_H
#define OTATOOL_SERVER_PLAIN_H

#include "connection.h"

/* epoll has events of it: goes on with what there is to do. */
void plain_ready(struct connection *connection, uint32_t events);

/* The time has come that its answer waited for. */
void plain_go_on(struct connection *connection);

#endif
