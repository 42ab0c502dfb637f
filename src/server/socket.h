/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel knows about a connection and nobody else does. */
#ifndef OTATOOL_SERVER_SOCKET_H
#define OTATOOL_SERVER_SOCKET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

/* How far a connection has come; counted in bytes of TCP. */
struct socket_progress {
    uint64_t received;
    uint64_t acknowledged; /* by the client, of what was sent */
    uint64_t handed;       /* to the kernel, to be sent */
    bool is_dead;          /* reset, or closed by both sides */
};

struct socket_progress socket_progress(int fd);

/* Bytes that the client has not acknowledged; the most there are when that is
 * unknown. */
uint32_t socket_unacknowledged(int fd);

/* True when there are none. */
bool socket_is_drained(int fd);

/* Keeps what waits in the kernel short, beyond what is on its way: saves
 * memory where many are slow, and costs time where they are fast. */
void socket_keep_short(int fd);

/* Lets no segment wait for the acknowledgement of another; for a listener, on
 * all connections that it brings. */
void socket_send_at_once(int fd);

/* The largest segment it carries. */
uint32_t socket_segment(int fd);

/* IPv4 as mapped addresses; all zeros for any other kind. */
struct in6_addr socket_address(const struct sockaddr *address);

/* As text; holds INET6_ADDRSTRLEN bytes. */
void socket_name(const struct in6_addr *address, char *text);

/* Reads and forgets: unread bytes would turn a close into a reset. */
void socket_discard(int fd);

#endif
