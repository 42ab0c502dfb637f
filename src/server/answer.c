/* SPDX-License-Identifier: Apache-2.0 */
#include "answer.h"
#include "offer.h"
#include "socket.h"
#include "worker.h"
#include <stdlib.h>
#include <string.h>

enum {
    /* When to come back, spread so that not all do so at once. */
    RETRY_S = 5,
    RETRY_SPREAD_S = 25,
};

/* Once for all that is asked in a turn. */
static void look_for_changes(struct worker *worker)
{
    if (!worker->has_looked)
        offers_look(worker->shared);
    worker->has_looked = true;
}

static void plan_segments(struct connection *connection,
                          const struct head *head, const struct reply *reply,
                          struct flow *flow)
{
    if (connection->asker.is_tls || !reply_is_whole_file(reply) ||
        !family_sees_segments(reply->client.family))
        return;
    flow->plan = segments_plan(&(struct segments_stream){
        .body = flow->body,
        .size = flow->size,
        .segment = socket_segment(connection->fd),
        .slot = family_slot_of(head->target),
        .hits = &reply->entry->hits,
    });
}

/* Downloads that find no place are told to come later, if they understand. */
static void admit(struct connection *connection, struct reply *reply,
                  struct flow *flow)
{
    struct worker *worker = connection->worker;
    unsigned retry_s = RETRY_S + worker_chance(worker, RETRY_SPREAD_S);
    bool may_come = !connection->is_unwelcome;
    if (may_come && limits_admit(&worker->shared->limits))
        connection->current->is_admitted = true;
    else if (may_come && family_sees_segments(reply->client.family))
        flow_wait_for_place(flow, worker->now_ms);
    else
        respond_busy(reply, retry_s);
}

/* False when it takes memory that there is not. */
static bool keep_flow(struct transfer *transfer, const struct flow *flow)
{
    transfer->flow = malloc(sizeof(*flow));
    if (transfer->flow)
        *transfer->flow = *flow;
    return transfer->flow;
}

/* Several ranges cannot be measured out. */
static bool plan_body(struct connection *connection, const struct head *head,
                      struct reply *reply)
{
    const struct ota_route_range *range = &reply->answer.ranges[0];
    struct flow flow;
    if (reply->answer.range_count == 0)
        return true;
    flow_init(&flow, &connection->worker->shared->limits,
              reply->entry->data + range->offset, (uint32_t)range->size);
    admit(connection, reply, &flow);
    if (reply->answer.range_count != 1)
        return true;
    plan_segments(connection, head, reply, &flow);
    bool is_needed = connection_is_plain(connection) || flow_is_measured(&flow);
    return !is_needed || keep_flow(connection->current, &flow);
}

static struct manner manner_of(const struct connection *connection,
                               const struct head *head,
                               const struct reply *reply)
{
    bool keeps = head_keeps_alive(head);
    bool ends = reply->answer.must_close || connection->is_unwelcome ||
                connection->worker->is_stopping;
    return (struct manner){
        .is_head = strcmp(head->method, "HEAD") == 0,
        .closes = ends || !keeps,
        .must_say = ends && keeps,
        .says_keeps = !ends && keeps && head->is_http_1_0,
        .is_aligned = family_sees_segments(reply->client.family),
    };
}

bool answer_decide(struct connection *connection, const struct head *head,
                   unsigned status, struct reply *reply, struct manner *manner)
{
    struct worker *worker = connection->worker;
    look_for_changes(worker);
    respond(worker->shared, head, status, &connection->asker, reply);
    *manner = manner_of(connection, head, reply);
    if (manner->is_head || reply->is_page || plan_body(connection, head, reply))
        return true;
    ota_catalog_release(reply->entry);
    return false;
}
