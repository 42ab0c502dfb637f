/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/systemd.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_SOCKET = 3, MOST_SOCKETS = 2, LONGEST = 256 };

/* A number that is the whole of a variable; false if it is not there. */
static bool read_variable(const char *name, uint64_t *number)
{
    const char *text = getenv(name);
    char *end;
    if (!text || *text < '0' || *text > '9')
        return false;
    errno = 0;
    *number = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0';
}

/* --- sockets that are there already ------------------------------------------
 */

static bool option_is(int fd, int option, int expected)
{
    int value;
    socklen_t size = sizeof(value);
    return getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 &&
           value == expected;
}

static bool is_of_internet(int fd)
{
    int domain;
    socklen_t size = sizeof(domain);
    return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 &&
           (domain == AF_INET || domain == AF_INET6);
}

/* What is wrong with a socket, or NULL when it can be served. */
static const char *prepare_socket(int fd)
{
    if (!is_of_internet(fd) || !option_is(fd, SO_TYPE, SOCK_STREAM))
        return "it is not of TCP";
    if (!option_is(fd, SO_ACCEPTCONN, 1))
        return "it does not listen";
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ||
        fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        return strerror(errno);
    return NULL;
}

/* By its name, else the first place that is free. */
static int *place_of(struct ota_systemd *systemd, const char *name,
                     size_t length)
{
    if (length == 4 && memcmp(name, "http", 4) == 0)
        return &systemd->socket;
    if (length == 5 && memcmp(name, "https", 5) == 0)
        return &systemd->tls_socket;
    return systemd->socket < 0 ? &systemd->socket : &systemd->tls_socket;
}

static const char *take_socket(struct ota_systemd *systemd, int fd,
                               const char *name, size_t length)
{
    int *place = place_of(systemd, name, length);
    if (*place >= 0)
        return "there are two for the same";
    *place = fd;
    return prepare_socket(fd);
}

static bool take_sockets(struct ota_systemd *systemd, struct ota_error *err)
{
    uint64_t pid;
    uint64_t count;
    const char *names = getenv("LISTEN_FDNAMES");
    const char *wrong = NULL;
    if (!read_variable("LISTEN_PID", &pid) || pid != (uint64_t)getpid() ||
        !read_variable("LISTEN_FDS", &count))
        return true;
    if (count > MOST_SOCKETS)
        wrong = "there are more than two";
    for (int i = 0; !wrong && i < (int)count; i++) {
        size_t length = names ? strcspn(names, ":") : 0;
        wrong = take_socket(systemd, FIRST_SOCKET + i, names, length);
        if (names)
            names += length + (names[length] == ':');
    }
    return !wrong || ota_fail(err, OTA_E_SOCKET_GIVEN, .detail = wrong);
}

/* --- telling the state ------------------------------------------------------
 */

/* A path, or a name that is in no file system: "@" stands for a zero byte. */
static void open_notify(struct ota_systemd *systemd, const char *name)
{
    struct sockaddr_un *address = &systemd->address;
    size_t length = name ? strlen(name) : 0;
    if (length < 2 || length >= sizeof(address->sun_path) ||
        (name[0] != '/' && name[0] != '@'))
        return;
    address->sun_family = AF_UNIX;
    memcpy(address->sun_path, name, length);
    if (name[0] == '@')
        address->sun_path[0] = '\0';
    systemd->address_size =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    systemd->notify =
        socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
}

static void tell(const struct ota_systemd *systemd, const char *text)
{
    if (systemd->notify >= 0)
        (void)sendto(systemd->notify, text, strlen(text), MSG_NOSIGNAL,
                     (const struct sockaddr *)&systemd->address,
                     systemd->address_size);
}

void ota_systemd_ready(const struct ota_systemd *systemd)
{
    tell(systemd, "READY=1");
}

void ota_systemd_reloading(const struct ota_systemd *systemd)
{
    struct timespec now;
    char text[LONGEST];
    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
             (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
    tell(systemd, text);
}

void ota_systemd_stopping(const struct ota_systemd *systemd)
{
    tell(systemd, "STOPPING=1");
}

void ota_systemd_alive(const struct ota_systemd *systemd)
{
    tell(systemd, "WATCHDOG=1");
}

void ota_systemd_status(const struct ota_systemd *systemd, const char *text)
{
    char line[LONGEST];
    snprintf(line, sizeof(line), "STATUS=%s", text);
    line[strcspn(line, "\n")] = '\0'; /* what follows would be a variable */
    tell(systemd, line);
}

/* --- the whole --------------------------------------------------------------
 */

/* Twice as often as asked for, as a sign of life may come late. */
static unsigned watchdog_interval(void)
{
    uint64_t pid;
    uint64_t interval_us;
    if ((getenv("WATCHDOG_PID") &&
         (!read_variable("WATCHDOG_PID", &pid) || pid != (uint64_t)getpid())) ||
        !read_variable("WATCHDOG_USEC", &interval_us) || interval_us == 0)
        return 0;
    uint64_t half_ms = interval_us / 2000;
    if (half_ms == 0)
        return 1;
    return half_ms > INT32_MAX ? INT32_MAX : (unsigned)half_ms;
}

bool ota_systemd_init(struct ota_systemd *systemd, struct ota_error *err)
{
    static const char *const names[] = {
        "LISTEN_PID",    "LISTEN_FDS",   "LISTEN_FDNAMES",
        "NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC",
    };
    *systemd =
        (struct ota_systemd){.socket = -1, .tls_socket = -1, .notify = -1};
    bool ok = take_sockets(systemd, err);
    systemd->watchdog_ms = watchdog_interval();
    open_notify(systemd, getenv("NOTIFY_SOCKET"));
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unsetenv(names[i]);
    if (!ok)
        ota_systemd_release(systemd);
    return ok;
}

void ota_systemd_release(struct ota_systemd *systemd)
{
    if (systemd->notify >= 0)
        close(systemd->notify);
    systemd->notify = -1;
}
