/* SPDX-License-Identifier: Apache-2.0 */
/* lwIP without threads and allocator of its own; sizes as on the chip. */
#ifndef LWIPOPTS_H
#define LWIPOPTS_H

#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_SOCKET 0
#define LWIP_NETCONN 0
#define LWIP_UDP 0
#define LWIP_DNS 0
#define LWIP_DHCP 0
#define LWIP_STATS 0
#define LWIP_SINGLE_NETIF 1
#define MEM_ALIGNMENT 4
#define MEM_SIZE (12 * 1024)
#define TCP_MSS 1460
#define TCP_WND (4 * TCP_MSS)
#define TCP_SND_BUF (2 * TCP_MSS)
#define TCP_SND_QUEUELEN 8
#define MEMP_NUM_TCP_SEG 16
#define MEMP_NUM_TCP_PCB 8
#define PBUF_POOL_SIZE 12
#define PBUF_POOL_BUFSIZE 1536

#endif
