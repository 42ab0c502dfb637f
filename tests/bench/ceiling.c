/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The most that a server on this machine can do: it answers whatever is asked
 * with one prepared answer, and understands nothing.
 *
 *   bench_ceiling ADDRESS:PORT FILE WORK
 *
 * WORK is one of those of bench_load. Runs until it is killed.
 */
#include "firmware_file.h"
#include "net.h"
#include "work.h"
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WORKERS = 2, EVENTS = 64 };

struct prepared {
    struct sockaddr_in address;
    char header[256];
    size_t header_size;
    const uint8_t *body;
    size_t body_size;
    bool closes;
};

struct peer {
    int fd;
    size_t left;   /* of the answer that is being sent */
    unsigned tail; /* the last four bytes received: a request's end? */
};

struct worker {
    const struct prepared *prepared;
    int epoll;
    int listener;
};

static void prepare(struct prepared *prepared, const struct work *work,
                    const struct firmware_file *file)
{
    size_t size = work->is_ranged ? WORK_RANGE : file->size;
    char range[64] = "";
    if (work->is_ranged)
        snprintf(range, sizeof(range), "Content-Range: bytes 0-%zu/%zu\r\n",
                 size - 1, file->size);
    prepared->header_size = (size_t)snprintf(
        prepared->header, sizeof(prepared->header),
        "HTTP/1.1 %u OK\r\nConnection: %s\r\nETag: \"ceiling\"\r\n%s"
        "Content-Length: %zu\r\n\r\n",
        work->status, work->closes ? "close" : "keep-alive", range, size);
    prepared->body = file->data;
    prepared->body_size = work->has_body ? size : 0;
    prepared->closes = work->closes;
}

static void watch(int epoll, int fd, void *who)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET,
                                .data.ptr = who};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

static void accept_all(struct worker *worker)
{
    int yes = 1;
    int fd;
    while ((fd = accept4(worker->listener, NULL, NULL, SOCK_NONBLOCK)) >= 0) {
        struct peer *peer = calloc(1, sizeof(*peer));
        if (!peer)
            abort();
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
        peer->fd = fd;
        watch(worker->epoll, fd, peer);
    }
}

/* Sends what the kernel takes; false when the connection is done with. */
static bool send_on(const struct prepared *prepared, struct peer *peer)
{
    while (peer->left > 0) {
        size_t body_left =
            peer->left < prepared->body_size ? peer->left : prepared->body_size;
        size_t header_left = peer->left - body_left;
        struct iovec parts[] = {
            {(void *)(prepared->header + prepared->header_size - header_left),
             header_left},
            {(void *)(prepared->body + prepared->body_size - body_left),
             body_left},
        };
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        ssize_t sent = sendmsg(peer->fd, &message, MSG_NOSIGNAL);
        if (sent < 0)
            return errno == EAGAIN;
        peer->left -= (size_t)sent;
    }
    return !prepared->closes || peer->tail != 0x0d0a0d0a;
}

/* True when a request has ended. No one sends a second one before. */
static bool is_asked(struct peer *peer, const uint8_t *data, size_t size)
{
    for (size_t i = size < 4 ? 0 : size - 4; i < size; i++)
        peer->tail = peer->tail << 8 | data[i];
    return peer->tail == 0x0d0a0d0a;
}

/* False when the connection is done with. */
static bool serve(const struct prepared *prepared, struct peer *peer)
{
    uint8_t request[2048];
    ssize_t size;
    if (peer->left > 0 && !send_on(prepared, peer))
        return false;
    if (peer->left > 0)
        return true;
    while ((size = recv(peer->fd, request, sizeof(request), 0)) > 0) {
        if (!is_asked(peer, request, (size_t)size))
            continue;
        peer->left = prepared->header_size + prepared->body_size;
        return send_on(prepared, peer);
    }
    return size < 0 && errno == EAGAIN;
}

static void *work_on(void *context)
{
    struct worker *worker = context;
    struct epoll_event events[EVENTS];
    for (;;) {
        int count = epoll_wait(worker->epoll, events, EVENTS, -1);
        for (int i = 0; i < count; i++) {
            struct peer *peer = events[i].data.ptr;
            if (!peer) {
                accept_all(worker);
            } else if (!serve(worker->prepared, peer)) {
                close(peer->fd);
                free(peer);
            }
        }
    }
    return NULL;
}

static bool start(struct worker *worker, const struct prepared *prepared)
{
    pthread_t thread;
    worker->prepared = prepared;
    worker->epoll = epoll_create1(EPOLL_CLOEXEC);
    worker->listener = net_listen(&prepared->address);
    if (worker->listener < 0) {
        perror("listen");
        return false;
    }
    watch(worker->epoll, worker->listener, NULL);
    return pthread_create(&thread, NULL, work_on, worker) == 0;
}

int main(int argc, char **argv)
{
    struct prepared prepared;
    struct firmware_file file;
    struct worker workers[WORKERS];
    const struct work *work = argc == 4 ? work_named(argv[3]) : NULL;
    if (!work || !net_parse(argv[1], &prepared.address)) {
        fprintf(stderr, "Usage: bench_ceiling ADDRESS:PORT FILE WORK\n");
        return 2;
    }
    if (!firmware_file_open(&file, argv[2]) || !net_allow_files(4096))
        return 1;
    prepare(&prepared, work, &file);
    for (int i = 0; i < WORKERS; i++)
        if (!start(&workers[i], &prepared))
            return 1;
    pause();
    return 0;
}
