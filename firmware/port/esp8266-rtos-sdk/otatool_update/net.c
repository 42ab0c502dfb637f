/* SPDX-License-Identifier: Apache-2.0 */
#include "lwip/netdb.h"
#include "lwip/sockets.h"
#include "port.h"
#include <errno.h>
#include <string.h>

static void close_connection(void *context)
{
    struct port_net *net = context;
    if (net->socket >= 0)
        lwip_close(net->socket);
    net->socket = -1;
}

static struct timeval to_timeval(uint32_t ms)
{
    return (struct timeval){
        .tv_sec = (long)(ms / 1000),
        .tv_usec = (long)(ms % 1000 * 1000),
    };
}

/* --- opening ------------------------------------------------------------ */

static bool resolve(const char *host, uint16_t port, struct sockaddr_in *found)
{
    const struct addrinfo hints = {.ai_family = AF_INET,
                                   .ai_socktype = SOCK_STREAM};
    struct addrinfo *list = NULL;
    if (lwip_getaddrinfo(host, NULL, &hints, &list) != 0 || !list)
        return false;
    memcpy(found, list->ai_addr, sizeof(*found));
    found->sin_port = htons(port);
    lwip_freeaddrinfo(list);
    return true;
}

/* A connect of lwIP's own takes minutes to give up. */
static bool is_connected_in_time(int socket, uint32_t timeout_ms)
{
    struct timeval left = to_timeval(timeout_ms);
    int problem = 0;
    socklen_t size = sizeof(problem);
    fd_set sockets;
    FD_ZERO(&sockets);
    FD_SET(socket, &sockets);
    return lwip_select(socket + 1, NULL, &sockets, NULL, &left) == 1 &&
           lwip_getsockopt(socket, SOL_SOCKET, SO_ERROR, &problem, &size) ==
               0 &&
           problem == 0;
}

static bool connect_in_time(int socket, const struct sockaddr_in *address,
                            uint32_t timeout_ms)
{
    return lwip_fcntl(socket, F_SETFL, O_NONBLOCK) == 0 &&
           (lwip_connect(socket, (const struct sockaddr *)address,
                         sizeof(*address)) == 0 ||
            (errno == EINPROGRESS &&
             is_connected_in_time(socket, timeout_ms))) &&
           lwip_fcntl(socket, F_SETFL, 0) == 0;
}

static bool set_timeout(int socket, int option, uint32_t timeout_ms)
{
    struct timeval timeout = to_timeval(timeout_ms);
    return lwip_setsockopt(socket, SOL_SOCKET, option, &timeout,
                           sizeof(timeout)) == 0;
}

static bool open_connection(void *context, const char *host, uint16_t port,
                            uint32_t timeout_ms, struct ota_error *err)
{
    struct port_net *net = context;
    struct sockaddr_in address;
    close_connection(net);
    /* A name that is not found now may be found later. */
    if (!resolve(host, port, &address))
        return ota_fail(err, OTA_E_CONNECT, .part = "name of the server");
    net->socket = lwip_socket(AF_INET, SOCK_STREAM, 0);
    if (net->socket >= 0 &&
        connect_in_time(net->socket, &address, timeout_ms) &&
        set_timeout(net->socket, SO_SNDTIMEO, timeout_ms))
        return true;
    close_connection(net);
    return ota_fail(err, OTA_E_CONNECT, .part = "server", .actual = port);
}

/* --- talking ------------------------------------------------------------ */

static bool send_all(void *context, const void *data, uint32_t size,
                     struct ota_error *err)
{
    struct port_net *net = context;
    const uint8_t *bytes = data;
    while (size > 0) {
        int sent = (int)lwip_send(net->socket, bytes, size, 0);
        if (sent <= 0)
            return ota_fail(err, OTA_E_CUT_OFF, .part = "request");
        bytes += sent;
        size -= (uint32_t)sent;
    }
    return true;
}

static bool is_timeout(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK;
}

static bool receive(void *context, void *data, uint32_t size,
                    uint32_t timeout_ms, uint32_t *got, struct ota_error *err)
{
    struct port_net *net = context;
    *got = 0;
    if (!set_timeout(net->socket, SO_RCVTIMEO, timeout_ms))
        return ota_fail(err, OTA_E_CUT_OFF, .part = "answer");
    int taken = (int)lwip_recv(net->socket, data, size, 0);
    if (taken < 0)
        return ota_fail(err, is_timeout() ? OTA_E_TIMEOUT : OTA_E_CUT_OFF,
                        .part = "answer");
    *got = (uint32_t)taken;
    return true;
}

void port_net_init(struct port_net *net)
{
    net->socket = -1;
    net->table = (struct agent_net){
        .open = open_connection,
        .send = send_all,
        .receive = receive,
        .close = close_connection,
        .context = net,
    };
}
