/* SPDX-License-Identifier: Apache-2.0 */
#include "plain.h"
#include "answer.h"
#include "http.h"
#include "http_text.h"
#include "plain_request.h"
#include "respond_service.h"
#include "worker.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum {
    LOOKED_AT = 2048, /* a longer request is the library's */
    AT_A_TIME = 16,   /* requests of one connection, before others' */
};

enum sent {
    SENT_ALL,
    SENT_FULL,  /* the kernel takes no more now */
    SENT_SHARE, /* and it is another's turn */
    SENT_WAITS, /* until flow->wake_ms */
    SENT_BROKEN /* the connection is */
};

/* --- an answer goes out ------------------------------------------------- */

static size_t text_left(const struct transfer *transfer)
{
    return transfer->text_size - transfer->text_sent;
}

static bool is_sent(const struct transfer *transfer)
{
    const struct flow *flow = transfer->flow;
    return text_left(transfer) == 0 && (!flow || flow->position == flow->size);
}

static bool has_text_alone(const struct transfer *transfer)
{
    return text_left(transfer) > 0 &&
           (!transfer->flow || segments_stops_at(&transfer->flow->plan, 0));
}

/* What was taken belongs to the header first. False: it is another's turn. */
static bool take(struct transfer *transfer, size_t sent)
{
    size_t text = sent < text_left(transfer) ? sent : text_left(transfer);
    transfer->text_sent += text;
    if (text_left(transfer) == 0) {
        free(transfer->text);
        transfer->text = NULL;
        transfer->text_size = transfer->text_sent = 0;
    }
    return sent == text || flow_use(transfer->flow, (uint32_t)(sent - text));
}

/* What goes next, and how much it is; 0: nothing yet. Header and body go
 * together where nothing says that they must not: old clients judge a file by
 * what comes with the header. Others get the header while the body waits. */
static size_t next_parts(struct transfer *transfer, int fd, uint64_t now_ms,
                         struct iovec parts[2])
{
    const struct flow *flow = transfer->flow;
    size_t text = text_left(transfer);
    parts[0] = (struct iovec){transfer->text + transfer->text_sent, text};
    parts[1] = (struct iovec){0};
    if (has_text_alone(transfer))
        return text;
    size_t body = flow_grant(transfer->flow, fd, now_ms);
    parts[1] = (struct iovec){(void *)(flow->body + flow->position), body};
    return body > 0 || transfer->may_part ? text + body : 0;
}

static enum sent send_on(struct transfer *transfer, int fd, uint64_t now_ms)
{
    while (!is_sent(transfer)) {
        struct iovec parts[2];
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        size_t size = next_parts(transfer, fd, now_ms, parts);
        if (size == 0)
            return SENT_WAITS;
        ssize_t sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent < 0)
            return errno == EAGAIN ? SENT_FULL : SENT_BROKEN;
        bool may_more = take(transfer, (size_t)sent);
        if ((size_t)sent < size)
            return SENT_FULL;
        if (!may_more)
            return SENT_SHARE;
    }
    return SENT_ALL;
}

static void finish(struct connection *c)
{
    bool closes = c->closes;
    connection_finish(c, OTA_SERVER_COMPLETE);
    if (closes)
        connection_close(c);
}

/* When others have had their turn: no timer is that soon, or that late. */
static void come_again(struct connection *c)
{
    if (!worker_watch_again(c->worker, c))
        connection_cut(c, OTA_SERVER_CLIENT_CLOSED);
}

static void send_answer(struct connection *c)
{
    switch (send_on(c->current, c->fd, c->worker->now_ms)) {
    case SENT_ALL:
        finish(c);
        break;
    case SENT_FULL:
        connection_wait_for_room(c);
        break;
    case SENT_SHARE:
        connection_wait_for_room(c);
        come_again(c);
        break;
    case SENT_WAITS:
        connection_wait(c, c->current->flow->wake_ms);
        break;
    case SENT_BROKEN:
        connection_cut(c, OTA_SERVER_CLIENT_CLOSED);
        break;
    }
}

/* --- a request ------------------------------------------------------------ */

/* False when there is no memory. */
static bool write_header(struct connection *c, const struct reply *reply,
                         const struct manner *manner)
{
    struct transfer *transfer = c->current;
    char text[HTTP_TEXT];
    transfer->text_size =
        http_text_write(reply, manner, worker_date(c->worker), text).size;
    transfer->text = malloc(transfer->text_size);
    if (transfer->text)
        memcpy(transfer->text, text, transfer->text_size);
    return transfer->text;
}

static bool answer(struct connection *c, const struct head *head)
{
    struct reply reply;
    struct manner manner;
    struct transfer *transfer = connection_begin(c, head->target);
    if (!transfer ||
        !transfer_ask(transfer, head->method, head_field(head, "Range")) ||
        !answer_decide(c, head, 200, &reply, &manner))
        return false;
    bool has_memory = write_header(c, &reply, &manner);
    connection_answer(c, &reply, transfer->text_size,
                      manner.is_head ? 0 : http_text_body(&reply));
    c->closes = manner.closes;
    transfer->may_part = !manner.is_aligned;
    if (has_memory)
        send_answer(c);
    return has_memory;
}

/* False when that is impossible. */
static bool leave_to_library(struct connection *c)
{
    c->is_readable = false;
    worker_unwatch(c->worker, c->fd);
    return http_adopt(c->worker->http, c);
}

/* Pages about the server are made while they are sent, and in no hurry. */
static void read_request(struct connection *c)
{
    char text[LOOKED_AT];
    struct head head;
    ssize_t count = recv(c->fd, text, sizeof(text), MSG_PEEK | MSG_DONTWAIT);
    if (count < 0 && errno == EINTR)
        return;
    c->is_readable = false;
    if (count < 0 && errno == EAGAIN)
        return;
    if (count <= 0) {
        connection_close(c);
        return;
    }
    bool can;
    size_t size = plain_request_read(text, (size_t)count, &head);
    if (size == 0 || respond_is_page(head.target)) {
        can = leave_to_library(c);
    } else {
        recv(c->fd, text, size, MSG_TRUNC); /* drops it: text stays */
        c->is_readable =
            c->is_ended || size < (size_t)count || count == LOOKED_AT;
        can = answer(c, &head);
    }
    if (!can)
        connection_cut(c, OTA_SERVER_CLIENT_CLOSED);
}

static bool may_read(const struct connection *c)
{
    return !c->http && c->is_readable && !c->current && !c->is_closing &&
           !c->is_cut;
}

static void read_requests(struct connection *c)
{
    for (int i = 0; i < AT_A_TIME && may_read(c); i++)
        read_request(c);
    if (may_read(c))
        come_again(c);
}

void plain_go_on(struct connection *c)
{
    send_answer(c);
    read_requests(c);
}

void plain_ready(struct connection *c, uint32_t events)
{
    if (events & ~(uint32_t)EPOLLOUT)
        c->is_readable = true;
    /* Told but once, maybe with the bytes before it. */
    if (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        c->is_ended = true;
    if (c->current && (events & (EPOLLERR | EPOLLHUP)))
        connection_cut(c, OTA_SERVER_CLIENT_CLOSED);
    else if (c->current && !c->is_waiting)
        send_answer(c);
    read_requests(c);
}
