/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP's sockets are the host's. */
#ifndef LWIP_SOCKETS_H
#define LWIP_SOCKETS_H

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define lwip_socket socket
#define lwip_connect connect
#define lwip_select select
#define lwip_getsockopt getsockopt
#define lwip_setsockopt setsockopt
#define lwip_fcntl fcntl
#define lwip_send send
#define lwip_recv recv
#define lwip_close close

#endif
