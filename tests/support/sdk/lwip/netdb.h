/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LWIP_NETDB_H
#define LWIP_NETDB_H

#include <netdb.h>

#define lwip_getaddrinfo getaddrinfo
#define lwip_freeaddrinfo freeaddrinfo

#endif
