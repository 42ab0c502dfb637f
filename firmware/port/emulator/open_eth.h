/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenCores Ethernet of QEMU's lx60 boards, polled, for lwIP. */
#ifndef PORT_OPEN_ETH_H
#define PORT_OPEN_ETH_H

#include "lwip/netif.h"

/* For netif_add. */
err_t open_eth_start(struct netif *netif);

/* Hands the frames that have come to lwIP. */
void open_eth_poll(struct netif *netif);

/* No frame is written to memory any more. */
void open_eth_stop(void);

#endif
