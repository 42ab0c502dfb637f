/* SPDX-License-Identifier: Apache-2.0 */
/* Sockets over loopback, the clock and the limit of open files. */
#ifndef OTATOOL_BENCH_NET_H
#define OTATOOL_BENCH_NET_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

/* "127.0.0.1:8070" */
bool net_parse(const char *text, struct sockaddr_in *address);

/* The address 127.x.y.z of client number index; no two share one. */
struct in_addr net_client_address(uint32_t index);

/*
 * A socket that connects in the background. With is_small its TCP is like a
 * device's: segments of 1,460 bytes and a small buffer.
 */
int net_connect(const struct sockaddr_in *server, struct in_addr from,
                bool is_small);

/* A socket that listens and accepts without waiting; several may share. */
int net_listen(const struct sockaddr_in *address);

uint64_t net_now_us(void); /* since an unknown moment */

/* Raises the limit of open files to wanted, or says why not and is false. */
bool net_allow_files(unsigned wanted);

#endif
