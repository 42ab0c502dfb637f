/* SPDX-License-Identifier: Apache-2.0 */
#include "../../src/server/service_stream.h"
#include "../../src/server/status_files.h"
#include "cmocka_all.h"
#include "otatool/route.h"
#include "otatool/service.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static const struct ota_service usual = {
    .health = OTA_SERVICE_HEALTH_USUAL,
    .metrics = OTA_SERVICE_METRICS_USUAL,
    .status = OTA_SERVICE_STATUS_USUAL,
};

static struct ota_service for_all_pages(enum ota_audience audience)
{
    return (struct ota_service){audience, audience, audience, "secrets"};
}

static struct service_request ask(const char *path, const char *client)
{
    struct service_request request = {.path = path};
    assert_int_equal(inet_pton(AF_INET6, client, &request.client), 1);
    return request;
}

static const char *const paths[] = {
    "healthz",          "metrics",          "status",
    "status/style.css", "status/script.js", "status/events",
};

enum { PATHS = sizeof(paths) / sizeof(paths[0]) };

static void strangers_see_the_health_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < PATHS; i++) {
        struct service_request request = ask(paths[i], "2001:db8::1");
        assert_int_equal(service_route(&usual, &request),
                         i == 0 ? SERVICE_HEALTH : SERVICE_NONE);
        request = ask(paths[i], "::1");
        assert_int_equal(service_route(&usual, &request), i + 1);
    }
}

static void only_the_exact_paths_are_pages(void **state)
{
    (void)state;
    struct ota_service all = for_all_pages(OTA_AUDIENCE_ALL);
    static const char *const others[] = {
        "",          "status/",        "Status", "metrics2",
        "healthz/x", "status/events/", "/status"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct service_request request = ask(others[i], "::1");
        assert_int_equal(service_route(&all, &request), SERVICE_NONE);
    }
}

static void local_is_who_says_so_by_address_and_name(void **state)
{
    (void)state;
    static const struct {
        const char *client;
        const char *host;
        bool is_forwarded;
        bool expected;
    } cases[] = {
        {"::1", NULL, false, true},
        {"::ffff:127.0.0.1", "localhost", false, true},
        {"::ffff:127.9.8.7", "LOCALHOST:8070", false, true},
        {"::ffff:127.0.0.1", "127.0.0.1:8070", false, true},
        {"::1", "[::1]:8070", false, true},
        {"::1", "[::1]", false, true},
        {"::1", "[::ffff:127.0.0.1]", false, true},
        /* a stranger's name that leads here */
        {"::1", "evil.example", false, false},
        {"::1", "evil.example:8070", false, false},
        {"::1", "localhost.evil.example", false, false},
        {"::1", "127.0.0.1.evil.example", false, false},
        {"::1", "192.0.2.1", false, false},
        {"::1", "[2001:db8::1]", false, false},
        {"::1", "", false, false},
        {"::1", "[", false, false},
        {"::1", "0", false, false},
        {"::1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         false, false},
        /* a proxy */
        {"::1", "localhost", true, false},
        /* not from here */
        {"::", "localhost", false, false},
        {"::2", "localhost", false, false},
        {"::127.0.0.1", "localhost", false, false},
        {"::ffff:128.0.0.1", "localhost", false, false},
        {"::ffff:192.0.2.1", "localhost", false, false},
        {"2001:db8::1", NULL, false, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct service_request request = ask("status", cases[i].client);
        request.host = cases[i].host;
        request.is_forwarded = cases[i].is_forwarded;
        print_message("%s %s\n", cases[i].client,
                      cases[i].host ? cases[i].host : "-");
        assert_int_equal(service_is_local(&request), cases[i].expected);
        assert_int_equal(service_route(&usual, &request),
                         cases[i].expected ? SERVICE_STATUS : SERVICE_NONE);
    }
}

static void each_audience_sees_what_it_may(void **state)
{
    (void)state;
    static const struct {
        enum ota_audience audience;
        const char *client;
        enum auth_verdict verdict;
        bool expected;
    } cases[] = {
        {OTA_AUDIENCE_NONE, "::1", AUTH_OPEN, false},
        {OTA_AUDIENCE_NONE, "::1", AUTH_GRANTED, false},
        {OTA_AUDIENCE_LOCAL, "::1", AUTH_OPEN, true},
        {OTA_AUDIENCE_LOCAL, "::1", AUTH_GRANTED, true},
        {OTA_AUDIENCE_LOCAL, "::1", AUTH_DENIED, false},
        {OTA_AUDIENCE_LOCAL, "2001:db8::1", AUTH_GRANTED, false},
        {OTA_AUDIENCE_AUTH, "::1", AUTH_OPEN, false},
        {OTA_AUDIENCE_AUTH, "::1", AUTH_DENIED, false},
        {OTA_AUDIENCE_AUTH, "2001:db8::1", AUTH_GRANTED, true},
        {OTA_AUDIENCE_ALL, "2001:db8::1", AUTH_OPEN, true},
        {OTA_AUDIENCE_ALL, "2001:db8::1", AUTH_GRANTED, true},
        {OTA_AUDIENCE_ALL, "2001:db8::1", AUTH_DENIED, false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        for (size_t k = 0; k < PATHS; k++) {
            struct ota_service service = for_all_pages(cases[i].audience);
            struct service_request request = ask(paths[k], cases[i].client);
            request.verdict = cases[i].verdict;
            assert_int_equal(service_route(&service, &request) != SERVICE_NONE,
                             cases[i].expected);
        }
}

static void audiences_have_words(void **state)
{
    (void)state;
    enum ota_audience audience = OTA_AUDIENCE_NONE;
    assert_true(ota_service_audience("auth", &audience));
    assert_int_equal(audience, OTA_AUDIENCE_AUTH);
    assert_true(ota_service_audience("local", &audience));
    assert_int_equal(audience, OTA_AUDIENCE_LOCAL);
    assert_true(ota_service_audience("all", &audience));
    assert_true(ota_service_audience("none", &audience));
    assert_false(ota_service_audience("", &audience));
    assert_false(ota_service_audience("Local", &audience));
}

static void a_page_for_nobody_at_all_is_a_mistake(void **state)
{
    (void)state;
    struct ota_service service = for_all_pages(OTA_AUDIENCE_AUTH);
    struct ota_error err;
    struct auth *auth;
    static const char digest[] = " bearer 3c469e9d6c5875d37a43f353d4f88e61"
                                 "fcf812c66eee3457465a40b0da4153e0\n";
    char text[256];
    assert_false(service_check(&service, NULL, &err));
    assert_int_equal(err.code, OTA_E_AUTH_MISSING);
    assert_string_equal(err.part, "healthz");
    strcpy(text, "/status");
    strcat(text, digest);
    assert_true(auth_parse(&auth, text, strlen(text), &err));
    assert_false(service_check(&service, auth, &err));
    service.health = OTA_AUDIENCE_ALL;
    assert_false(service_check(&service, auth, &err));
    assert_string_equal(err.part, "metrics");
    service.metrics = OTA_AUDIENCE_NONE;
    assert_true(service_check(&service, auth, &err));
    assert_true(service_check(&usual, NULL, &err));
    auth_free(auth);
}

/* --- answers
 * ------------------------------------------------------------------ */

static const char *header(const struct service_answer *answer, const char *name)
{
    for (const struct service_header *line = answer->headers; line->name;
         line++)
        if (strcmp(line->name, name) == 0)
            return line->value;
    return "";
}

static struct service_answer answer_to(enum service_page page, const char *path,
                                       bool is_stopping)
{
    static const struct metrics metrics;
    struct service_facts facts = {.metrics = &metrics,
                                  .status = status_new(),
                                  .path = path,
                                  .is_stopping = is_stopping,
                                  .now = 1700000000};
    struct service_answer answer;
    assert_true(service_answer(page, &facts, &answer));
    assert_int_equal(answer.body ? strlen(answer.body) : 0, answer.size);
    size_t lines = 0;
    for (; answer.headers[lines].name; lines++)
        assert_true(strlen(answer.headers[lines].value) < OTA_ROUTE_VALUE);
    assert_true(lines <= OTA_ROUTE_HEADERS);
    assert_string_equal(answer.headers[0].name, "Content-Type");
    assert_string_equal(header(&answer, "Cache-Control"), "no-store");
    assert_string_equal(header(&answer, "X-Content-Type-Options"), "nosniff");
    status_free(facts.status);
    return answer;
}

static void each_page_has_its_type_and_body(void **state)
{
    (void)state;
    static const struct {
        enum service_page page;
        const char *type;
        const char *begin;
    } cases[] = {
        {SERVICE_HEALTH, "text/plain; charset=utf-8", "ok\n"},
        {SERVICE_METRICS, "text/plain; version=0.0.4; charset=utf-8",
         "# HELP otatool_"},
        {SERVICE_STATUS, "text/html; charset=utf-8", "<!DOCTYPE html>"},
        {SERVICE_STYLE, "text/css; charset=utf-8", "/*"},
        {SERVICE_SCRIPT, "text/javascript; charset=utf-8", "/*"},
        {SERVICE_EVENTS, "text/event-stream; charset=utf-8", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct service_answer answer = answer_to(cases[i].page, "/", false);
        assert_int_equal(answer.status, 200);
        assert_string_equal(header(&answer, "Content-Type"), cases[i].type);
        assert_int_equal(answer.is_stream, cases[i].page == SERVICE_EVENTS);
        assert_int_equal(answer.body == NULL, answer.is_stream);
        assert_int_equal(strncmp(answer.body ? answer.body : "", cases[i].begin,
                                 strlen(cases[i].begin)),
                         0);
        free(answer.body);
    }
}

static void the_page_may_run_nothing_but_its_own_script(void **state)
{
    (void)state;
    struct service_answer answer = answer_to(SERVICE_STATUS, "/", false);
    const char *policy = header(&answer, "Content-Security-Policy");
    assert_non_null(strstr(policy, "default-src 'none'"));
    assert_non_null(strstr(policy, "script-src 'self'"));
    assert_non_null(strstr(policy, "frame-ancestors 'none'"));
    assert_null(strstr(policy, "unsafe"));
    free(answer.body);
}

static void health_is_503_where_it_is_not_well(void **state)
{
    (void)state;
    struct service_answer answer =
        answer_to(SERVICE_HEALTH, "/no/such/folder", false);
    assert_int_equal(answer.status, 503);
    assert_string_equal(answer.body, "the files to serve cannot be read\n");
    free(answer.body);
    answer = answer_to(SERVICE_HEALTH, "/", true);
    assert_int_equal(answer.status, 503);
    assert_string_equal(answer.body, "the server is stopping\n");
    free(answer.body);
}

/* --- events
 * -------------------------------------------------------------------- */

static void a_stream_has_an_event_a_second(void **state)
{
    (void)state;
    char text[4096];
    atomic_uint viewers = 0;
    struct service_facts facts = {.status = status_new(), .now_ms = 5000};
    struct service_stream *stream = service_stream_new(&viewers);
    size_t size = service_stream_read(stream, &facts, text, sizeof(text));
    assert_true(size > 0 && size < sizeof(text));
    assert_int_equal(strncmp(text, "data: {", 7), 0);
    assert_int_equal(strncmp(text + size - 3, "}\n\n", 3), 0);
    assert_int_equal(service_stream_read(stream, &facts, text, sizeof(text)),
                     0);
    assert_int_equal(stream->wake_ms, 6000);
    facts.now_ms = 5999;
    assert_int_equal(service_stream_read(stream, &facts, text, sizeof(text)),
                     0);
    facts.now_ms = 6000;
    assert_int_equal(service_stream_read(stream, &facts, text, sizeof(text)),
                     size);
    service_stream_free(stream);
    status_free(facts.status);
}

static void a_slow_viewer_gets_whole_events(void **state)
{
    (void)state;
    char whole[4096];
    char pieces[4096];
    atomic_uint viewers = 0;
    struct service_facts facts = {.status = status_new(), .now_ms = 1000};
    struct service_stream *stream = service_stream_new(&viewers);
    size_t size = service_stream_read(stream, &facts, whole, sizeof(whole));
    facts.now_ms = 2000;
    for (size_t at = 0; at < size; at++) {
        assert_int_equal(service_stream_read(stream, &facts, pieces + at, 1),
                         1);
        facts.now_ms += 100; /* longer than to the next one */
    }
    assert_memory_equal(pieces, whole, size);
    assert_int_equal(service_stream_read(stream, &facts, pieces, 6), 6);
    assert_memory_equal(pieces, "data: ", 6);
    service_stream_free(stream);
    status_free(facts.status);
}

static void viewers_are_limited(void **state)
{
    (void)state;
    struct service_stream *streams[SERVICE_VIEWERS];
    atomic_uint viewers = 0;
    for (int i = 0; i < SERVICE_VIEWERS; i++)
        assert_non_null(streams[i] = service_stream_new(&viewers));
    assert_null(service_stream_new(&viewers));
    service_stream_free(streams[0]);
    assert_non_null(streams[0] = service_stream_new(&viewers));
    for (int i = 0; i < SERVICE_VIEWERS; i++)
        service_stream_free(streams[i]);
    service_stream_free(NULL);
    assert_int_equal(atomic_load(&viewers), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strangers_see_the_health_alone),
        cmocka_unit_test(only_the_exact_paths_are_pages),
        cmocka_unit_test(local_is_who_says_so_by_address_and_name),
        cmocka_unit_test(each_audience_sees_what_it_may),
        cmocka_unit_test(audiences_have_words),
        cmocka_unit_test(a_page_for_nobody_at_all_is_a_mistake),
        cmocka_unit_test(each_page_has_its_type_and_body),
        cmocka_unit_test(the_page_may_run_nothing_but_its_own_script),
        cmocka_unit_test(health_is_503_where_it_is_not_well),
        cmocka_unit_test(a_stream_has_an_event_a_second),
        cmocka_unit_test(a_slow_viewer_gets_whole_events),
        cmocka_unit_test(viewers_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
