/* SPDX-License-Identifier: Apache-2.0 */
/* Ports behind a TCP connection, plain or by RFC 2217. */
#include "otatool/telnet.h"
#include "port_kinds.h"
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECT_MS = 10000, AGREE_MS = 3000, CHUNK = 4096, HOST_LIMIT = 256 };

struct net_port {
    int fd;
    bool speaks_rfc2217;
    struct ota_telnet telnet;
};

static bool lost(struct ota_error *err)
{
    return ota_fail(err, OTA_E_SERIAL_LOST, .detail = strerror(errno));
}

/* --- bytes --- */

/* The other side may be gone, which is no reason to end the process. */
static ssize_t send_some(int fd, const void *data, size_t size)
{
    return send(fd, data, size, MSG_NOSIGNAL);
}

static bool put(const struct net_port *port, const uint8_t *data, size_t size)
{
    return port_fd_write(port->fd, data, size, send_some);
}

static bool reply(struct net_port *port, const uint8_t *data, size_t size,
                  struct ota_error *err)
{
    return size == 0 || put(port, data, size) || lost(err);
}

static bool read_port(void *context, void *data, size_t size,
                      uint32_t timeout_ms, size_t *got, struct ota_error *err)
{
    struct net_port *port = context;
    uint8_t answer[CHUNK / 2 * OTA_TELNET_REPLY];
    size_t answer_size;
    if (size > CHUNK)
        size = CHUNK;
    long count = port_fd_read(port->fd, data, size, timeout_ms);
    *got = count > 0 ? (size_t)count : 0;
    if (count < 0)
        return lost(err);
    if (!port->speaks_rfc2217)
        return true;
    *got = ota_telnet_decode(&port->telnet, data, *got, answer, &answer_size);
    return reply(port, answer, answer_size, err);
}

static bool write_port(void *context, const void *data, size_t size,
                       struct ota_error *err)
{
    struct net_port *port = context;
    const uint8_t *bytes = data;
    uint8_t encoded[2 * CHUNK];
    if (!port->speaks_rfc2217)
        return put(port, data, size) || lost(err);
    while (size > 0) {
        size_t step = size < CHUNK ? size : CHUNK;
        size_t count = ota_telnet_encode(encoded, bytes, step);
        if (!put(port, encoded, count))
            return lost(err);
        bytes += step;
        size -= step;
    }
    return true;
}

static bool ask(struct net_port *port, enum ota_telnet_request request,
                uint32_t value, size_t width)
{
    uint8_t text[OTA_TELNET_LONGEST];
    return put(port, text, ota_telnet_ask(text, request, value, width));
}

static void discard(void *context)
{
    struct net_port *port = context;
    uint8_t data[CHUNK];
    size_t got = 1;
    if (port->speaks_rfc2217)
        ask(port, OTA_TELNET_PURGE, OTA_TELNET_PURGE_RECEIVED, 1);
    while (got > 0 && read_port(port, data, sizeof(data), 0, &got, NULL))
        ;
}

static bool set_speed(void *context, uint32_t baud, struct ota_error *err)
{
    return ask(context, OTA_TELNET_SPEED, baud, 4) || lost(err);
}

static bool set_lines(void *context, bool dtr, bool rts)
{
    return ask(context, OTA_TELNET_CONTROL,
               dtr ? OTA_TELNET_DTR_ON : OTA_TELNET_DTR_OFF, 1) &&
           ask(context, OTA_TELNET_CONTROL,
               rts ? OTA_TELNET_RTS_ON : OTA_TELNET_RTS_OFF, 1);
}

static bool no_lines(void *context, bool dtr, bool rts)
{
    (void)context;
    (void)dtr;
    (void)rts;
    return false;
}

static void close_port(void *context)
{
    struct net_port *port = context;
    close(port->fd);
    free(port);
}

/* --- the connection --- */

/* HOST:PORT, or [HOST]:PORT for IPv6; what follows a / or ? is left out. */
static bool split(const char *address, char host[HOST_LIMIT],
                  char service[HOST_LIMIT])
{
    char text[HOST_LIMIT];
    int length = snprintf(text, sizeof(text), "%.*s",
                          (int)strcspn(address, "/?"), address);
    char *colon = strrchr(text, ':');
    if (length >= HOST_LIMIT || !colon || colon == text || !colon[1])
        return false;
    *colon = '\0';
    size_t end = strlen(text);
    bool is_bracketed = text[0] == '[' && text[end - 1] == ']';
    if (is_bracketed)
        text[end - 1] = '\0';
    snprintf(host, HOST_LIMIT, "%s", text + is_bracketed);
    snprintf(service, HOST_LIMIT, "%s", colon + 1);
    return true;
}

static bool finish_connecting(int fd)
{
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    int failure = ETIMEDOUT;
    socklen_t size = sizeof(failure);
    if (poll(&ready, 1, CONNECT_MS) == 1)
        getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size);
    errno = failure;
    return failure == 0;
}

static int connect_to(const struct addrinfo *address)
{
    int fd = socket(address->ai_family,
                    address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return -1;
    bool ok = connect(fd, address->ai_addr, address->ai_addrlen) == 0 ||
              (errno == EINPROGRESS && finish_connecting(fd));
    int yes = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    if (ok)
        return fd;
    close(fd);
    return -1;
}

static int connect_by_name(const char *host, const char *service,
                           struct ota_error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    int fd = -1;
    int failure = getaddrinfo(host, service, &hints, &found);
    if (failure) {
        ota_fail(err, OTA_E_SERIAL_REMOTE, .detail = gai_strerror(failure));
        return -1;
    }
    for (struct addrinfo *at = found; at && fd < 0; at = at->ai_next)
        fd = connect_to(at);
    if (fd < 0)
        ota_fail(err, OTA_E_SERIAL_REMOTE, .detail = strerror(errno));
    freeaddrinfo(found);
    return fd;
}

/* Offers the options of RFC 2217, and waits for the server to take them. */
static bool agree(struct net_port *port, struct ota_error *err)
{
    static const uint8_t offer[] = {
        255, 251, OTA_TELNET_BINARY,   255, 253, OTA_TELNET_BINARY,
        255, 251, OTA_TELNET_GO_AHEAD, 255, 253, OTA_TELNET_GO_AHEAD,
        255, 251, OTA_TELNET_COM_PORT,
    };
    uint8_t data[CHUNK];
    size_t got;
    if (!put(port, offer, sizeof(offer)))
        return lost(err);
    uint64_t end = port_now_ms(NULL) + AGREE_MS;
    while (!port->telnet.has_com_port && !port->telnet.refuses_com_port &&
           port_now_ms(NULL) < end)
        if (!read_port(port, data, sizeof(data), 50, &got, err))
            return false;
    return port->telnet.has_com_port ||
           ota_fail(err, OTA_E_SERIAL_REMOTE,
                    .detail = "it does not speak RFC 2217");
}

static bool set_up(struct net_port *port, struct ota_error *err)
{
    return !port->speaks_rfc2217 ||
           (agree(port, err) &&
            ((ask(port, OTA_TELNET_SPEED, PORT_SPEED, 4) &&
              ask(port, OTA_TELNET_DATA_SIZE, 8, 1) &&
              ask(port, OTA_TELNET_PARITY, 1, 1) &&
              ask(port, OTA_TELNET_STOP_SIZE, 1, 1) &&
              ask(port, OTA_TELNET_CONTROL, OTA_TELNET_NO_FLOW, 1)) ||
             lost(err)));
}

bool port_net_open(struct ota_port *port, const char *address,
                   bool speaks_rfc2217, struct ota_error *err)
{
    char host[HOST_LIMIT];
    char service[HOST_LIMIT];
    if (!split(address, host, service))
        return ota_fail(err, OTA_E_SERIAL_REMOTE,
                        .detail = "it is no HOST:PORT");
    int fd = connect_by_name(host, service, err);
    if (fd < 0)
        return false;
    struct net_port *net = calloc(1, sizeof(*net));
    if (!net) {
        close(fd);
        return ota_fail(err, OTA_E_MEMORY);
    }
    net->fd = fd;
    net->speaks_rfc2217 = speaks_rfc2217;
    if (!set_up(net, err)) {
        close_port(net);
        return false;
    }
    port->context = net;
    port->read = read_port;
    port->write = write_port;
    port->discard = discard;
    port->set_speed = speaks_rfc2217 ? set_speed : NULL;
    port->set_lines = speaks_rfc2217 ? set_lines : no_lines;
    port->close = close_port;
    return true;
}
