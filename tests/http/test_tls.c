/* SPDX-License-Identifier: Apache-2.0 */
/* TLS: who is let in, with which certificate, and what goes without it. */
#include "certificate.h"
#include "cmocka_all.h"
#include "fixture.h"
#include "otatool/client.h"
#include "otatool/file.h"
#include "sample_pack.h"
#include "scratch.h"
#include "talk.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE = 300 * 1000 };

static struct fixture fixture;
static uint8_t firmware[SIZE];

#define REQUEST                                                                \
    "GET /notes.txt HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7\r\n"             \
    "Connection: close\r\n\r\n"

static int enter_scratch_folder(void **state)
{
    struct sample_pack sample;
    struct ota_error err;
    (void)state;
    fixture_fill(firmware, SIZE);
    if (!scratch_enter() || mkdir("root", 0755) < 0)
        return -1;
    certificate_make("authority.pem", "authority", NULL);
    certificate_make("server.pem", "server", "authority.pem");
    certificate_make("client.pem", "client", "authority.pem");
    certificate_make("stranger.pem", "stranger", NULL);
    sample_pack_init(&sample, 2);
    bool ok = ota_file_save("root/notes.txt", firmware, SIZE, &err) &&
              ota_file_save("root/fw.v2_to_v3.ota.bin", sample.data,
                            sample.size, &err);
    sample_pack_release(&sample);
    return ok ? 0 : -1;
}

static void start(struct ota_server_options options)
{
    options.certificate = "server.pem";
    fixture_start_with(&fixture, &options);
}

static void check_file(const struct talk *talk)
{
    assert_true(talk->size > SIZE);
    assert_memory_equal(talk->answer, "HTTP/1.1 200 OK\r\n", 17);
    assert_memory_equal(talk->answer + talk->size - SIZE, firmware, SIZE);
}

static void both_versions_are_spoken(void **state)
{
    static const struct {
        const char *priorities;
        gnutls_protocol_t version;
    } cases[] = {
        {"NORMAL:-VERS-ALL:+VERS-TLS1.2", GNUTLS_TLS1_2},
        {"NORMAL:-VERS-ALL:+VERS-TLS1.3", GNUTLS_TLS1_3},
    };
    static struct talk talk;
    (void)state;
    start((struct ota_server_options){0});
    for (size_t i = 0; i < 2; i++) {
        talk = (struct talk){.priorities = cases[i].priorities};
        assert_true(talk_to(&talk, fixture.tls_port, REQUEST));
        assert_int_equal(talk.version, cases[i].version);
        assert_string_equal(talk.name, "server");
        check_file(&talk);
        struct logged logged = fixture_logged(&fixture, i);
        assert_int_equal(logged.end, OTA_SERVER_COMPLETE);
        assert_int_equal(logged.sent, SIZE);
    }
    talk = (struct talk){.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.1"};
    assert_false(talk_to(&talk, fixture.tls_port, REQUEST));
    fixture_stop(&fixture);
}

/* Small devices ask for records that fit into their memory. */
static void small_records_are_kept_to(void **state)
{
    static struct talk talk;
    (void)state;
    start((struct ota_server_options){0});
    talk = (struct talk){.priorities = "NORMAL:-VERS-ALL:+VERS-TLS1.2",
                         .record = 512};
    assert_true(talk_to(&talk, fixture.tls_port, REQUEST));
    check_file(&talk);
    fixture_stop(&fixture);
}

static void a_session_is_resumed(void **state)
{
    static const char *const priorities[] = {"NORMAL:-VERS-ALL:+VERS-TLS1.2",
                                             "NORMAL:-VERS-ALL:+VERS-TLS1.3"};
    static struct talk talk;
    (void)state;
    start((struct ota_server_options){.workers = 2});
    for (size_t i = 0; i < 2; i++) {
        gnutls_datum_t session = {0};
        talk = (struct talk){.priorities = priorities[i], .session = &session};
        assert_true(talk_to(&talk, fixture.tls_port, REQUEST));
        assert_false(talk.was_resumed);
        assert_true(talk_to(&talk, fixture.tls_port, REQUEST));
        assert_true(talk.was_resumed);
        check_file(&talk);
        gnutls_free(session.data);
    }
    fixture_stop(&fixture);
}

/* Waits until new connections see this certificate. */
static void wait_for_name(const char *name)
{
    static struct talk talk;
    for (int i = 0; i < 200; i++) {
        talk = (struct talk){0};
        assert_true(talk_to(&talk, fixture.tls_port, REQUEST));
        if (strcmp(talk.name, name) == 0)
            return;
        usleep(10 * 1000);
    }
    fail_msg("nobody sees the certificate '%s'", name);
}

static void a_new_certificate_needs_no_restart(void **state)
{
    struct ota_error err;
    (void)state;
    start((struct ota_server_options){0});
    wait_for_name("server");
    certificate_make("server.pem", "renewed", "authority.pem");
    fixture_reload(&fixture);
    wait_for_name("renewed");
    assert_int_equal(unlink("server.pem"), 0);
    fixture_reload(&fixture);
    fixture_await_troubles(&fixture, 1);
    wait_for_name("renewed");
    assert_true(ota_file_save("server.pem", "rubbish", 7, &err));
    fixture_reload(&fixture);
    fixture_await_troubles(&fixture, 2);
    wait_for_name("renewed");
    fixture_stop(&fixture);
    certificate_make("server.pem", "server", "authority.pem");
}

static void who_has_no_certificate_stays_outside(void **state)
{
    static const char *const versions[] = {"NORMAL:-VERS-ALL:+VERS-TLS1.2",
                                           "NORMAL:-VERS-ALL:+VERS-TLS1.3"};
    static struct talk talk;
    (void)state;
    start((struct ota_server_options){.client_authority = "authority.pem"});
    for (size_t i = 0; i < 2; i++) {
        talk = (struct talk){.priorities = versions[i]};
        assert_false(talk_to(&talk, fixture.tls_port, REQUEST));
        talk = (struct talk){.priorities = versions[i], .own = "stranger.pem"};
        assert_false(talk_to(&talk, fixture.tls_port, REQUEST));
        talk = (struct talk){.priorities = versions[i], .own = "client.pem"};
        assert_true(talk_to(&talk, fixture.tls_port, REQUEST));
        check_file(&talk);
    }
    fixture_stop(&fixture);
}

static unsigned plain_status(const char *target)
{
    char request[256];
    struct answer answer;
    snprintf(request, sizeof(request),
             "GET %s HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7\r\n\r\n",
             target);
    ask(&fixture, request, &answer);
    answer_release(&answer);
    return answer.status;
}

static void without_tls_only_packs_may_be_had(void **state)
{
    static struct talk talk;
    (void)state;
    start((struct ota_server_options){.old_only_plain = true});
    assert_int_equal(plain_status("/notes.txt"), 403);
    assert_int_equal(plain_status("/"), 403);
    assert_int_equal(plain_status("/fw.v2_to_v3.ota.bin"), 200);
    assert_int_equal(plain_status("/v1/device/rom/?is_format_simple=true"),
                     200);
    assert_int_equal(plain_status("/none"), 404);
    assert_true(talk_to(&talk, fixture.tls_port, REQUEST));
    check_file(&talk);
    fixture_stop(&fixture);
}

static void nothing_may_be_had_without_tls(void **state)
{
    static struct talk talk;
    (void)state;
    start((struct ota_server_options){.has_no_plain = true});
    assert_int_equal(fixture.port, 0);
    assert_true(talk_to(&talk, fixture.tls_port, REQUEST));
    check_file(&talk);
    fixture_stop(&fixture);
}

/* A client that speaks HTTP to the other port, or breaks off. */
static void no_handshake_keeps_a_connection(void **state)
{
    (void)state;
    start((struct ota_server_options){.header_timeout_ms = 400});
    for (int i = 0; i < 3; i++) {
        int fd = fixture_connect_to(fixture.tls_port);
        if (i < 2)
            send_bytes(fd, i ? "\x16\x03\x01\x02" : "GET /", 4);
        char some[100];
        while (recv(fd, some, sizeof(some), 0) > 0)
            ;
        close(fd);
    }
    fixture_stop(&fixture);
}

static void a_key_that_does_not_fit_is_blamed(void **state)
{
    static const char *const keys[] = {"stranger.pem", "root/notes.txt"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct ota_server *server;
        struct ota_error err = {0};
        struct ota_server_options options = {.path = "root",
                                             .address = "127.0.0.1",
                                             .certificate = "server.pem",
                                             .key = keys[i]};
        assert_false(ota_server_new(&server, &options, &err));
        assert_int_equal(err.code, OTA_E_CERTIFICATE_KEY);
        assert_string_equal(err.subject, keys[i]);
    }
}

static void a_client_tells_whom_it_does_not_trust(void **state)
{
    char url[64];
    struct ota_client_request request = {.url = url};
    struct ota_client_sink sink = {0};
    struct ota_client_response response;
    struct ota_error err = {0};
    (void)state;
    start((struct ota_server_options){0});
    snprintf(url, sizeof(url), "https://127.0.0.1:%u/notes.txt",
             fixture.tls_port);
    assert_false(ota_client_send(&request, &sink, &response, &err));
    assert_int_equal(err.code, OTA_E_UNTRUSTED);
    request.is_head = true;
    request.access.ca_file = "server.pem"; /* it is its own authority */
    assert_true(ota_client_send(&request, &sink, &response, &err));
    assert_int_equal(response.status, 200);
    request.access.ca_file = "none.pem";
    assert_false(ota_client_send(&request, &sink, &response, &err));
    assert_int_equal(err.code, OTA_E_CERTIFICATE);
    assert_string_equal(err.subject, "none.pem");
    fixture_stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_versions_are_spoken),
        cmocka_unit_test(small_records_are_kept_to),
        cmocka_unit_test(a_session_is_resumed),
        cmocka_unit_test(a_new_certificate_needs_no_restart),
        cmocka_unit_test(who_has_no_certificate_stays_outside),
        cmocka_unit_test(without_tls_only_packs_may_be_had),
        cmocka_unit_test(nothing_may_be_had_without_tls),
        cmocka_unit_test(no_handshake_keeps_a_connection),
        cmocka_unit_test(a_key_that_does_not_fit_is_blamed),
        cmocka_unit_test(a_client_tells_whom_it_does_not_trust),
    };
    return cmocka_run_group_tests(tests, enter_scratch_folder, NULL);
}
