/* SPDX-License-Identifier: Apache-2.0 */
/* The other side of a port that a program opens: a pseudo-terminal, or a TCP
 * server that speaks RFC 2217 or plain bytes. */
#ifndef OTATOOL_TESTS_FAKE_DEVICE_H
#define OTATOOL_TESTS_FAKE_DEVICE_H

#include "fake_chip.h"

/* The speed a pseudo-terminal's other side has set. */
uint32_t fake_speed(int terminal);

/* A server's side of RFC 2217. */
struct fake_telnet {
    int state;
    uint8_t verb;
    uint8_t option[16];
    size_t option_size;
    bool dtr;
    bool rts;
};

/* Takes size bytes of the connection: data go to the chip, requests are
 * answered on the descriptor. */
void fake_telnet_take(struct fake_telnet *telnet, struct fake_chip *chip,
                      const uint8_t *bytes, size_t size, int fd);

/* Sends the chip's bytes. */
void fake_telnet_send(const uint8_t *bytes, size_t size, int fd);

#endif
