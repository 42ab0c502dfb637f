/* SPDX-License-Identifier: Apache-2.0 */
#include "poller.h"
#include "net.h"
#include <errno.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PATIENCE_US = 20 * 1000 * 1000 };

void poller_init(struct fleet *fleet, struct poller *poller, uint32_t index)
{
    *poller = (struct poller){
        .fd = -1,
        .index = index,
        .due_us =
            fleet->now_us + fleet_random_below(fleet, fleet->poll_every_us),
    };
}

void poller_end(struct poller *poller)
{
    if (poller->fd >= 0)
        close(poller->fd);
    poller->fd = -1;
}

static void finish(struct fleet *fleet, struct poller *poller,
                   uint64_t *counter)
{
    (*counter)++;
    poller_end(poller);
    poller->due_us += fleet->poll_every_us;
}

static void begin(struct fleet *fleet, struct poller *poller)
{
    poller->has_asked = false;
    poller->fd =
        net_connect(&fleet->server, net_client_address(poller->index), true);
    if (poller->fd < 0)
        finish(fleet, poller, &fleet->counts.poll_failures);
}

static bool is_head(const struct fleet *fleet, const struct poller *poller)
{
    return poller->index % 2 == 0 || !fleet->etag[0];
}

static void ask(struct fleet *fleet, struct poller *poller)
{
    char condition[ANSWER_ETAG + 32] = "";
    char text[512];
    if (!is_head(fleet, poller))
        snprintf(condition, sizeof(condition), "If-None-Match: %s\r\n",
                 fleet->etag);
    int size = snprintf(text, sizeof(text),
                        "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                        "Connection: close\r\n%s\r\n",
                        is_head(fleet, poller) ? "HEAD" : "GET", fleet->target,
                        condition);
    ssize_t sent = send(poller->fd, text, (size_t)size, MSG_NOSIGNAL);
    poller->has_asked = sent == size;
    if (sent != size && !(sent < 0 && errno == EAGAIN))
        finish(fleet, poller, &fleet->counts.poll_failures);
}

static bool is_right(const struct fleet *fleet, const struct poller *poller,
                     const struct answer *answer)
{
    if (!answer->is_whole)
        return false;
    return is_head(fleet, poller)
               ? answer->status == 200 && answer->length == fleet->size
               : answer->status == 304;
}

/* The answer is short and comes at once, or it is wrong. */
static void read_answer(struct fleet *fleet, struct poller *poller)
{
    struct answer answer;
    ssize_t size = recv(poller->fd, fleet->buffer, ANSWER_HEADER, 0);
    if (size < 0 && errno == EAGAIN)
        return;
    answer_init(&answer);
    if (size > 0)
        (void)answer_feed(&answer, fleet->buffer, (size_t)size);
    if (answer.is_whole && answer.status == 503)
        finish(fleet, poller, &fleet->counts.deferred);
    else if (is_right(fleet, poller, &answer))
        finish(fleet, poller, &fleet->counts.polls);
    else
        finish(fleet, poller, &fleet->counts.poll_failures);
}

void poller_turn(struct fleet *fleet, struct poller *poller)
{
    if (fleet->now_us < poller->due_us)
        return;
    if (poller->fd < 0)
        begin(fleet, poller);
    else if (!poller->has_asked)
        ask(fleet, poller);
    else
        read_answer(fleet, poller);
    if (poller->fd >= 0 && fleet->now_us > poller->due_us + PATIENCE_US)
        finish(fleet, poller, &fleet->counts.poll_failures);
}
