/* SPDX-License-Identifier: Apache-2.0 */
#include "status.h"
#include "escape.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* A rate is that of at least so long. */
enum { SAMPLE_MS = 1000 };

struct place {
    uint64_t id; /* 0: free */
    struct status_what what;
    atomic_uint_fast64_t sent;
    uint64_t sampled_ms; /* when, and how much had been sent then */
    uint64_t sampled;
    uint64_t rate;
};

struct status {
    pthread_mutex_t lock; /* of all but what is atomic */
    struct place places[STATUS_DOWNLOADS];
    struct status_failure failures[STATUS_FAILURES];
    uint64_t shown;  /* counts of all time */
    uint64_t failed; /* the last one is at (failed - 1) % STATUS_FAILURES */
    atomic_uint_fast64_t begun;
    atomic_uint_fast64_t ended;
    atomic_uint_fast64_t completed;
};

struct status *status_new(void)
{
    struct status *status = calloc(1, sizeof(*status));
    if (status)
        pthread_mutex_init(&status->lock, NULL);
    return status;
}

void status_free(struct status *status)
{
    if (!status)
        return;
    pthread_mutex_destroy(&status->lock);
    free(status);
}

static const char *text_or(const char *text, const char *otherwise)
{
    return text ? text : otherwise;
}

static void describe(struct status_what *what,
                     const struct ota_server_transfer *transfer)
{
    what->began = transfer->began;
    what->size = transfer->asked;
    escape_copy(what->client, sizeof(what->client),
                text_or(transfer->client, "-"));
    escape_copy(what->family, sizeof(what->family),
                text_or(transfer->family, "unknown"));
    escape_copy(what->file, sizeof(what->file), text_or(transfer->file, "-"));
    escape_copy(what->target, sizeof(what->target),
                text_or(transfer->target, "-"));
}

static struct place *find_free(struct status *status)
{
    for (size_t i = 0; i < STATUS_DOWNLOADS; i++)
        if (status->places[i].id == 0)
            return &status->places[i];
    return NULL;
}

void status_begin(struct status *status)
{
    atomic_fetch_add(&status->begun, 1);
}

unsigned status_show(struct status *status,
                     const struct ota_server_transfer *transfer,
                     uint64_t now_ms)
{
    pthread_mutex_lock(&status->lock);
    struct place *place = find_free(status);
    if (place) {
        place->id = ++status->shown;
        place->sampled_ms = now_ms;
        place->sampled = place->rate = 0;
        atomic_store(&place->sent, 0);
        describe(&place->what, transfer);
    }
    pthread_mutex_unlock(&status->lock);
    return place ? (unsigned)(place - status->places) + 1 : 0;
}

void status_progress(struct status *status, unsigned ticket, uint64_t sent)
{
    if (ticket)
        atomic_store_explicit(&status->places[ticket - 1].sent, sent,
                              memory_order_relaxed);
}

static void note_failure(struct status *status,
                         const struct ota_server_transfer *transfer)
{
    struct status_failure *failure =
        &status->failures[status->failed++ % STATUS_FAILURES];
    describe(&failure->what, transfer);
    failure->sent = transfer->sent;
    failure->status = transfer->status;
    failure->end = transfer->end;
    escape_copy(failure->reason, sizeof(failure->reason),
                text_or(transfer->reason, "-"));
}

void status_end(struct status *status, unsigned ticket,
                const struct ota_server_transfer *transfer)
{
    bool is_complete = transfer->end == OTA_SERVER_COMPLETE;
    atomic_fetch_add(&status->ended, 1);
    if (is_complete)
        atomic_fetch_add(&status->completed, 1);
    if (is_complete && !ticket)
        return;
    pthread_mutex_lock(&status->lock);
    if (ticket)
        status->places[ticket - 1].id = 0;
    if (!is_complete)
        note_failure(status, transfer);
    pthread_mutex_unlock(&status->lock);
}

void status_refused(struct status *status,
                    const struct ota_server_transfer *transfer)
{
    pthread_mutex_lock(&status->lock);
    note_failure(status, transfer);
    pthread_mutex_unlock(&status->lock);
}

/* Several may look at the same time, so a sample is kept for a while. */
static void take_sample(struct place *place, uint64_t sent, uint64_t now_ms)
{
    uint64_t elapsed_ms = now_ms - place->sampled_ms;
    if (now_ms < place->sampled_ms || elapsed_ms < SAMPLE_MS)
        return;
    uint64_t moved = sent > place->sampled ? sent - place->sampled : 0;
    place->rate = moved * 1000 / elapsed_ms;
    place->sampled = sent;
    place->sampled_ms = now_ms;
}

static int by_age(const void *one, const void *other)
{
    uint64_t a = ((const struct status_download *)one)->id;
    uint64_t b = ((const struct status_download *)other)->id;
    return (a > b) - (a < b);
}

static void look_at_downloads(struct status *status, uint64_t now_ms,
                              struct status_view *view)
{
    view->download_count = 0;
    for (size_t i = 0; i < STATUS_DOWNLOADS; i++) {
        struct place *place = &status->places[i];
        if (place->id == 0)
            continue;
        uint64_t sent = atomic_load(&place->sent);
        take_sample(place, sent, now_ms);
        view->downloads[view->download_count++] = (struct status_download){
            .id = place->id,
            .what = place->what,
            .sent = sent,
            .rate = place->rate,
        };
    }
    qsort(view->downloads, view->download_count, sizeof(view->downloads[0]),
          by_age);
}

static void look_at_failures(const struct status *status,
                             struct status_view *view)
{
    view->failure_count = status->failed < STATUS_FAILURES
                              ? (size_t)status->failed
                              : STATUS_FAILURES;
    for (size_t i = 0; i < view->failure_count; i++)
        view->failures[i] =
            status->failures[(status->failed - 1 - i) % STATUS_FAILURES];
}

void status_look(struct status *status, uint64_t now_ms,
                 struct status_view *view)
{
    pthread_mutex_lock(&status->lock);
    uint64_t ended = atomic_load(&status->ended); /* first: it is smaller */
    view->running = atomic_load(&status->begun) - ended;
    view->completed = atomic_load(&status->completed);
    view->failed = status->failed;
    look_at_downloads(status, now_ms, view);
    look_at_failures(status, view);
    pthread_mutex_unlock(&status->lock);
}
