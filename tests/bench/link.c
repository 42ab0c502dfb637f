/* SPDX-License-Identifier: Apache-2.0 */
#include "link.h"
#include "net.h"
#include "new_sdk.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum outcome { MORE, WAIT, WRONG };

static uint64_t random_below(struct crew *crew, uint64_t limit)
{
    crew->random = crew->random * 6364136223846793005 + 1442695040888963407;
    return (crew->random >> 33) % limit;
}

void link_open(struct crew *crew, struct link *link)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET,
                                .data.ptr = link};
    link->has_asked = false;
    link->fd = net_connect(&crew->load->server, net_client_address(link->index),
                           false);
    if (link->fd < 0)
        crew->failures++;
    else
        epoll_ctl(crew->epoll, EPOLL_CTL_ADD, link->fd, &event);
}

void link_close(struct link *link)
{
    if (link->fd >= 0)
        close(link->fd);
    link->fd = -1;
}

static enum outcome fail(struct crew *crew)
{
    crew->failures++;
    return WRONG;
}

/* The fields that only some kinds of work have. */
static void extra_fields(struct crew *crew, struct link *link, char *text,
                         size_t size)
{
    const struct load *load = crew->load;
    text[0] = '\0';
    link->offset = 0;
    if (load->work->is_conditional) {
        snprintf(text, size, "If-None-Match: %s\r\n", load->etag);
    } else if (load->work->is_ranged) {
        link->offset = random_below(crew, load->file.size - WORK_RANGE + 1);
        snprintf(text, size, "Range: bytes=%llu-%llu\r\n",
                 (unsigned long long)link->offset,
                 (unsigned long long)link->offset + WORK_RANGE - 1);
    }
}

static enum outcome ask(struct crew *crew, struct link *link)
{
    const struct load *load = crew->load;
    char extra[ANSWER_ETAG + 32];
    char request[512];
    extra_fields(crew, link, extra, sizeof(extra));
    int size = snprintf(request, sizeof(request),
                        "%s %s HTTP/%s\r\nHost: 127.0.0.1\r\n%s%s\r\n",
                        load->work->method, load->target, load->work->version,
                        load->work->is_new_sdk ? NEW_SDK_FIELD : "", extra);
    ssize_t sent = send(link->fd, request, (size_t)size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN)
        return WAIT; /* not connected yet */
    if (sent != size)
        return fail(crew);
    answer_init(&link->answer);
    link->has_asked = true;
    return MORE;
}

/* False when the header is not that of the answer to what was asked. */
static bool begin_body(const struct load *load, struct link *link)
{
    const struct work *work = load->work;
    uint64_t size = work->is_ranged ? WORK_RANGE : load->file.size;
    if (link->answer.status != work->status)
        return false;
    link->left = work->has_body ? size : 0;
    return work->status == 304 || link->answer.length == size;
}

static bool take_body(struct crew *crew, struct link *link, const uint8_t *data,
                      size_t size)
{
    const struct load *load = crew->load;
    if (size > link->left ||
        (load->is_compared && !link->has_compared &&
         memcmp(data, load->file.data + link->offset, size) != 0))
        return false;
    link->offset += size;
    link->left -= size;
    crew->bytes += size;
    return true;
}

static enum outcome finish_answer(struct crew *crew, struct link *link)
{
    crew->requests++;
    link->has_compared = true;
    if (!crew->load->work->closes)
        return ask(crew, link);
    link_close(link);
    link_open(crew, link);
    return WAIT;
}

/* The server ends the connection behind the answer, and not before. */
static enum outcome await_end(struct crew *crew, struct link *link)
{
    ssize_t size = recv(link->fd, crew->buffer, 1, 0);
    if (size < 0 && errno == EAGAIN)
        return WAIT;
    return size == 0 ? finish_answer(crew, link) : fail(crew);
}

/* A body that nobody looks at is not copied out of the kernel: the client
 * shall cost little beside the server. */
static ssize_t receive(struct crew *crew, struct link *link)
{
    if (crew->load->is_compared && !link->has_compared)
        return recv(link->fd, crew->buffer, LINK_BUFFER, 0);
    if (!link->answer.is_whole)
        return recv(link->fd, crew->buffer, ANSWER_HEADER, 0);
    size_t size = link->left < LINK_BUFFER ? link->left : LINK_BUFFER;
    return recv(link->fd, crew->buffer, size, MSG_TRUNC);
}

static enum outcome read_on(struct crew *crew, struct link *link)
{
    size_t header = 0;
    ssize_t size = receive(crew, link);
    if (size < 0 && errno == EAGAIN)
        return WAIT;
    if (size <= 0)
        return fail(crew);
    if (!link->answer.is_whole) {
        header = answer_feed(&link->answer, crew->buffer, (size_t)size);
        if (!link->answer.is_whole)
            return MORE;
        if (!begin_body(crew->load, link))
            return fail(crew);
    }
    if (!take_body(crew, link, crew->buffer + header, (size_t)size - header))
        return fail(crew);
    if (link->left > 0 || crew->load->work->closes)
        return MORE;
    return finish_answer(crew, link);
}

static enum outcome step(struct crew *crew, struct link *link)
{
    if (!link->has_asked)
        return ask(crew, link);
    if (link->answer.is_whole && link->left == 0)
        return await_end(crew, link);
    return read_on(crew, link);
}

void link_go_on(struct crew *crew, struct link *link)
{
    enum outcome outcome = MORE;
    while (outcome == MORE && link->fd >= 0)
        outcome = step(crew, link);
    if (outcome != WRONG)
        return;
    link_close(link);
    link_open(crew, link);
}
