/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer.h"
#include "status.h"
#include "timers.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void transfer_free(struct transfer *transfer)
{
    ota_catalog_release(transfer->entry);
    free(transfer->flow);
    free(transfer->text);
    free(transfer->range);
    free(transfer);
}

struct transfer *transfer_new(struct shared *shared, const char *client,
                              const char *target)
{
    size_t size = strlen(target) + 1;
    struct transfer *transfer = malloc(sizeof(*transfer) + size);
    if (!transfer)
        return NULL;
    *transfer = (struct transfer){.shared = shared, .method = "-"};
    memcpy(transfer->target, target, size);
    transfer->began_ms = timers_clock();
    transfer->facts = (struct ota_server_transfer){
        .began = (int64_t)time(NULL),
        .client = client,
        .family = family_name(FAMILY_UNKNOWN),
        .told_by = "nothing tells",
        .file = "-",
        .reason = "the request never became whole",
    };
    return transfer;
}

bool transfer_ask(struct transfer *transfer, const char *method,
                  const char *range)
{
    size_t size = strnlen(method, sizeof(transfer->method) - 1);
    memcpy(transfer->method, method, size);
    transfer->method[size] = '\0';
    if (range && !transfer->range)
        transfer->range = strdup(range);
    return transfer->range || !range;
}

static void point_to_texts(struct transfer *transfer)
{
    transfer->facts.method = transfer->method;
    transfer->facts.target = transfer->target;
    transfer->facts.range = transfer->range;
}

/* What takes but a moment is not worth it. */
void transfer_show(struct transfer *transfer)
{
    if (!transfer->is_download || transfer->was_shown)
        return;
    point_to_texts(transfer);
    transfer->was_shown = true;
    transfer->ticket =
        status_show(transfer->shared->status, &transfer->facts, timers_clock());
}

void transfer_answer(struct transfer *transfer, struct reply *reply,
                     uint64_t header, uint64_t body)
{
    struct ota_server_transfer *facts = &transfer->facts;
    facts->status = reply->answer.status;
    facts->asked = body;
    facts->family = family_name(reply->client.family);
    facts->told_by = reply->client.reason;
    facts->file = reply->file;
    facts->reason = reply->reason;
    transfer->header = header;
    transfer->answered_ms = transfer->moved_ms = timers_clock();
    transfer->entry = reply->entry;
    reply->entry = NULL;
    /* Pages about the server, HEAD and refusals are none. */
    transfer->is_download = facts->asked > 0 && !reply->is_page;
    if (transfer->is_download)
        status_begin(transfer->shared->status);
    transfer->is_answered = true;
    atomic_fetch_add(&transfer->shared->running, 1);
}

static uint64_t sent_of(const struct transfer *transfer, uint64_t acked)
{
    uint64_t start = transfer->begin + transfer->header;
    uint64_t sent = acked > start ? acked - start : 0;
    return sent < transfer->facts.asked ? sent : transfer->facts.asked;
}

bool transfer_wants_looks(const struct transfer *transfer)
{
    return transfer->is_download && (transfer->ticket || !transfer->was_shown);
}

void transfer_moved(struct transfer *transfer, uint64_t acked)
{
    transfer->acked = acked;
    status_progress(transfer->shared->status, transfer->ticket,
                    sent_of(transfer, acked));
}

static void count(struct transfer *transfer)
{
    struct shared *shared = transfer->shared;
    metrics_transfer(&shared->metrics, &transfer->facts);
    if (transfer->is_download)
        status_end(shared->status, transfer->ticket, &transfer->facts);
    else if (transfer->facts.status >= 400 || transfer->facts.status == 0)
        status_refused(shared->status, &transfer->facts);
}

void transfer_end(struct transfer *transfer, enum ota_server_end end,
                  uint64_t acked)
{
    struct shared *shared = transfer->shared;
    struct ota_server_transfer *facts = &transfer->facts;
    facts->sent =
        end == OTA_SERVER_COMPLETE ? facts->asked : sent_of(transfer, acked);
    point_to_texts(transfer);
    facts->duration_ms = timers_clock() - transfer->began_ms;
    facts->end = end;
    count(transfer);
    if (shared->options->on_transfer) {
        pthread_mutex_lock(&shared->log_lock);
        shared->options->on_transfer(facts, shared->options->context);
        pthread_mutex_unlock(&shared->log_lock);
        atomic_store(&shared->has_told, true);
    }
    if (transfer->flow ? transfer->flow->is_admitted : transfer->is_admitted)
        limits_leave(&shared->limits);
    if (transfer->is_answered)
        atomic_fetch_sub(&shared->running, 1);
    transfer_free(transfer);
}

void transfers_flush(struct shared *shared)
{
    if (!atomic_load(&shared->has_told) || !shared->options->on_told)
        return;
    atomic_store(&shared->has_told, false);
    pthread_mutex_lock(&shared->log_lock);
    shared->options->on_told(shared->options->context);
    pthread_mutex_unlock(&shared->log_lock);
}
