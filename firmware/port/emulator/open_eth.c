/* SPDX-License-Identifier: Apache-2.0 */
#include "open_eth.h"
#include "lwip/etharp.h"
#include "netif/ethernet.h"
#include <string.h>

/* Registers lie at the uncached mirror: 0x6... and 0x7... are the chip's
 * own, which the ROM traps. (OpenCores 10/100 Mbps MAC; QEMU, opencores_eth.c
 * and xtensa/xtfpga.c) */
#define REGISTER(offset) (*(volatile uint32_t *)(0x9d030000u + (offset)))
#define DESCRIPTOR(i) ((volatile uint32_t *)(0x9d030400u + 8u * (i)))

enum {
    MODER = 0x00,
    INT_SOURCE = 0x04,
    INT_MASK = 0x08,
    PACKET_LENGTH = 0x18,
    TX_COUNT = 0x20,
    ADDRESS_LOW = 0x40,
    ADDRESS_HIGH = 0x44,
};

enum {
    MODE_RESET = 0x800,
    MODE_RUN = 0xa403, /* padding, CRC, full duplex, send, receive */
    ALL_INTERRUPTS = 0x7f,
    READY = 0x8000, /* the MAC owns the descriptor */
    LAST = 0x2000,
    PAD_AND_CRC = 0x1800,
    RX_ERRORS = 0x7f,
    CRC_SIZE = 4,
    SHORTEST = 60,
    LONGEST = 1536,
    RX_DESCRIPTORS = 8,
    FIRST_RX = 1,
    PATIENCE = 1000000,
};

static struct {
    uint32_t tx[LONGEST / 4];
    uint32_t rx[RX_DESCRIPTORS][LONGEST / 4];
    uint32_t next; /* descriptor to be filled next */
} ethernet;

static err_t send_frame(struct netif *netif, struct pbuf *frame)
{
    volatile uint32_t *descriptor = DESCRIPTOR(0);
    (void)netif;
    for (uint32_t i = 0; descriptor[0] & READY; i++)
        if (i == PATIENCE)
            return ERR_IF;
    uint32_t size = pbuf_copy_partial(frame, ethernet.tx, LONGEST, 0);
    if (size < SHORTEST) {
        memset((uint8_t *)ethernet.tx + size, 0, SHORTEST - size);
        size = SHORTEST;
    }
    descriptor[1] = (uint32_t)ethernet.tx;
    descriptor[0] = size << 16 | READY | LAST | PAD_AND_CRC;
    return ERR_OK;
}

static void receive_frame(struct netif *netif, const void *data, uint32_t size)
{
    struct pbuf *frame = pbuf_alloc(PBUF_RAW, (u16_t)size, PBUF_POOL);
    if (!frame)
        return; /* TCP sends it again */
    pbuf_take(frame, data, (u16_t)size);
    if (netif->input(frame, netif) != ERR_OK)
        pbuf_free(frame);
}

static void give_back(uint32_t index)
{
    DESCRIPTOR(FIRST_RX + index)
    [0] = READY | (index == RX_DESCRIPTORS - 1 ? LAST : 0);
}

void open_eth_poll(struct netif *netif)
{
    for (;;) {
        uint32_t status = DESCRIPTOR(FIRST_RX + ethernet.next)[0];
        uint32_t size = status >> 16;
        if (status & READY)
            return;
        if (!(status & RX_ERRORS) && size > CRC_SIZE)
            receive_frame(netif, ethernet.rx[ethernet.next], size - CRC_SIZE);
        give_back(ethernet.next);
        REGISTER(INT_SOURCE) = ALL_INTERRUPTS;
        ethernet.next = (ethernet.next + 1) % RX_DESCRIPTORS;
    }
}

static void set_address(struct netif *netif)
{
    static const uint8_t address[] = {0x52, 0x54, 0x00, 0x12, 0x34, 0x56};
    memcpy(netif->hwaddr, address, sizeof(address));
    netif->hwaddr_len = sizeof(address);
    REGISTER(ADDRESS_LOW) = (uint32_t)address[2] << 24 | address[3] << 16 |
                            address[4] << 8 | address[5];
    REGISTER(ADDRESS_HIGH) = (uint32_t)(address[0] << 8 | address[1]);
}

err_t open_eth_start(struct netif *netif)
{
    netif->name[0] = 'o';
    netif->name[1] = 'e';
    netif->output = etharp_output;
    netif->linkoutput = send_frame;
    netif->mtu = 1500;
    netif->flags = NETIF_FLAG_BROADCAST | NETIF_FLAG_ETHARP |
                   NETIF_FLAG_ETHERNET | NETIF_FLAG_LINK_UP;
    REGISTER(MODER) = MODE_RESET;
    REGISTER(MODER) = 0;
    REGISTER(INT_MASK) = 0;
    REGISTER(INT_SOURCE) = ALL_INTERRUPTS;
    REGISTER(TX_COUNT) = FIRST_RX;
    REGISTER(PACKET_LENGTH) = SHORTEST << 16 | LONGEST;
    set_address(netif);
    DESCRIPTOR(0)[0] = LAST;
    for (uint32_t i = 0; i < RX_DESCRIPTORS; i++) {
        DESCRIPTOR(FIRST_RX + i)[1] = (uint32_t)ethernet.rx[i];
        give_back(i);
    }
    REGISTER(MODER) = MODE_RUN;
    return ERR_OK;
}

void open_eth_stop(void)
{
    REGISTER(MODER) = 0;
}
