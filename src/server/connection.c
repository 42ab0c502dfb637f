/* SPDX-License-Identifier: Apache-2.0 */
#include "connection.h"
#include "http.h"
#include "plain.h"
#include "socket.h"
#include "tls.h"
#include "worker.h"
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LAST_MS = 2000, /* for the client to close */
    /* Between looks for an acknowledgement. Mostly the next request brings it
     * before the first look. */
    FIRST_PAUSE_MS = 10,
    LONGEST_PAUSE_MS = 160,
    LOOKS = 4,        /* within each time-out */
    SHOWN_MS = 1000,  /* the same, where progress is shown to people */
    UNSHOWN_MS = 200, /* the first of these */
    FEW = 256,        /* connections: memory for each is no matter */
};

static const struct ota_server_options *options_of(const struct connection *c)
{
    return c->worker->shared->options;
}

static uint64_t now_of(const struct connection *c)
{
    return c->worker->now_ms;
}

bool connection_is_plain(const struct connection *c)
{
    return !c->http;
}

static void look_in(struct connection *c, uint64_t wait_ms)
{
    if (c->pending && wait_ms > c->pause_ms)
        wait_ms = c->pause_ms;
    /* Without memory for a timer, it is looked at never: cut it. */
    if (!timers_set(&c->worker->timers, &c->timer, now_of(c) + wait_ms))
        shutdown(c->fd, SHUT_RDWR);
}

/* --- waiting for a request ---------------------------------------------- */

static void begin_reading(struct connection *c)
{
    c->since_ms = now_of(c);
    c->begun_ms = 0;
    c->knows_received = false;
}

static uint64_t idle_limit(const struct connection *c)
{
    return c->is_last ? LAST_MS : options_of(c)->idle_timeout_ms;
}

static unsigned shorter(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static void plan_reading(struct connection *c)
{
    unsigned limit =
        shorter(options_of(c)->header_timeout_ms, (unsigned)idle_limit(c));
    look_in(c, limit / LOOKS + 1);
}

/* Whoever began a request and does not finish it is told of. */
static void tell_unfinished(struct connection *c)
{
    if (!c->current)
        c->current = transfer_new(c->worker->shared, c->name, "-");
}

static void look_at_reading(struct connection *c)
{
    uint64_t received = socket_progress(c->fd).received;
    uint64_t now = now_of(c);
    if (!c->knows_received)
        c->received = received;
    c->knows_received = true;
    if (c->begun_ms == 0 && (received > c->received || c->current))
        c->begun_ms = now;
    if (c->begun_ms && now - c->begun_ms >= options_of(c)->header_timeout_ms) {
        tell_unfinished(c);
        connection_cut(c, OTA_SERVER_TIMED_OUT);
    } else if (!c->begun_ms && now - c->since_ms >= idle_limit(c)) {
        connection_cut(c, OTA_SERVER_TIMED_OUT);
    } else {
        plan_reading(c);
    }
}

/* --- an answer on its way ------------------------------------------------ */

static uint64_t pause_of(const struct connection *c,
                         const struct transfer *transfer)
{
    uint64_t wait = options_of(c)->idle_timeout_ms / LOOKS + 1;
    if (!transfer_wants_looks(transfer))
        return wait;
    uint64_t soon = transfer->ticket ? SHOWN_MS : UNSHOWN_MS;
    return soon < wait ? soon : wait;
}

static uint64_t until(const struct connection *c, uint64_t when_ms)
{
    return when_ms > now_of(c) ? when_ms - now_of(c) : 1;
}

/* However often it is woken, the next look is not put off. */
static void plan_sending(struct connection *c, const struct transfer *transfer)
{
    uint64_t wait = until(c, c->looked_ms + pause_of(c, transfer));
    if (c->is_waiting && until(c, c->wake_ms) < wait)
        wait = until(c, c->wake_ms);
    look_in(c, wait);
}

/* Who is made to wait, and has taken all it was given, is not idle. */
static void excuse(struct connection *c, struct transfer *transfer)
{
    if (c->is_waiting && socket_is_drained(c->fd))
        transfer->moved_ms = now_of(c);
}

/* True when the transfer may go on. */
static bool look_at_progress(struct connection *c, struct transfer *transfer)
{
    const struct ota_server_options *options = options_of(c);
    struct socket_progress progress = socket_progress(c->fd);
    uint64_t now = now_of(c);
    transfer_show(transfer);
    if (progress.acknowledged != transfer->acked) {
        transfer_moved(transfer, progress.acknowledged);
        transfer->moved_ms = now;
    }
    if (progress.is_dead)
        connection_cut(c, OTA_SERVER_CLIENT_CLOSED);
    else if (now - transfer->moved_ms >= options->idle_timeout_ms ||
             now - transfer->answered_ms >= options->total_timeout_ms)
        connection_cut(c, OTA_SERVER_TIMED_OUT);
    return !c->is_cut;
}

/* The same from time to time, whatever wakes it. */
static bool may_go_on(struct connection *c, struct transfer *transfer)
{
    if (now_of(c) < c->looked_ms + pause_of(c, transfer))
        return true;
    c->looked_ms = now_of(c);
    excuse(c, transfer);
    return look_at_progress(c, transfer);
}

static void look_at_sending(struct connection *c)
{
    if (!may_go_on(c, c->current))
        return;
    if (!c->is_waiting || now_of(c) < c->wake_ms) {
        plan_sending(c, c->current);
        return;
    }
    c->is_waiting = false;
    if (c->http) {
        http_resume(c->http);
        plan_sending(c, c->current);
    } else {
        plain_go_on(c);
    }
}

void connection_wait(struct connection *c, uint64_t wake_ms)
{
    if (c->http)
        http_suspend(c->http);
    c->is_waiting = true;
    c->wake_ms = wake_ms;
    plan_sending(c, c->current);
}

void connection_wait_for_room(struct connection *c)
{
    plan_sending(c, c->current);
}

/* --- what was handed over ------------------------------------------------ */

static void end_pending(struct connection *c, enum ota_server_end end,
                        uint64_t acked)
{
    struct transfer *transfer = c->pending;
    c->pending = transfer->next;
    transfer_end(transfer, end, acked);
}

/* Ends what has arrived; true when that is all there was. */
static bool has_arrived(struct connection *c)
{
    if (!socket_is_drained(c->fd))
        return false;
    while (c->pending)
        end_pending(c, OTA_SERVER_COMPLETE, 0);
    return true;
}

/* The same with a closer look, and with the clock. */
static bool is_on_its_way(struct connection *c)
{
    if (!look_at_progress(c, c->pending))
        return false;
    uint64_t acked = c->pending->acked;
    while (c->pending && acked >= c->pending->end)
        end_pending(c, OTA_SERVER_COMPLETE, acked);
    return c->pending;
}

static void look_at_pending(struct connection *c)
{
    if (has_arrived(c))
        return;
    if (c->pause_ms < LONGEST_PAUSE_MS)
        c->pause_ms *= 2;
    else if (!is_on_its_way(c))
        return;
    look_in(c, c->pause_ms);
}

/* The library may say more than it was told, and TLS does: there the kernel
 * counts. */
static uint64_t handed_of(const struct connection *c)
{
    return c->http ? socket_progress(c->fd).handed : c->handed;
}

static void wait_for_client(struct connection *c, struct transfer *transfer)
{
    struct transfer **last = &c->pending;
    transfer->end = handed_of(c);
    transfer->moved_ms = now_of(c);
    while (*last)
        last = &(*last)->next;
    *last = transfer;
    c->pause_ms = FIRST_PAUSE_MS;
    look_in(c, c->pause_ms);
}

/* --- its life ------------------------------------------------------------- */

bool connections_are_many(const struct worker *worker)
{
    return atomic_load(&worker->shared->connections) > FEW;
}

struct connection *connection_new(struct worker *worker, int fd,
                                  const struct in6_addr *address)
{
    struct connection *c = calloc(1, sizeof(*c));
    if (!c)
        return NULL;
    c->worker = worker;
    c->fd = fd;
    c->asker.address = *address;
    c->asker.is_tls = worker->is_tls;
    socket_name(address, c->name);
    c->link = &worker->connections;
    c->next = worker->connections;
    if (c->next)
        c->next->link = &c->next;
    worker->connections = c;
    limits_connect(&worker->shared->limits, address);
    atomic_fetch_add(&worker->shared->connections, 1);
    if (connections_are_many(worker))
        socket_keep_short(fd);
    metrics_connection(&worker->shared->metrics, METRICS_ACCEPTED);
    begin_reading(c);
    c->knows_received = true; /* none yet */
    plan_reading(c);
    return c;
}

struct transfer *connection_begin(struct connection *c, const char *target)
{
    if (c->pending)
        has_arrived(c);
    c->has_asked = true;
    if (!c->current)
        c->current = transfer_new(c->worker->shared, c->name, target);
    return c->current;
}

void connection_answer(struct connection *c, struct reply *reply,
                       uint64_t header, uint64_t body)
{
    struct transfer *transfer = c->current;
    transfer->begin = handed_of(c);
    c->handed += header + body;
    c->is_last = reply->is_last;
    transfer_answer(transfer, reply, header, body);
    c->looked_ms = now_of(c);
    look_in(c, pause_of(c, c->current));
}

void connection_finish(struct connection *c, enum ota_server_end end)
{
    struct transfer *transfer = c->current;
    c->current = NULL;
    c->is_waiting = false;
    if (c->is_cut)
        end = c->end;
    bool has_body = transfer->facts.asked > 0;
    if (end != OTA_SERVER_COMPLETE)
        transfer_end(transfer, end, socket_progress(c->fd).acknowledged);
    else if (!has_body)
        transfer_end(transfer, end, 0);
    else
        wait_for_client(c, transfer);
    begin_reading(c);
    plan_reading(c);
}

void connection_unread(struct connection *c)
{
    const uint64_t end_of_stream = 1; /* counts as a byte */
    if (!c->has_asked && socket_progress(c->fd).received > end_of_stream)
        tell_unfinished(c);
}

/* Nothing more is to be sent; what is on its way has to arrive. */
static void await_arrival(struct connection *c)
{
    shutdown(c->fd, SHUT_WR);
    c->pause_ms = FIRST_PAUSE_MS;
    look_in(c, c->pause_ms);
}

static bool has_more(struct connection *c)
{
    return c->pending && !c->is_cut && !has_arrived(c);
}

void connection_close(struct connection *c)
{
    c->is_closing = true;
    if (has_more(c))
        await_arrival(c);
}

void connection_closed(struct connection *c)
{
    bool is_kept = has_more(c);
    int fd = is_kept ? dup(c->fd) : -1;
    if (is_kept && fd < 0)
        c->pending->acked = socket_progress(c->fd).acknowledged;
    c->is_closing = true;
    c->http = NULL;
    socket_discard(c->fd);
    c->fd = fd;
    if (fd < 0)
        connection_free(c);
    else
        await_arrival(c);
}

void connection_ready(struct connection *c, uint32_t events)
{
    if (c->is_closing)
        look_at_pending(c);
    else
        plain_ready(c, events);
    connection_settle(c);
}

static void look_at_request(struct connection *c)
{
    if (c->current && c->current->is_answered)
        look_at_sending(c);
    else if (!c->pending)
        look_at_reading(c);
}

void connection_look(struct connection *c)
{
    if (c->is_cut)
        return;
    if (c->pending)
        look_at_pending(c);
    if (!c->is_cut && !c->is_closing)
        look_at_request(c);
    connection_settle(c);
}

void connection_settle(struct connection *c)
{
    if (!c->http && (c->is_cut || (c->is_closing && !c->pending)))
        connection_free(c);
}

bool connection_is_idle(const struct connection *c)
{
    return !c->current && !c->pending && !c->begun_ms;
}

void connection_cut(struct connection *c, enum ota_server_end end)
{
    if (c->is_cut)
        return;
    c->is_cut = true;
    c->end = end;
    shutdown(c->fd, SHUT_RDWR);
    if (c->is_waiting && c->http)
        http_resume(c->http);
    c->is_waiting = false;
}

void connection_free(struct connection *c)
{
    enum ota_server_end end = c->is_cut ? c->end : OTA_SERVER_CLIENT_CLOSED;
    bool is_known = c->fd >= 0 && (c->pending || c->current);
    uint64_t acked = is_known ? socket_progress(c->fd).acknowledged : 0;
    if (!c->is_cut && atomic_load(&c->worker->shared->is_cut))
        end = OTA_SERVER_STOPPED;
    while (c->pending)
        end_pending(c, end, is_known ? acked : c->pending->acked);
    if (c->current)
        transfer_end(c->current, end, acked);
    timers_remove(&c->worker->timers, &c->timer);
    *c->link = c->next;
    if (c->next)
        c->next->link = c->link;
    if (c->fd >= 0) {
        socket_discard(c->fd);
        close(c->fd);
    }
    atomic_fetch_sub(&c->worker->shared->connections, 1);
    limits_disconnect(&c->worker->shared->limits, &c->asker.address);
    tls_end(c->tls);
    free(c);
}
