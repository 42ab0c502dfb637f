/* SPDX-License-Identifier: Apache-2.0 */
#include "rfc2217.h"
#include <string.h>

enum {
    IAC = 255,
    DONT = 254,
    DO = 253,
    WONT = 252,
    WILL = 251,
    ORDER_BEGIN = 250,
    ORDER_END = 240,
};

enum { BINARY = 0, SUPPRESS_GO_AHEAD = 3, COM_PORT = 44 };

enum {
    SET_BAUD = 1,
    SET_DATA_SIZE = 2,
    SET_PARITY = 3,
    SET_STOP_SIZE = 4,
    SET_CONTROL = 5,
    FROM_SERVER = 100,
};

enum {
    CONTROL_ASKS_FLOW = 0,
    CONTROL_NO_FLOW = 1,
    CONTROL_ASKS_DTR = 7,
    CONTROL_DTR_ON = 8,
    CONTROL_DTR_OFF = 9,
    CONTROL_ASKS_RTS = 10,
    CONTROL_RTS_ON = 11,
    CONTROL_RTS_OFF = 12,
};

enum { USUAL_BAUD = 115200, NUMBER_SIZE = 4, HEAD = 2 };

void rfc2217_init(struct rfc2217 *port, const struct rfc2217_owner *owner)
{
    *port = (struct rfc2217){.owner = owner, .baud = USUAL_BAUD};
}

size_t rfc2217_escape(uint8_t byte, uint8_t out[2])
{
    out[0] = byte;
    out[1] = byte;
    return byte == IAC ? 2 : 1;
}

static void reply(const struct rfc2217 *port, const uint8_t *bytes, size_t size)
{
    port->owner->reply(port->owner->context, bytes, size);
}

/* Each option is agreed upon once, or two ends would thank for ever. */
static void negotiate(struct rfc2217 *port, uint8_t option)
{
    bool is_known =
        option == BINARY || option == SUPPRESS_GO_AHEAD || option == COM_PORT;
    uint64_t *agreed =
        port->verb == WILL ? &port->agreed_will : &port->agreed_do;
    uint64_t bit = is_known ? UINT64_C(1) << option : 0;
    if ((port->verb != WILL && port->verb != DO) || (*agreed & bit) != 0)
        return;
    *agreed |= bit;
    uint8_t yes = port->verb == WILL ? DO : WILL;
    uint8_t no = port->verb == WILL ? DONT : WONT;
    const uint8_t answer[] = {IAC, is_known ? yes : no, option};
    reply(port, answer, sizeof(answer));
}

static void answer(const struct rfc2217 *port, const uint8_t *value,
                   size_t size)
{
    uint8_t out[32] = {IAC, ORDER_BEGIN, COM_PORT,
                       (uint8_t)(port->order[1] + FROM_SERVER)};
    size_t used = 4;
    for (size_t i = 0; i < size; i++)
        used += rfc2217_escape(value[i], out + used);
    out[used++] = IAC;
    out[used++] = ORDER_END;
    reply(port, out, used);
}

static void set_baud(struct rfc2217 *port, const uint8_t *value)
{
    uint32_t baud = 0;
    for (size_t i = 0; i < NUMBER_SIZE; i++)
        baud = baud << 8 | value[i];
    if (baud != 0)
        port->baud = baud;
    uint8_t now[NUMBER_SIZE];
    for (size_t i = 0; i < NUMBER_SIZE; i++)
        now[i] = (uint8_t)(port->baud >> (8 * (NUMBER_SIZE - 1 - i)));
    port->owner->speed(port->owner->context, port->baud);
    answer(port, now, sizeof(now));
}

static void set_control(struct rfc2217 *port, uint8_t value)
{
    if (value == CONTROL_DTR_ON || value == CONTROL_DTR_OFF)
        port->dtr = value == CONTROL_DTR_ON;
    if (value == CONTROL_RTS_ON || value == CONTROL_RTS_OFF)
        port->rts = value == CONTROL_RTS_ON;
    if (value == CONTROL_ASKS_DTR)
        value = port->dtr ? CONTROL_DTR_ON : CONTROL_DTR_OFF;
    if (value == CONTROL_ASKS_RTS)
        value = port->rts ? CONTROL_RTS_ON : CONTROL_RTS_OFF;
    if (value == CONTROL_ASKS_FLOW)
        value = CONTROL_NO_FLOW;
    port->owner->lines(port->owner->context, port->dtr, port->rts);
    answer(port, &value, 1);
}

/* What a question after a setting with one value is answered. */
static uint8_t usual(uint8_t command)
{
    return command == SET_DATA_SIZE ? 8 : 1;
}

static void obey(struct rfc2217 *port)
{
    if (port->order_size <= HEAD || port->order[0] != COM_PORT)
        return;
    uint8_t command = port->order[1];
    const uint8_t *value = port->order + HEAD;
    if (command == SET_BAUD && port->order_size == HEAD + NUMBER_SIZE)
        set_baud(port, value);
    else if (command == SET_CONTROL)
        set_control(port, *value);
    else if (command <= SET_STOP_SIZE && *value == 0)
        answer(port, (const uint8_t[]){usual(command)}, 1);
    else
        answer(port, value, port->order_size - HEAD);
}

static void take_command(struct rfc2217 *port, uint8_t byte)
{
    port->state = RFC2217_DATA;
    port->verb = byte;
    if (byte == IAC) {
        port->owner->data(port->owner->context, byte);
    } else if (byte == ORDER_BEGIN) {
        port->state = RFC2217_ORDER;
        port->order_size = 0;
    } else if (byte >= WILL) {
        port->state = RFC2217_OPTION;
    }
}

static void keep(struct rfc2217 *port, uint8_t byte)
{
    if (port->order_size < sizeof(port->order))
        port->order[port->order_size++] = byte;
}

static void take_order(struct rfc2217 *port, uint8_t byte)
{
    bool is_escape = port->state == RFC2217_ORDER_ESCAPE;
    port->state = RFC2217_ORDER;
    if (!is_escape && byte == IAC) {
        port->state = RFC2217_ORDER_ESCAPE;
    } else if (is_escape && byte == ORDER_END) {
        port->state = RFC2217_DATA;
        obey(port);
    } else {
        keep(port, byte);
    }
}

void rfc2217_take(struct rfc2217 *port, uint8_t byte)
{
    switch (port->state) {
    case RFC2217_DATA:
        if (byte == IAC)
            port->state = RFC2217_COMMAND;
        else
            port->owner->data(port->owner->context, byte);
        break;
    case RFC2217_COMMAND:
        take_command(port, byte);
        break;
    case RFC2217_OPTION:
        port->state = RFC2217_DATA;
        negotiate(port, byte);
        break;
    case RFC2217_ORDER:
    case RFC2217_ORDER_ESCAPE:
        take_order(port, byte);
        break;
    }
}
