/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/telnet.h"

enum {
    IAC = 255,
    DONT = 254,
    DO = 253,
    WONT = 252,
    WILL = 251,
    SB = 250,
    SE = 240,
};

enum state { DATA, COMMAND, OPTION, SUB, SUB_COMMAND };

static bool is_wanted(uint8_t option)
{
    return option == OTA_TELNET_BINARY || option == OTA_TELNET_GO_AHEAD ||
           option == OTA_TELNET_COM_PORT;
}

/* What we want was proposed by us at the start, so that agreeing once more
 * could go on for ever: only what we do not want is answered. */
static size_t answer(struct ota_telnet *telnet, uint8_t option, uint8_t *reply)
{
    bool is_offer = telnet->verb == WILL || telnet->verb == DO;
    if (option == OTA_TELNET_COM_PORT) {
        telnet->has_com_port |= is_offer;
        telnet->refuses_com_port |= !is_offer;
    }
    if (!is_offer || is_wanted(option))
        return 0;
    reply[0] = IAC;
    reply[1] = telnet->verb == WILL ? DONT : WONT;
    reply[2] = option;
    return OTA_TELNET_REPLY;
}

static uint8_t after_command(struct ota_telnet *telnet, uint8_t byte)
{
    if (byte == SB) {
        telnet->option_size = 0;
        return SUB;
    }
    telnet->verb = byte;
    return byte >= WILL && byte <= DONT ? OPTION : DATA;
}

static void keep_option(struct ota_telnet *telnet, uint8_t byte)
{
    if (telnet->option_size < OTA_TELNET_LONGEST)
        telnet->option[telnet->option_size] = byte;
    telnet->option_size++;
}

size_t ota_telnet_decode(struct ota_telnet *telnet, uint8_t *data, size_t size,
                         uint8_t *reply, size_t *reply_size)
{
    size_t kept = 0;
    *reply_size = 0;
    for (size_t i = 0; i < size; i++) {
        uint8_t byte = data[i];
        switch ((enum state)telnet->state) {
        case DATA:
            if (byte == IAC)
                telnet->state = COMMAND;
            else
                data[kept++] = byte;
            break;
        case COMMAND:
            telnet->state =
                byte == IAC ? (uint8_t)DATA : after_command(telnet, byte);
            if (byte == IAC)
                data[kept++] = IAC;
            break;
        case OPTION:
            *reply_size += answer(telnet, byte, reply + *reply_size);
            telnet->state = DATA;
            break;
        case SUB:
            if (byte == IAC)
                telnet->state = SUB_COMMAND;
            else
                keep_option(telnet, byte);
            break;
        case SUB_COMMAND:
            telnet->state = byte == SE ? DATA : SUB;
            if (byte == IAC)
                keep_option(telnet, byte);
            break;
        }
    }
    return kept;
}

size_t ota_telnet_encode(uint8_t *out, const uint8_t *data, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++) {
        if (data[i] == IAC)
            out[count++] = IAC;
        out[count++] = data[i];
    }
    return count;
}

size_t ota_telnet_ask(uint8_t *out, enum ota_telnet_request request,
                      uint32_t value, size_t width)
{
    size_t count = 0;
    out[count++] = IAC;
    out[count++] = SB;
    out[count++] = OTA_TELNET_COM_PORT;
    out[count++] = (uint8_t)request;
    while (width-- > 0) {
        uint8_t byte = (uint8_t)(value >> 8 * width);
        count += ota_telnet_encode(out + count, &byte, 1);
    }
    out[count++] = IAC;
    out[count++] = SE;
    return count;
}
