/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/port.h"
#include "port_kinds.h"
#include <errno.h>
#include <glob.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WRITE_MS = 10000 };

static const char *after(const char *name, const char *prefix)
{
    size_t length = strlen(prefix);
    return strncmp(name, prefix, length) == 0 ? name + length : NULL;
}

bool ota_port_open(struct ota_port *port, const char *name,
                   struct ota_error *err)
{
    const char *socket = after(name, "socket://");
    const char *remote = after(name, "rfc2217://");
    *port = (struct ota_port){
        .name = name,
        .now_ms = port_now_ms,
        .wait_ms = port_wait_ms,
    };
    bool ok = socket || remote ? port_net_open(port, remote ? remote : socket,
                                               remote != NULL, err)
                               : port_posix_open(port, err);
    if (!ok) {
        port->close = NULL;
        if (err)
            err->subject = name;
    }
    return ok;
}

void ota_port_close(struct ota_port *port)
{
    if (port->close)
        port->close(port->context);
    *port = (struct ota_port){0};
}

static size_t list_matches(const char *pattern, char names[][PATH_MAX],
                           size_t capacity)
{
    size_t count = 0;
    glob_t found;
    if (glob(pattern, 0, NULL, &found) != 0)
        return 0;
    for (; count < found.gl_pathc && count < capacity; count++)
        snprintf(names[count], PATH_MAX, "%s", found.gl_pathv[count]);
    globfree(&found);
    return count;
}

size_t ota_port_list(const char *patterns, char names[][PATH_MAX],
                     size_t capacity)
{
    size_t count = 0;
    while (*patterns) {
        char pattern[PATH_MAX];
        int length = (int)strcspn(patterns, ",");
        snprintf(pattern, sizeof(pattern), "%.*s", length, patterns);
        count += list_matches(pattern, names + count, capacity - count);
        patterns += length + (patterns[length] == ',');
    }
    return count;
}

long port_fd_read(int fd, void *data, size_t size, uint32_t timeout_ms)
{
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    int count = poll(&ready, 1, (int)timeout_ms);
    if (count < 0)
        return errno == EINTR ? 0 : -1;
    if (count == 0)
        return 0;
    ssize_t got = read(fd, data, size);
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return 0;
    if (got == 0)
        errno = EIO; /* end of file: the other side is gone */
    return got > 0 ? got : -1;
}

bool port_fd_write(int fd, const void *data, size_t size, port_put *put)
{
    const char *bytes = data;
    while (size > 0) {
        struct pollfd ready = {.fd = fd, .events = POLLOUT};
        if (poll(&ready, 1, WRITE_MS) == 0) {
            errno = ETIMEDOUT;
            return false;
        }
        ssize_t done = put(fd, bytes, size);
        if (done < 0 && errno != EINTR && errno != EAGAIN)
            return false;
        if (done > 0) {
            bytes += done;
            size -= (size_t)done;
        }
    }
    return true;
}

uint64_t port_now_ms(void *context)
{
    (void)context;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void port_wait_ms(void *context, uint32_t ms)
{
    (void)context;
    struct timespec time = {.tv_sec = ms / 1000,
                            .tv_nsec = (long)(ms % 1000) * 1000000};
    while (nanosleep(&time, &time) < 0 && errno == EINTR)
        ;
}
