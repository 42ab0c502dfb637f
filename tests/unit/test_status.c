/* SPDX-License-Identifier: Apache-2.0 */
#include "../../src/server/escape.h"
#include "../../src/server/status.h"
#include "cmocka_all.h"
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static struct ota_server_transfer download(const char *client)
{
    return (struct ota_server_transfer){.began = 1700000000,
                                        .client = client,
                                        .target = "/user1.bin",
                                        .family = "nonos",
                                        .file = "pack for user1",
                                        .reason = "a pack",
                                        .status = 200,
                                        .asked = 400000};
}

static unsigned begin(struct status *status,
                      const struct ota_server_transfer *transfer,
                      uint64_t now_ms)
{
    status_begin(status);
    return status_show(status, transfer, now_ms);
}

static struct status_view *look(struct status *status, uint64_t now_ms)
{
    static struct status_view view;
    status_look(status, now_ms, &view);
    return &view;
}

static void a_download_is_seen_from_begin_to_end(void **state)
{
    (void)state;
    struct status *status = status_new();
    struct ota_server_transfer transfer = download("192.0.2.7");
    unsigned ticket = begin(status, &transfer, 1000);
    assert_int_not_equal(ticket, 0);
    status_progress(status, ticket, 100000);
    const struct status_view *view = look(status, 1500);
    assert_int_equal(view->running, 1);
    assert_int_equal(view->download_count, 1);
    const struct status_download *seen = &view->downloads[0];
    assert_string_equal(seen->what.client, "192.0.2.7");
    assert_string_equal(seen->what.family, "nonos");
    assert_string_equal(seen->what.file, "pack for user1");
    assert_string_equal(seen->what.target, "/user1.bin");
    assert_int_equal(seen->what.size, 400000);
    assert_int_equal(seen->what.began, 1700000000);
    assert_int_equal(seen->sent, 100000);
    transfer.sent = 400000;
    status_end(status, ticket, &transfer);
    view = look(status, 2000);
    assert_int_equal(view->running, 0);
    assert_int_equal(view->download_count, 0);
    assert_int_equal(view->completed, 1);
    assert_int_equal(view->failed, 0);
    status_free(status);
}

static void a_rate_is_that_of_the_last_second_at_least(void **state)
{
    (void)state;
    struct status *status = status_new();
    struct ota_server_transfer transfer = download("192.0.2.7");
    unsigned ticket = begin(status, &transfer, 1000);
    status_progress(status, ticket, 20000);
    assert_int_equal(look(status, 1999)->downloads[0].rate, 0);
    assert_int_equal(look(status, 2000)->downloads[0].rate, 20000);
    status_progress(status, ticket, 30000);
    assert_int_equal(look(status, 2500)->downloads[0].rate, 20000);
    assert_int_equal(look(status, 4000)->downloads[0].rate, 5000);
    assert_int_equal(look(status, 6000)->downloads[0].rate, 0);
    assert_int_equal(look(status, 5000)->downloads[0].rate, 0);
    status_end(status, ticket, &transfer);
    status_free(status);
}

static void a_place_is_used_again_without_what_was_there(void **state)
{
    (void)state;
    struct status *status = status_new();
    struct ota_server_transfer transfer = download("192.0.2.7");
    unsigned ticket = begin(status, &transfer, 0);
    status_progress(status, ticket, 300000);
    uint64_t first = look(status, 2000)->downloads[0].id;
    status_end(status, ticket, &transfer);
    transfer = download("192.0.2.8");
    assert_int_equal(begin(status, &transfer, 5000), ticket);
    const struct status_download *seen = &look(status, 6000)->downloads[0];
    assert_int_not_equal(seen->id, first);
    assert_int_equal(seen->sent, 0);
    assert_int_equal(seen->rate, 0);
    assert_string_equal(seen->what.client, "192.0.2.8");
    status_free(status);
}

static void more_downloads_than_places_are_counted(void **state)
{
    (void)state;
    struct status *status = status_new();
    struct ota_server_transfer transfer = download("192.0.2.7");
    for (unsigned i = 0; i < STATUS_DOWNLOADS; i++)
        assert_int_equal(begin(status, &transfer, 0), i + 1);
    assert_int_equal(begin(status, &transfer, 0), 0);
    status_progress(status, 0, 5);
    assert_int_equal(look(status, 0)->running, STATUS_DOWNLOADS + 1);
    assert_int_equal(look(status, 0)->download_count, STATUS_DOWNLOADS);
    status_end(status, 0, &transfer);
    assert_int_equal(look(status, 0)->running, STATUS_DOWNLOADS);
    status_end(status, 3, &transfer);
    assert_int_equal(begin(status, &transfer, 0), 3);
    const struct status_view *view = look(status, 0);
    for (size_t i = 1; i < view->download_count; i++)
        assert_true(view->downloads[i - 1].id < view->downloads[i].id);
    status_free(status);
}

static void the_last_failures_are_remembered(void **state)
{
    (void)state;
    struct status *status = status_new();
    for (unsigned i = 0; i < STATUS_FAILURES + 3; i++) {
        struct ota_server_transfer transfer = download("192.0.2.7");
        unsigned ticket = begin(status, &transfer, 0);
        transfer.end = OTA_SERVER_TIMED_OUT;
        transfer.sent = i;
        status_end(status, ticket, &transfer);
    }
    struct ota_server_transfer refused = download("192.0.2.9");
    refused.status = 404;
    refused.reason = "nothing tells what is safe";
    status_refused(status, &refused);
    const struct status_view *view = look(status, 0);
    assert_int_equal(view->running, 0);
    assert_int_equal(view->failed, STATUS_FAILURES + 4);
    assert_int_equal(view->failure_count, STATUS_FAILURES);
    assert_int_equal(view->failures[0].status, 404);
    assert_string_equal(view->failures[0].reason, "nothing tells what is safe");
    assert_int_equal(view->failures[1].sent, STATUS_FAILURES + 2);
    assert_int_equal(view->failures[1].end, OTA_SERVER_TIMED_OUT);
    assert_int_equal(view->failures[STATUS_FAILURES - 1].sent, 4);
    status_free(status);
}

static void what_is_not_known_is_a_dash(void **state)
{
    (void)state;
    struct status *status = status_new();
    struct ota_server_transfer nothing = {.end = OTA_SERVER_STOPPED};
    status_refused(status, &nothing);
    const struct status_what *what = &look(status, 0)->failures[0].what;
    assert_string_equal(what->client, "-");
    assert_string_equal(what->target, "-");
    assert_string_equal(what->file, "-");
    assert_string_equal(what->family, "unknown");
    status_free(status);
}

static void a_copy_is_plain_ascii_and_fits(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        {"", ""},
        {"abcdefghijk", "abcdefghijk"},
        {"abcdefghijkl", "abcdefghijkl"},
        {"abcdefghijklm", "abcdefghijkl..."},
        {"a\nb", "a\\x0ab"},
        {"\"\\", "\\x22\\x5c"},
        {"\xc3\xa4\x7f", "\\xc3\\xa4\\x7f"},
        {"\xc3\xa4\x7f\x01", "\\xc3\\xa4\\x7f..."},
        {"<b>&'", "<b>&'"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char copy[16];
        escape_copy(copy, sizeof(copy), cases[i].text);
        assert_string_equal(copy, cases[i].expected);
    }
}

enum { THREADS = 4, ROUNDS = 500 };

static void *download_many(void *context)
{
    struct status *status = context;
    struct ota_server_transfer transfer = download("192.0.2.7");
    for (int i = 0; i < ROUNDS; i++) {
        unsigned ticket = begin(status, &transfer, 0);
        status_progress(status, ticket, (uint64_t)i);
        transfer.end = i % 2 ? OTA_SERVER_COMPLETE : OTA_SERVER_CLIENT_CLOSED;
        status_end(status, ticket, &transfer);
    }
    return NULL;
}

static void threads_lose_no_download(void **state)
{
    (void)state;
    struct status *status = status_new();
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, download_many, status), 0);
    for (int i = 0; i < ROUNDS; i++)
        look(status, (uint64_t)i * 100);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    const struct status_view *view = look(status, 0);
    assert_int_equal(view->running, 0);
    assert_int_equal(view->download_count, 0);
    assert_int_equal(view->completed, THREADS * ROUNDS / 2);
    assert_int_equal(view->failed, THREADS * ROUNDS / 2);
    status_free(status);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_download_is_seen_from_begin_to_end),
        cmocka_unit_test(a_rate_is_that_of_the_last_second_at_least),
        cmocka_unit_test(a_place_is_used_again_without_what_was_there),
        cmocka_unit_test(more_downloads_than_places_are_counted),
        cmocka_unit_test(the_last_failures_are_remembered),
        cmocka_unit_test(what_is_not_known_is_a_dash),
        cmocka_unit_test(a_copy_is_plain_ascii_and_fits),
        cmocka_unit_test(threads_lose_no_download),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
