/* SPDX-License-Identifier: Apache-2.0 */
#include "metrics.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const classes[METRICS_CLASSES] = {"none", "2xx", "3xx",
                                                     "4xx", "5xx"};

/* Upper bounds: a poll, a fast download, and what flash and Wi-Fi cost. */
static const struct {
    uint64_t most_ms;
    const char *label;
} buckets[METRICS_BUCKETS] = {
    {100, "0.1"},  {1000, "1"},     {5000, "5"},       {20000, "20"},
    {60000, "60"}, {300000, "300"}, {1200000, "1200"}, {UINT64_MAX, "+Inf"},
};

static void add(atomic_uint_fast64_t *counter, uint64_t amount)
{
    atomic_fetch_add_explicit(counter, amount, memory_order_relaxed);
}

static uint64_t get(const atomic_uint_fast64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

void metrics_connection(struct metrics *metrics, enum metrics_connection what)
{
    add(&metrics->connections[what], 1);
}

static enum family family_named(const char *name)
{
    for (int i = 0; name && i < FAMILY_COUNT; i++)
        if (strcmp(family_name((enum family)i), name) == 0)
            return (enum family)i;
    return FAMILY_UNKNOWN;
}

static size_t class_of(unsigned status)
{
    return status >= 200 && status < 600 ? status / 100 - 1 : 0;
}

static size_t bucket_of(uint64_t duration_ms)
{
    size_t i = 0;
    while (duration_ms > buckets[i].most_ms)
        i++;
    return i;
}

void metrics_transfer(struct metrics *metrics,
                      const struct ota_server_transfer *transfer)
{
    enum family family = family_named(transfer->family);
    add(&metrics->answers[family][class_of(transfer->status)], 1);
    add(&metrics->ends[family][transfer->end], 1);
    add(&metrics->bytes[family], transfer->sent);
    if (transfer->end != OTA_SERVER_COMPLETE || transfer->asked == 0)
        return;
    add(&metrics->durations[bucket_of(transfer->duration_ms)], 1);
    add(&metrics->duration_ms, transfer->duration_ms);
}

static void print_head(FILE *out, const char *name, const char *type,
                       const char *help)
{
    fprintf(out, "# HELP otatool_%s %s\n# TYPE otatool_%s %s\n", name, help,
            name, type);
}

static void print_one(FILE *out, const char *name, const char *type,
                      const char *help, uint64_t value)
{
    print_head(out, name, type, help);
    fprintf(out, "otatool_%s %" PRIu64 "\n", name, value);
}

static void print_now(FILE *out, const struct metrics_now *now)
{
    print_one(out, "start_time_seconds", "gauge",
              "When the server started, in seconds since 1970.",
              (uint64_t)now->started);
    print_one(out, "connections", "gauge", "Connections open now.",
              now->connections);
    print_one(out, "connections_limit", "gauge",
              "Connections that may be open at a time.", now->limit);
    print_one(out, "transfers_running", "gauge",
              "Answers begun and not yet ended.", now->running);
}

static void print_connections(FILE *out, const struct metrics *metrics)
{
    print_one(out, "connections_accepted_total", "counter",
              "Connections accepted.",
              get(&metrics->connections[METRICS_ACCEPTED]));
    print_one(out, "connections_refused_total", "counter",
              "Connections closed at once because of a limit.",
              get(&metrics->connections[METRICS_REFUSED]));
}

static void print_answers(FILE *out, const struct metrics *metrics)
{
    print_head(out, "requests_total", "counter",
               "Requests by kind of client and class of the status.");
    for (int i = 0; i < FAMILY_COUNT; i++)
        for (int k = 0; k < METRICS_CLASSES; k++)
            fprintf(out,
                    "otatool_requests_total{family=\"%s\",status=\"%s\"} "
                    "%" PRIu64 "\n",
                    family_name((enum family)i), classes[k],
                    get(&metrics->answers[i][k]));
}

static void print_ends(FILE *out, const struct metrics *metrics)
{
    print_head(out, "transfers_total", "counter",
               "Transfers by kind of client and how they ended.");
    for (int i = 0; i < FAMILY_COUNT; i++)
        for (int k = 0; k < METRICS_ENDS; k++)
            fprintf(out,
                    "otatool_transfers_total{family=\"%s\",end=\"%s\"} "
                    "%" PRIu64 "\n",
                    family_name((enum family)i),
                    ota_server_end_name((enum ota_server_end)k),
                    get(&metrics->ends[i][k]));
}

static void print_bytes(FILE *out, const struct metrics *metrics)
{
    print_head(out, "sent_bytes_total", "counter",
               "Bytes of bodies that clients have acknowledged.");
    for (int i = 0; i < FAMILY_COUNT; i++)
        fprintf(out, "otatool_sent_bytes_total{family=\"%s\"} %" PRIu64 "\n",
                family_name((enum family)i), get(&metrics->bytes[i]));
}

static void print_durations(FILE *out, const struct metrics *metrics)
{
    print_head(out, "transfer_seconds", "histogram",
               "How long complete transfers with a body took.");
    uint64_t count = 0;
    for (int i = 0; i < METRICS_BUCKETS; i++) {
        count += get(&metrics->durations[i]);
        fprintf(out, "otatool_transfer_seconds_bucket{le=\"%s\"} %" PRIu64 "\n",
                buckets[i].label, count);
    }
    uint64_t sum = get(&metrics->duration_ms);
    fprintf(out,
            "otatool_transfer_seconds_sum %" PRIu64 ".%03" PRIu64 "\n"
            "otatool_transfer_seconds_count %" PRIu64 "\n",
            sum / 1000, sum % 1000, count);
}

char *metrics_text(const struct metrics *metrics, const struct metrics_now *now,
                   size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    if (!out)
        return NULL;
    print_now(out, now);
    print_connections(out, metrics);
    print_answers(out, metrics);
    print_ends(out, metrics);
    print_bytes(out, metrics);
    print_durations(out, metrics);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}
