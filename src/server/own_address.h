/* SPDX-License-Identifier: Apache-2.0 */
/* By which address others reach this machine. */
#ifndef OTATOOL_SERVER_OWN_ADDRESS_H
#define OTATOOL_SERVER_OWN_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

/* "0.0.0.0" and "::", which are every address and can be typed nowhere. */
bool own_address_is_any(const struct sockaddr_storage *address);

/*
 * In place of these, the address that this machine uses towards the world;
 * without a way there the first that it has beside loopback; else loopback.
 * IPv4 first, as devices speak that. The port stays.
 */
void own_address_settle(struct sockaddr_storage *address, socklen_t *size);

#endif
