/* SPDX-License-Identifier: Apache-2.0 */
#include "wire.h"
#include <errno.h>
#include <linux/filter.h>
#include <linux/tcp.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static bool copy(char *to, size_t room, const char *from, size_t size)
{
    if (size == 0 || size >= room)
        return false;
    memcpy(to, from, size);
    to[size] = '\0';
    return true;
}

/* A query may follow the host directly; a fragment is never sent. */
static bool copy_target(char target[WIRE_TARGET], const char *rest)
{
    size_t size = strcspn(rest, "#");
    target[0] = '/';
    target[1] = '\0';
    if (*rest == '/')
        return copy(target, WIRE_TARGET, rest, size);
    return size == 0 || copy(target + 1, WIRE_TARGET - 1, rest, size);
}

bool wire_place(struct wire_place *place, const char *url)
{
    static const char scheme[] = "http://";
    if (strncmp(url, scheme, sizeof(scheme) - 1) != 0)
        return false;
    const char *host = url + sizeof(scheme) - 1;
    const char *slash = host + strcspn(host, "/?#");
    bool bracketed = *host == '[';
    const char *end = bracketed ? strchr(host, ']') : NULL;
    if (bracketed && (!end || end > slash))
        return false;
    const char *colon =
        memchr(end ? end : host, ':', (size_t)(slash - (end ? end : host)));
    const char *host_end = end ? end : colon ? colon : slash;
    if (memchr(host, '@', (size_t)(slash - host)) ||
        !copy_target(place->target, slash) ||
        !copy(place->authority, sizeof(place->authority), host,
              (size_t)(slash - host)))
        return false;
    return copy(place->host, sizeof(place->host), host + bracketed,
                (size_t)(host_end - host - bracketed)) &&
           copy(place->port, sizeof(place->port), colon ? colon + 1 : "80",
                colon ? (size_t)(slash - colon - 1) : 2);
}

static bool fail(struct ota_error *err, enum ota_code code,
                 const struct wire_place *place, const char *detail)
{
    return ota_fail(err, code, .subject = place->host, .detail = detail);
}

static bool wait_for(int fd, short events, unsigned timeout_ms)
{
    struct pollfd one = {.fd = fd, .events = events};
    return poll(&one, 1, (int)timeout_ms) > 0;
}

/* 0, or the errno. */
static int connect_one(int fd, const struct addrinfo *address,
                       unsigned timeout_ms)
{
    int failure = 0;
    socklen_t size = sizeof(failure);
    if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
        return 0;
    if (errno != EINPROGRESS)
        return errno;
    if (!wait_for(fd, POLLOUT, timeout_ms))
        return ETIMEDOUT;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) < 0)
        return errno;
    return failure;
}

static struct tcp_info info_of(int fd)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof(info);
    (void)getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size);
    return info;
}

/* --- segments of a size --------------------------------------------------- */

enum {
    TIMESTAMP = 12, /* bytes of the option that takes room in each segment */
    SHORTEST = 4,   /* that old clients can bear at the end */
};

/* As the system announces it, timestamps included. */
static void ask_for_segments(int fd, const struct wire_place *place)
{
    int size = (int)place->segment + TIMESTAMP;
    if (place->segment && fd >= 0)
        (void)setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &size, sizeof(size));
}

static unsigned segment_of(const struct wire_place *place,
                           const struct tcp_info *info)
{
    bool has_timestamps = info->tcpi_options & TCPI_OPT_TIMESTAMPS;
    return place->segment + (has_timestamps ? 0 : TIMESTAMP);
}

/* The kernel hands over several segments as one packet, so the last of them is
 * what remains. It comes again, alone, when all were lost; only what is short
 * itself never comes. The program sees the TCP header and what follows. */
static bool lose_short_ones(int fd, unsigned segment)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 12), /* the header's length */
        BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf0),
        BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, 2),
        BPF_STMT(BPF_MISC | BPF_TAX, 0),
        BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
        BPF_STMT(BPF_ALU | BPF_SUB | BPF_X, 0),
        BPF_STMT(BPF_ALU | BPF_MOD | BPF_K, segment),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, SHORTEST, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
        BPF_STMT(BPF_RET | BPF_K, 0),
    };
    struct sock_fprog program = {sizeof(code) / sizeof(code[0]), code};
    return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
                      sizeof(program)) == 0;
}

/* --- a connection --------------------------------------------------------- */

static int connect_to(const struct wire_place *place, unsigned timeout_ms,
                      struct ota_error *err)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *list;
    int fd = -1;
    int why = 0;
    int failure = getaddrinfo(place->host, place->port, &hints, &list);
    if (failure) {
        fail(err, OTA_E_CONNECT, place, gai_strerror(failure));
        return -1;
    }
    for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next) {
        fd =
            socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        ask_for_segments(fd, place);
        why = fd < 0 ? errno : connect_one(fd, a, timeout_ms);
        if (fd >= 0 && why) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(list);
    if (fd < 0)
        fail(err, OTA_E_CONNECT, place, strerror(why));
    return fd;
}

static bool send_all(int fd, const char *data, size_t size, unsigned timeout_ms)
{
    while (size > 0) {
        ssize_t n = send(fd, data, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN && wait_for(fd, POLLOUT, timeout_ms))
            continue;
        if (n < 0)
            return false;
        data += n;
        size -= (size_t)n;
    }
    return true;
}

/* Bytes into the header until the blank line, then only counted. */
static bool take(struct wire_answer *answer, const char *data, size_t size)
{
    if (answer->header_size > 0) {
        answer->body_size += size;
        return true;
    }
    size_t filled = strlen(answer->header);
    size_t room = sizeof(answer->header) - 1 - filled;
    size_t kept = size < room ? size : room;
    if (memchr(data, '\0', kept))
        kept = strlen(data) < kept ? strlen(data) : kept;
    memcpy(answer->header + filled, data, kept);
    answer->header[filled + kept] = '\0';
    char *end = strstr(answer->header, "\r\n\r\n");
    if (!end)
        return kept == size; /* a header without an end */
    answer->header_size = (size_t)(end + 4 - answer->header);
    answer->body_size = filled + size - answer->header_size;
    end[4] = '\0';
    return true;
}

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* Asked after the bytes were read, so that it may be too many, never too
 * few. */
static unsigned segments_so_far(int fd)
{
    return info_of(fd).tcpi_data_segs_in;
}

/* A server that drips must not hold us: all of it has ten times as long. */
static void receive(int fd, uint64_t body_limit, unsigned timeout_ms,
                    struct wire_answer *answer)
{
    char block[4097];
    uint64_t end = now_ms() + 10u * timeout_ms;
    while ((answer->header_size == 0 || answer->body_size < body_limit) &&
           now_ms() < end && wait_for(fd, POLLIN, timeout_ms)) {
        ssize_t n = recv(fd, block, sizeof(block) - 1, 0);
        if (n <= 0)
            return;
        block[n] = '\0';
        if (answer->first_size == 0) {
            answer->first_size = (size_t)n;
            answer->first_segments = segments_so_far(fd);
        }
        if (!take(answer, block, (size_t)n))
            return;
    }
}

bool wire_ask(const struct wire_place *place, const char *request,
              size_t request_size, uint64_t body_limit, unsigned timeout_ms,
              struct wire_answer *answer, struct ota_error *err)
{
    memset(answer, 0, sizeof(*answer));
    int fd = connect_to(place, timeout_ms, err);
    if (fd < 0)
        return false;
    struct tcp_info info = info_of(fd);
    unsigned segment = segment_of(place, &info);
    bool loses = place->segment && lose_short_ones(fd, segment);
    if (send_all(fd, request, request_size, timeout_ms))
        receive(fd, body_limit, timeout_ms, answer);
    answer->has_segments = loses && info_of(fd).tcpi_rcv_mss == segment;
    close(fd);
    return true;
}

const char *wire_header(const struct wire_answer *answer, const char *name)
{
    size_t length = strlen(name);
    const char *line = answer->header;
    while ((line = strstr(line, "\r\n")) != NULL) {
        line += 2;
        if (strncmp(line, name, length) == 0 && line[length] == ':' &&
            line[length + 1] == ' ')
            return line + length + 2;
    }
    return NULL;
}
