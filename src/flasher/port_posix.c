/* SPDX-License-Identifier: Apache-2.0 */
/* Device files. */
#include "port_kinds.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

struct posix_port {
    int fd;
};

static bool lost(struct ota_error *err)
{
    return ota_fail(err, OTA_E_SERIAL_LOST, .detail = strerror(errno));
}

static bool read_port(void *context, void *data, size_t size,
                      uint32_t timeout_ms, size_t *got, struct ota_error *err)
{
    struct posix_port *port = context;
    long count = port_fd_read(port->fd, data, size, timeout_ms);
    *got = count > 0 ? (size_t)count : 0;
    return count >= 0 || lost(err);
}

static bool write_port(void *context, const void *data, size_t size,
                       struct ota_error *err)
{
    struct posix_port *port = context;
    return port_fd_write(port->fd, data, size, write) || lost(err);
}

static void discard(void *context)
{
    struct posix_port *port = context;
    tcflush(port->fd, TCIFLUSH);
}

static bool set_speed(void *context, uint32_t baud, struct ota_error *err)
{
    struct posix_port *port = context;
    tcdrain(port->fd);
    errno = 0;
    if (port_speed_set(port->fd, baud))
        return true;
    return errno == EIO || errno == ENXIO
               ? lost(err)
               : ota_fail(err, OTA_E_SERIAL_SPEED, .actual = baud);
}

/* Both at once where the driver can, so that the reset circuit sees no state
 * in between. */
static bool set_lines(void *context, bool dtr, bool rts)
{
    struct posix_port *port = context;
    int lines;
    if (ioctl(port->fd, TIOCMGET, &lines) < 0)
        return false;
    lines &= ~(TIOCM_DTR | TIOCM_RTS);
    lines |= (dtr ? TIOCM_DTR : 0) | (rts ? TIOCM_RTS : 0);
    return ioctl(port->fd, TIOCMSET, &lines) == 0;
}

static void close_port(void *context)
{
    struct posix_port *port = context;
    ioctl(port->fd, TIOCNXCL);
    close(port->fd);
    free(port);
}

/* Eight bits, no parity, no flow control, and no byte means anything. */
static bool make_raw(int fd)
{
    struct termios settings;
    if (tcgetattr(fd, &settings) < 0)
        return false;
    cfmakeraw(&settings);
    settings.c_cflag |= CLOCAL | CREAD | CS8;
    settings.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS | HUPCL);
    settings.c_cc[VMIN] = 1;
    settings.c_cc[VTIME] = 0;
    return tcsetattr(fd, TCSANOW, &settings) == 0;
}

static const char *group_of(const char *name)
{
    struct stat st;
    struct group *group;
    if (stat(name, &st) < 0 || !(st.st_mode & S_IWGRP))
        return NULL;
    group = getgrgid(st.st_gid);
    return group ? group->gr_name : NULL;
}

static bool fail_open(const char *name, struct ota_error *err)
{
    switch (errno) {
    case ENOENT:
    case ENXIO:
    case ENODEV:
        return ota_fail(err, OTA_E_SERIAL_ABSENT);
    case EACCES:
    case EPERM:
        return ota_fail(err, OTA_E_SERIAL_DENIED, .part = "group",
                        .detail = group_of(name));
    case EBUSY:
        return ota_fail(err, OTA_E_SERIAL_BUSY);
    default:
        return ota_fail(err, OTA_E_SERIAL_SETUP, .detail = strerror(errno));
    }
}

/* TIOCEXCL keeps others out, but not root; the lock keeps out those that
 * ask, whoever they are. */
static bool take_for_us(int fd, struct ota_error *err)
{
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return ota_fail(err, OTA_E_SERIAL_BUSY);
    ioctl(fd, TIOCEXCL);
    if (!isatty(fd) || !make_raw(fd) || !port_speed_set(fd, PORT_SPEED))
        return ota_fail(err, OTA_E_SERIAL_SETUP, .detail = strerror(errno));
    return true;
}

bool port_posix_open(struct ota_port *port, struct ota_error *err)
{
    int fd = open(port->name, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return fail_open(port->name, err);
    struct posix_port *posix = malloc(sizeof(*posix));
    bool ok = posix ? take_for_us(fd, err) : ota_fail(err, OTA_E_MEMORY);
    if (!ok) {
        close(fd);
        free(posix);
        return false;
    }
    posix->fd = fd;
    port->context = posix;
    port->read = read_port;
    port->write = write_port;
    port->discard = discard;
    port->set_speed = set_speed;
    port->set_lines = set_lines;
    port->close = close_port;
    return true;
}
