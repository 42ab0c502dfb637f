/* SPDX-License-Identifier: Apache-2.0 */
#include "../../src/server/metrics.h"
#include "cmocka_all.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct metrics_now quiet = {.limit = 1020, .started = 1700000000};

static char *text_of(const struct metrics *metrics)
{
    size_t size;
    char *text = metrics_text(metrics, &quiet, &size);
    assert_non_null(text);
    assert_int_equal(strlen(text), size);
    return text;
}

static void expect_line(const struct metrics *metrics, const char *line)
{
    char wanted[256];
    snprintf(wanted, sizeof(wanted), "\n%s\n", line);
    char *text = text_of(metrics);
    if (!strstr(text, wanted))
        fail_msg("no line '%s' in:\n%s", line, text);
    free(text);
}

static size_t count_lines(const char *text)
{
    size_t count = 0;
    for (; *text; text++)
        count += *text == '\n';
    return count;
}

static struct ota_server_transfer download(const char *family, unsigned status)
{
    return (struct ota_server_transfer){.family = family,
                                        .status = status,
                                        .sent = 1000,
                                        .asked = 1000,
                                        .duration_ms = 1500,
                                        .client = "192.0.2.7",
                                        .target = "/user1.bin"};
}

static void a_transfer_is_counted_by_family_status_and_end(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    struct ota_server_transfer transfer = download("nonos", 206);
    metrics_transfer(&metrics, &transfer);
    transfer.end = OTA_SERVER_CLIENT_CLOSED;
    transfer.sent = 234;
    metrics_transfer(&metrics, &transfer);
    expect_line(&metrics,
                "otatool_requests_total{family=\"nonos\",status=\"2xx\"} 2");
    expect_line(&metrics,
                "otatool_transfers_total{family=\"nonos\",end=\"complete\"} 1");
    expect_line(
        &metrics,
        "otatool_transfers_total{family=\"nonos\",end=\"client closed\"} 1");
    expect_line(&metrics, "otatool_sent_bytes_total{family=\"nonos\"} 1234");
    expect_line(&metrics, "otatool_sent_bytes_total{family=\"agent\"} 0");
}

static void each_status_has_its_class(void **state)
{
    (void)state;
    static const struct {
        unsigned status;
        const char *name;
    } cases[] = {{0, "none"},  {200, "2xx"}, {304, "3xx"}, {404, "4xx"},
                 {503, "5xx"}, {99, "none"}, {600, "none"}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct metrics metrics = {0};
        struct ota_server_transfer transfer = download("at", cases[i].status);
        char line[128];
        metrics_transfer(&metrics, &transfer);
        snprintf(line, sizeof(line),
                 "otatool_requests_total{family=\"at\",status=\"%s\"} 1",
                 cases[i].name);
        expect_line(&metrics, line);
    }
}

static void durations_of_complete_bodies_add_up_in_buckets(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    static const uint64_t durations[] = {1, 100, 101, 1500, 9000000};
    for (size_t i = 0; i < sizeof(durations) / sizeof(durations[0]); i++) {
        struct ota_server_transfer transfer = download("v3", 200);
        transfer.duration_ms = durations[i];
        metrics_transfer(&metrics, &transfer);
        transfer.end = OTA_SERVER_TIMED_OUT;
        metrics_transfer(&metrics, &transfer);
        transfer.end = OTA_SERVER_COMPLETE;
        transfer.asked = 0;
        metrics_transfer(&metrics, &transfer);
    }
    expect_line(&metrics, "otatool_transfer_seconds_bucket{le=\"0.1\"} 2");
    expect_line(&metrics, "otatool_transfer_seconds_bucket{le=\"1\"} 3");
    expect_line(&metrics, "otatool_transfer_seconds_bucket{le=\"5\"} 4");
    expect_line(&metrics, "otatool_transfer_seconds_bucket{le=\"1200\"} 4");
    expect_line(&metrics, "otatool_transfer_seconds_bucket{le=\"+Inf\"} 5");
    expect_line(&metrics, "otatool_transfer_seconds_count 5");
    expect_line(&metrics, "otatool_transfer_seconds_sum 9001.702");
}

static void many_devices_make_no_more_lines(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    char *before = text_of(&metrics);
    for (int i = 0; i < 1000; i++) {
        char text[64];
        snprintf(text, sizeof(text), "\"}\nevil %d", i);
        struct ota_server_transfer transfer = download(text, 200);
        transfer.client = transfer.target = text;
        metrics_transfer(&metrics, &transfer);
    }
    char *after = text_of(&metrics);
    assert_int_equal(count_lines(before), count_lines(after));
    assert_null(strstr(after, "evil"));
    expect_line(&metrics,
                "otatool_requests_total{family=\"unknown\",status=\"2xx\"} "
                "1000");
    free(before);
    free(after);
}

static void gauges_show_what_is_now(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    struct metrics_now now = {7, 1020, 3, 1700000000};
    size_t size;
    metrics_connection(&metrics, METRICS_ACCEPTED);
    metrics_connection(&metrics, METRICS_REFUSED);
    metrics_connection(&metrics, METRICS_REFUSED);
    char *text = metrics_text(&metrics, &now, &size);
    assert_non_null(strstr(text, "\notatool_connections 7\n"));
    assert_non_null(strstr(text, "\notatool_connections_limit 1020\n"));
    assert_non_null(strstr(text, "\notatool_transfers_running 3\n"));
    assert_non_null(strstr(text, "\notatool_connections_accepted_total 1\n"));
    assert_non_null(strstr(text, "\notatool_connections_refused_total 2\n"));
    free(text);
}

/* name{labels} value, or a comment; every name was introduced by TYPE. */
static void the_text_is_what_prometheus_reads(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    char *text = text_of(&metrics);
    char type[64] = "";
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        if (sscanf(line, "# TYPE %63s", type) == 1 || line[0] == '#')
            continue;
        assert_int_equal(strncmp(line, type, strlen(type)), 0);
        const char *value = strrchr(line, ' ');
        assert_non_null(value);
        assert_int_equal(strspn(value + 1, "0123456789."), strlen(value + 1));
        const char *brace = strchr(line, '{');
        assert_int_equal(brace != NULL, strchr(line, '}') != NULL);
    }
    free(text);
}

enum { THREADS = 4, ROUNDS = 5000 };

static void *count_many(void *context)
{
    struct ota_server_transfer transfer = download("rtos2", 200);
    for (int i = 0; i < ROUNDS; i++)
        metrics_transfer(context, &transfer);
    return NULL;
}

static void threads_lose_no_count(void **state)
{
    (void)state;
    struct metrics metrics = {0};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, count_many, &metrics), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    expect_line(&metrics,
                "otatool_sent_bytes_total{family=\"rtos2\"} 20000000");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transfer_is_counted_by_family_status_and_end),
        cmocka_unit_test(each_status_has_its_class),
        cmocka_unit_test(durations_of_complete_bodies_add_up_in_buckets),
        cmocka_unit_test(many_devices_make_no_more_lines),
        cmocka_unit_test(gauges_show_what_is_now),
        cmocka_unit_test(the_text_is_what_prometheus_reads),
        cmocka_unit_test(threads_lose_no_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
