/* SPDX-License-Identifier: Apache-2.0 */
/* (registers: uart_register.h of the SDKs) */
#include "stub/line.h"
#include "chip/rom.h"
#include "otatool/slip.h"

#define FIFO ((volatile uint32_t *)0x60000000)
#define ENABLED ((volatile uint32_t *)0x6000000c)
#define DIVISOR ((volatile uint32_t *)0x60000014)
#define STATUS ((volatile uint32_t *)0x6000001c)

enum {
    BUFFERS = 2,
    INTERRUPT = 5,
    FIFO_SIZE = 126, /* and two to be on the safe side */
    COUNT_MASK = 0xff,
    SENT_SHIFT = 16,
    DIVISOR_MASK = 0xfffff,
    LEAST_DIVISOR = 13,
    SETTLE_US = 10000,
};

static struct {
    struct ota_slip slip; /* what arrives */
    bool is_whole;        /* a packet, not yet asked for */
    uint32_t filling;     /* into which buffer */
    bool is_sending;      /* a packet was begun */
    uint32_t buffers[BUFFERS][STUB_PACKET / 4];
} line;

static void fill(uint32_t buffer)
{
    line.filling = buffer;
    line.slip.data = (uint8_t *)line.buffers[buffer];
    line.is_whole = false;
}

/* The ROM's loader received by interrupt, and its handler is still there. */
void line_begin(void)
{
    *ENABLED = 0;
    ets_isr_mask(1 << INTERRUPT);
    line.slip.capacity = STUB_PACKET;
    line.slip.is_chained = true;
    fill(0);
}

/* The host waits for the answer to a packet before it sends the second next,
 * so what has arrived can stay until it is asked for. */
void line_look_after(void)
{
    uint32_t count = *STATUS & COUNT_MASK;
    for (; count > 0 && !line.is_whole; count--)
        line.is_whole =
            ota_slip_take(&line.slip, (uint8_t)*FIFO) == OTA_SLIP_FRAME;
}

bool line_receive(struct stub_packet *packet, bool wait)
{
    do {
        line_look_after();
    } while (wait && !line.is_whole);
    if (!line.is_whole)
        return false;
    packet->data = line.slip.data;
    packet->size = (uint32_t)line.slip.size;
    fill((line.filling + 1) % BUFFERS);
    return true;
}

static uint32_t unsent(void)
{
    return *STATUS >> SENT_SHIFT & COUNT_MASK;
}

static uint32_t wait_for_room(void)
{
    uint32_t used;
    do {
        line_look_after();
        used = unsent();
    } while (used >= FIFO_SIZE);
    return FIFO_SIZE - used;
}

static void put_raw(const uint8_t *bytes, uint32_t size)
{
    static uint32_t room;
    for (uint32_t i = 0; i < size; i++) {
        if (room == 0)
            room = wait_for_room();
        *FIFO = bytes[i];
        room--;
    }
}

void line_put(const void *data, uint32_t size)
{
    static const uint8_t end = OTA_SLIP_END;
    const uint8_t *bytes = data;
    if (!line.is_sending)
        put_raw(&end, 1);
    line.is_sending = true;
    for (uint32_t i = 0; i < size; i++) {
        uint8_t sent[OTA_SLIP_MOST_BYTES];
        put_raw(sent, (uint32_t)ota_slip_escape(bytes[i], sent));
    }
}

void line_end_packet(void)
{
    static const uint8_t end = OTA_SLIP_END;
    put_raw(&end, 1);
    line.is_sending = false;
}

/* The last byte is in the shift register when the FIFO is empty. */
void line_drain(void)
{
    while (unsent() > 0)
        line_look_after();
    ets_delay_us(SETTLE_US);
}

/* The old divisor and speed tell the clock, whatever crystal there is. */
static uint32_t divisor_for(uint32_t baud, uint32_t old_baud)
{
    uint32_t clock = (*DIVISOR & DIVISOR_MASK) * old_baud;
    return (clock + baud / 2) / baud;
}

bool line_can_speed(uint32_t baud, uint32_t old_baud)
{
    if (baud == 0 || old_baud == 0 ||
        (*DIVISOR & DIVISOR_MASK) > UINT32_MAX / old_baud - 1)
        return false;
    uint32_t divisor = divisor_for(baud, old_baud);
    return divisor >= LEAST_DIVISOR && divisor <= DIVISOR_MASK;
}

void line_set_speed(uint32_t baud, uint32_t old_baud)
{
    uint32_t divisor = divisor_for(baud, old_baud);
    line_drain();
    *DIVISOR = divisor;
}
