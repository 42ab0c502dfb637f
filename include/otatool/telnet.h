/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The telnet layer of a remote serial port: in data, 0xFF is sent twice;
 * everything else that follows a 0xFF is negotiation. (RFC 854, RFC 2217)
 */
#ifndef OTATOOL_TELNET_H
#define OTATOOL_TELNET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    OTA_TELNET_BINARY = 0,
    OTA_TELNET_GO_AHEAD = 3, /* suppress it */
    OTA_TELNET_COM_PORT = 44,
};

/* What a client asks of the port behind; the server answers with 100 more. */
enum ota_telnet_request {
    OTA_TELNET_SPEED = 1,
    OTA_TELNET_DATA_SIZE = 2,
    OTA_TELNET_PARITY = 3,
    OTA_TELNET_STOP_SIZE = 4,
    OTA_TELNET_CONTROL = 5,
    OTA_TELNET_PURGE = 12,
};

enum {
    OTA_TELNET_NO_FLOW = 1,
    OTA_TELNET_DTR_ON = 8,
    OTA_TELNET_DTR_OFF = 9,
    OTA_TELNET_RTS_ON = 11,
    OTA_TELNET_RTS_OFF = 12,
    OTA_TELNET_PURGE_RECEIVED = 1,
};

enum { OTA_TELNET_LONGEST = 16, OTA_TELNET_REPLY = 3 };

/* The state between bytes; all zero at the start. */
struct ota_telnet {
    uint8_t state;
    uint8_t verb;
    uint8_t option[OTA_TELNET_LONGEST]; /* of a subnegotiation */
    size_t option_size;                 /* may exceed what is kept */
    bool has_com_port;                  /* the server offers RFC 2217 */
    bool refuses_com_port;
};

/*
 * Takes size bytes of the connection, leaves the data in place at the front
 * and is their number. Options the server proposes are answered: *reply_size
 * bytes of reply, which holds OTA_TELNET_REPLY for each 3 bytes of data and
 * one more.
 */
size_t ota_telnet_decode(struct ota_telnet *telnet, uint8_t *data, size_t size,
                         uint8_t *reply, size_t *reply_size);

/* Doubles 0xFF; out holds 2 * size. The bytes written. */
size_t ota_telnet_encode(uint8_t *out, const uint8_t *data, size_t size);

/* A request with its value, big-endian in width bytes (1 or 4); out holds
 * 16. The bytes written. */
size_t ota_telnet_ask(uint8_t *out, enum ota_telnet_request request,
                      uint32_t value, size_t width);

#endif
