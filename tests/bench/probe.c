/* SPDX-License-Identifier: Apache-2.0 */
#include "probe.h"
#include "net.h"
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_MS = 10 * 1000 };

static bool is_ready(int fd, short events)
{
    struct pollfd wait = {.fd = fd, .events = events};
    return poll(&wait, 1, PATIENCE_MS) == 1;
}

static bool read_header(int fd, struct answer *answer)
{
    uint8_t data[ANSWER_HEADER];
    answer_init(answer);
    while (!answer->is_whole) {
        ssize_t size =
            is_ready(fd, POLLIN) ? recv(fd, data, sizeof(data), 0) : 0;
        if (size <= 0)
            return false;
        (void)answer_feed(answer, data, (size_t)size);
    }
    return answer->status != 0;
}

bool probe_head(const struct sockaddr_in *server, const char *target,
                struct answer *answer)
{
    char request[512];
    int size = snprintf(request, sizeof(request),
                        "HEAD %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                        "Connection: close\r\n\r\n",
                        target);
    int fd = net_connect(server, net_client_address(0), false);
    bool ok = fd >= 0 && is_ready(fd, POLLOUT) &&
              send(fd, request, (size_t)size, MSG_NOSIGNAL) == size &&
              read_header(fd, answer);
    if (fd >= 0)
        close(fd);
    if (!ok)
        fprintf(stderr, "no answer to HEAD %s\n", target);
    return ok;
}
