/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The server's side of RFC 2217: a serial port over telnet, with its speed
 * and its lines DTR and RTS. What this port has no use for is agreed to as
 * asked.
 */
#ifndef TEST_RFC2217_H
#define TEST_RFC2217_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rfc2217_owner {
    void *context;
    void (*data)(void *context, uint8_t byte); /* for the port */
    void (*reply)(void *context, const uint8_t *bytes, size_t size);
    void (*speed)(void *context, uint32_t baud);
    void (*lines)(void *context, bool dtr, bool rts);
};

struct rfc2217 {
    const struct rfc2217_owner *owner;
    enum {
        RFC2217_DATA,
        RFC2217_COMMAND,
        RFC2217_OPTION,
        RFC2217_ORDER,
        RFC2217_ORDER_ESCAPE
    } state;
    uint8_t verb;
    uint8_t order[16]; /* option, command, its value */
    size_t order_size;
    uint64_t agreed_will; /* options, by bit */
    uint64_t agreed_do;
    uint32_t baud;
    bool dtr;
    bool rts;
};

void rfc2217_init(struct rfc2217 *port, const struct rfc2217_owner *owner);
void rfc2217_take(struct rfc2217 *port, uint8_t byte);

/* A byte of the port as telnet wants it; returns how many that are. */
size_t rfc2217_escape(uint8_t byte, uint8_t out[2]);

#endif
