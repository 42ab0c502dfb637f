/* SPDX-License-Identifier: Apache-2.0 */
/* The pages about the server, and secrets, as clients of the real server find
 * them, over plain HTTP and over TLS. */
#include "certificate.h"
#include "cmocka_all.h"
#include "fixture.h"
#include "otatool/file.h"
#include "scratch.h"
#include "talk.h"
#include <nettle/base64.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SIZE = 200 * 1000 };

#define TOKEN "0123456789abcdef0123456789abcdef"
#define USER "viewer:0123456789abcdef"
#define WITH_TOKEN "Authorization: Bearer " TOKEN "\r\n"

static struct fixture fixture;
static uint8_t firmware[SIZE];
static char with_user[128];

/* --- asking -------------------------------------------------------------- */

/* An answer over either port. */
struct page {
    unsigned status;
    const char *header;
    const char *body;
};

/* Host: in headers makes it another request than a local one. */
static const char *request_for(const char *path, const char *headers)
{
    static char request[1024];
    snprintf(request, sizeof(request),
             "GET %s HTTP/1.1\r\n%sUser-Agent: curl/7\r\n"
             "Connection: close\r\n%s\r\n",
             path, strstr(headers, "Host:") ? "" : "Host: localhost\r\n",
             headers);
    return request;
}

static struct page page_of(const char *text)
{
    struct page page = {.header = text};
    const char *end = strstr(text, "\r\n\r\n");
    assert_non_null(end);
    assert_int_equal(sscanf(text, "HTTP/1.1 %u ", &page.status), 1);
    page.body = end + 4;
    return page;
}

static struct page get(bool is_secure, const char *path, const char *headers)
{
    static struct talk talk;
    const char *request = request_for(path, headers);
    if (is_secure) {
        talk = (struct talk){0};
        assert_true(talk_to(&talk, fixture.tls_port, request));
    } else {
        int fd = fixture_connect(&fixture, 0);
        send_text(fd, request);
        talk.size = 0;
        ssize_t n;
        while ((n = read(fd, talk.answer + talk.size, TALK_MOST - talk.size)) >
               0)
            talk.size += (size_t)n;
        talk.answer[talk.size] = '\0';
        close(fd);
    }
    return page_of((const char *)talk.answer);
}

static void expect(const char *path, const char *headers, unsigned status)
{
    for (int is_secure = 0; is_secure < 2; is_secure++) {
        struct page page = get(is_secure, path, headers);
        if (page.status != status)
            fail_msg("%s %s%s: %u and not %u", is_secure ? "TLS" : "plain",
                     path, headers, page.status, status);
    }
}

static void start(struct ota_server_options options)
{
    options.certificate = "server.pem";
    fixture_start_with(&fixture, &options);
}

/* --- secrets -------------------------------------------------------------- */

static void add_rule(FILE *file, const char *path, const char *scheme,
                     const char *secret)
{
    struct sha256_ctx hash;
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_init(&hash);
    sha256_update(&hash, strlen(secret), (const uint8_t *)secret);
    sha256_digest(&hash, sizeof(digest), digest);
    fprintf(file, "%s %s ", path, scheme);
    for (size_t i = 0; i < sizeof(digest); i++)
        fprintf(file, "%02x", digest[i]);
    fputs("\n", file);
}

static void write_secrets(const char *token)
{
    FILE *file = fopen("secrets", "w");
    assert_non_null(file);
    add_rule(file, "/beta", "bearer", token);
    add_rule(file, "/beta/lab", "basic", USER);
    add_rule(file, "/metrics", "bearer", token);
    add_rule(file, "/status", "basic", USER);
    add_rule(file, "/status", "bearer", token);
    assert_int_equal(fclose(file), 0);
}

static void make_user(void)
{
    char encoded[64];
    base64_encode_raw(encoded, strlen(USER), (const uint8_t *)USER);
    encoded[BASE64_ENCODE_RAW_LENGTH(strlen(USER))] = '\0';
    snprintf(with_user, sizeof(with_user), "Authorization: Basic %s\r\n",
             encoded);
}

static int enter_scratch_folder(void **state)
{
    struct ota_error err;
    (void)state;
    fixture_fill(firmware, SIZE);
    if (!scratch_enter() || mkdir("root", 0755) < 0 ||
        mkdir("root/beta", 0755) < 0 || mkdir("root/beta/lab", 0755) < 0)
        return -1;
    certificate_make("server.pem", "server", NULL);
    make_user();
    write_secrets(TOKEN);
    return ota_file_save("root/fw.bin", firmware, SIZE, &err) &&
                   ota_file_save("root/beta/fw.bin", firmware, SIZE, &err) &&
                   ota_file_save("root/beta/lab/fw.bin", firmware, SIZE, &err)
               ? 0
               : -1;
}

static void a_secret_opens_its_paths_and_no_others(void **state)
{
    (void)state;
    static const char wrong[] = "Authorization: Bearer 0123\r\n";
    start((struct ota_server_options){.service = {.secrets = "secrets"}});
    expect("/fw.bin", "", 200);
    expect("/fw.bin", wrong, 200);
    expect("/beta/fw.bin", "", 401);
    expect("/beta/fw.bin", wrong, 401);
    expect("/beta/fw.bin", with_user, 401);
    expect("/beta/fw.bin", WITH_TOKEN, 200);
    expect("/beta/", "", 401);
    expect("/beta/none", "", 401);
    expect("/beta/none", WITH_TOKEN, 404);
    expect("/be%74a/fw.bin", "", 401);
    expect("//beta/fw.bin", "", 401);
    expect("/betamax", "", 404);
    /* The longest path counts, and it alone. */
    expect("/beta/lab/fw.bin", WITH_TOKEN, 401);
    expect("/beta/lab/fw.bin", with_user, 200);
    fixture_stop(&fixture);
}

static void who_lacks_one_is_told_its_kind(void **state)
{
    (void)state;
    start((struct ota_server_options){.service = {.secrets = "secrets"}});
    for (int is_secure = 0; is_secure < 2; is_secure++) {
        struct page page = get(is_secure, "/beta/fw.bin", "");
        assert_non_null(
            strstr(page.header, "\r\nWWW-Authenticate: Bearer\r\n"));
        page = get(is_secure, "/beta/lab/fw.bin", "");
        assert_non_null(strstr(page.header, "\r\nWWW-Authenticate: Basic "));
        assert_null(strstr(page.body, TOKEN));
    }
    fixture_stop(&fixture);
}

static void secrets_change_without_a_restart(void **state)
{
    struct ota_error err;
    (void)state;
    start((struct ota_server_options){.service = {.secrets = "secrets"}});
    expect("/beta/fw.bin", WITH_TOKEN, 200);
    write_secrets("another");
    fixture_reload(&fixture);
    for (int i = 0; get(false, "/beta/fw.bin", WITH_TOKEN).status != 401; i++) {
        assert_true(i < 500);
        usleep(10 * 1000);
    }
    expect("/beta/fw.bin", "Authorization: Bearer another\r\n", 200);
    /* What cannot be read opens nothing. */
    assert_true(ota_file_save("secrets", "rubbish", 7, &err));
    fixture_reload(&fixture);
    fixture_await_troubles(&fixture, 1);
    assert_int_equal(unlink("secrets"), 0);
    fixture_reload(&fixture);
    fixture_await_troubles(&fixture, 2);
    expect("/beta/fw.bin", "", 401);
    expect("/beta/fw.bin", "Authorization: Bearer another\r\n", 200);
    fixture_stop(&fixture);
    write_secrets(TOKEN);
}

/* --- who sees the pages ----------------------------------------------------
 */

static const char *const pages[] = {"/healthz", "/metrics", "/status",
                                    "/status/style.css", "/status/script.js"};

#define ELSEWHERE "Host: updates.example\r\n"
#define FORWARDED "Host: localhost\r\nX-Forwarded-For: 192.0.2.1\r\n"

static void expect_pages(const char *headers, unsigned status)
{
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        expect(pages[i], headers, status);
}

static void start_for(enum ota_audience audience, const char *secrets)
{
    start((struct ota_server_options){.service = {.health = audience,
                                                  .metrics = audience,
                                                  .status = audience,
                                                  .secrets = secrets}});
}

static void pages_for_nobody_are_not_there(void **state)
{
    (void)state;
    start_for(OTA_AUDIENCE_NONE, NULL);
    expect_pages("", 404);
    expect("/status/events", "", 404);
    fixture_stop(&fixture);
}

static void pages_for_this_machine_are_seen_from_it(void **state)
{
    (void)state;
    start_for(OTA_AUDIENCE_LOCAL, NULL);
    expect_pages("", 200);
    expect_pages("Host: 127.0.0.1:8070\r\n", 200);
    expect_pages(ELSEWHERE, 404);
    expect_pages(FORWARDED, 404);
    expect("/status/events", FORWARDED, 404);
    fixture_stop(&fixture);
}

static void pages_for_everybody_are_seen_from_everywhere(void **state)
{
    (void)state;
    start_for(OTA_AUDIENCE_ALL, NULL);
    expect_pages("", 200);
    expect_pages(ELSEWHERE, 200);
    expect_pages(FORWARDED, 200);
    fixture_stop(&fixture);
}

static void pages_may_demand_a_secret(void **state)
{
    (void)state;
    start((struct ota_server_options){.service = {.health = OTA_AUDIENCE_ALL,
                                                  .metrics = OTA_AUDIENCE_AUTH,
                                                  .status = OTA_AUDIENCE_AUTH,
                                                  .secrets = "secrets"}});
    expect("/healthz", FORWARDED, 200);
    for (size_t i = 1; i < sizeof(pages) / sizeof(pages[0]); i++) {
        expect(pages[i], "", 401); /* from this machine too */
        expect(pages[i], WITH_TOKEN, 200);
        expect(pages[i], WITH_TOKEN FORWARDED, 200);
    }
    expect("/metrics", with_user, 401);
    expect("/status", with_user, 200);
    expect("/status/events", "", 401);
    fixture_stop(&fixture);
}

/* What a browser must neither keep nor guess. */
static void each_page_says_what_it_is(void **state)
{
    static const char *const types[] = {
        "text/plain; charset=utf-8",
        "text/plain; version=0.0.4; charset=utf-8",
        "text/html; charset=utf-8",
        "text/css; charset=utf-8",
        "text/javascript; charset=utf-8",
    };
    (void)state;
    start_for(OTA_AUDIENCE_LOCAL, NULL);
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        char line[128];
        struct page page = get(false, pages[i], "");
        snprintf(line, sizeof(line), "\r\nContent-Type: %s\r\n", types[i]);
        assert_non_null(strstr(page.header, line));
        assert_non_null(strstr(page.header, "\r\nCache-Control: no-store\r\n"));
        assert_non_null(
            strstr(page.header, "\r\nX-Content-Type-Options: nosniff\r\n"));
    }
    assert_string_equal(get(false, "/healthz", "").body, "ok\n");
    assert_int_equal(rename("root", "elsewhere"), 0);
    struct page page = get(false, "/healthz", "");
    assert_int_equal(page.status, 503);
    assert_string_equal(page.body, "the files to serve cannot be read\n");
    assert_int_equal(rename("elsewhere", "root"), 0);
    expect("/healthz", "", 200);
    fixture_stop(&fixture);
}

/* --- metrics ----------------------------------------------------------------
 */

/* The number behind a name and its labels, or -1. */
static double metric(const char *text, const char *name)
{
    char line[128];
    snprintf(line, sizeof(line), "\n%s ", name);
    const char *at = strstr(text, line);
    return at ? strtod(at + strlen(line), NULL) : -1;
}

static size_t name_length(const char *text)
{
    return strspn(text, "abcdefghijklmnopqrstuvwxyz"
                        "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
}

/* {name="value",...}; the names are those that tell no device from another.
 * Returns what follows. */
static const char *check_labels(const char *at)
{
    static const char *const known[] = {"family", "status", "end", "le"};
    do {
        size_t length = name_length(++at);
        bool is_known = false;
        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
            is_known |= strlen(known[i]) == length &&
                        strncmp(at, known[i], length) == 0;
        assert_true(is_known);
        at += length;
        assert_memory_equal(at, "=\"", 2);
        at += 2;
        at += strcspn(at, "\"\\\n");
        assert_int_equal(*at++, '"');
    } while (*at == ',');
    assert_int_equal(*at, '}');
    return at + 1;
}

/* A sample belongs to the family of the # TYPE line above it. */
static void check_sample(const char *line, const char *family, const char *type)
{
    static const char *const endings[] = {"_bucket", "_sum", "_count"};
    size_t length = name_length(line);
    size_t base = strlen(family);
    char *end;
    assert_true(length >= base && strncmp(line, family, base) == 0);
    bool is_whole = length == base;
    for (size_t i = 0; strcmp(type, "histogram") == 0 && i < 3; i++)
        is_whole |= length == base + strlen(endings[i]) &&
                    strncmp(line + base, endings[i], length - base) == 0;
    assert_true(is_whole);
    line += length;
    if (*line == '{')
        line = check_labels(line);
    assert_int_equal(*line, ' ');
    assert_true(strtod(line + 1, &end) >= 0);
    assert_int_equal(*end, '\0');
}

/* The text format 0.0.4: HELP, TYPE and samples of one family after another. */
static size_t check_format(const char *text)
{
    char family[64] = "";
    char helped[64] = "";
    char type[16] = "";
    size_t families = 0;
    char *copy = strdup(text);
    assert_int_equal(text[strlen(text) - 1], '\n');
    for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n")) {
        if (sscanf(line, "# HELP %63s %*s", helped) == 1)
            continue;
        if (sscanf(line, "# TYPE %63s %15s", family, type) == 2) {
            assert_string_equal(family, helped);
            assert_true(strcmp(type, "counter") == 0 ||
                        strcmp(type, "gauge") == 0 ||
                        strcmp(type, "histogram") == 0);
            families++;
            continue;
        }
        check_sample(line, family, type);
    }
    free(copy);
    return families;
}

static void ask_for_traffic(void)
{
    struct answer answer;
    for (int i = 0; i < 3; i++) {
        ask(&fixture,
            "GET /fw.bin HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7\r\n\r\n",
            &answer);
        answer_release(&answer);
    }
    ask(&fixture,
        "GET /fw.bin HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7\r\n"
        "Range: bytes=0-999\r\n\r\n",
        &answer);
    answer_release(&answer);
    ask(&fixture,
        "GET /192.0.2.7.bin HTTP/1.1\r\nHost: x\r\n"
        "User-Agent: ESP8266-http-Update\r\n"
        "x-ESP8266-STA-MAC: 5C:CF:7F:01:02:03\r\n\r\n",
        &answer);
    answer_release(&answer);
    fixture_logged(&fixture, 4); /* the last of them is told */
}

static void metrics_count_what_happened(void **state)
{
    (void)state;
    start_for(OTA_AUDIENCE_LOCAL, NULL);
    ask_for_traffic();
    const char *text = get(false, "/metrics", "").body;
    static const struct {
        const char *name;
        double value;
    } lines[] = {
        {"otatool_connections_limit", 100},
        {"otatool_transfers_running", 0},
        {"otatool_connections_accepted_total", 6},
        {"otatool_connections_refused_total", 0},
        {"otatool_requests_total{family=\"tool\",status=\"2xx\"}", 4},
        {"otatool_requests_total{family=\"tool\",status=\"4xx\"}", 0},
        {"otatool_requests_total{family=\"arduino\",status=\"4xx\"}", 1},
        {"otatool_transfers_total{family=\"tool\",end=\"complete\"}", 4},
        {"otatool_transfers_total{family=\"tool\",end=\"timed out\"}", 0},
        {"otatool_sent_bytes_total{family=\"tool\"}", 3 * SIZE + 1000},
        {"otatool_sent_bytes_total{family=\"nonos\"}", 0},
        {"otatool_transfer_seconds_bucket{le=\"+Inf\"}", 4},
        {"otatool_transfer_seconds_count", 4},
    };
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        double value = metric(text, lines[i].name);
        if (value != lines[i].value)
            fail_msg("%s is %g and not %g", lines[i].name, value,
                     lines[i].value);
    }
    assert_true(metric(text, "otatool_start_time_seconds") > 1e9);
    fixture_stop(&fixture);
}

static void metrics_are_in_the_format_and_name_no_device(void **state)
{
    (void)state;
    start_for(OTA_AUDIENCE_LOCAL, NULL);
    ask_for_traffic();
    for (int is_secure = 0; is_secure < 2; is_secure++) {
        const char *text = get(is_secure, "/metrics", "").body;
        assert_int_equal(check_format(text), 10);
        assert_null(strstr(text, "192.0.2.7"));
        assert_null(strstr(text, "127.0.0.1"));
        assert_null(strstr(text, "5C:CF"));
        assert_null(strstr(text, "fw.bin"));
    }
    fixture_stop(&fixture);
}

static void a_flood_is_counted(void **state)
{
    enum { SHARE = 2, BEYOND = 16, FLOOD = 40 };
    int fds[SHARE + BEYOND];
    (void)state;
    start((struct ota_server_options){
        .connections_per_address = SHARE,
        .service = {.metrics = OTA_AUDIENCE_LOCAL}});
    for (int i = 0; i < SHARE + BEYOND; i++)
        fds[i] = fixture_connect(&fixture, 0);
    usleep(200 * 1000); /* they are accepted */
    for (int i = 0; i < FLOOD; i++) {
        int fd = fixture_connect(&fixture, 0);
        assert_true(is_at_end(fd));
        close(fd);
    }
    send_text(fds[0], request_for("/metrics", ""));
    struct answer answer;
    read_answer(fds[0], true, &answer);
    const char *text = (const char *)answer.body;
    assert_true(metric(text, "otatool_connections_refused_total") == FLOOD);
    assert_true(metric(text, "otatool_connections_accepted_total") ==
                SHARE + BEYOND);
    answer_release(&answer);
    for (int i = 0; i < SHARE + BEYOND; i++)
        close(fds[i]);
    fixture_stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_secret_opens_its_paths_and_no_others),
        cmocka_unit_test(who_lacks_one_is_told_its_kind),
        cmocka_unit_test(secrets_change_without_a_restart),
        cmocka_unit_test(pages_for_nobody_are_not_there),
        cmocka_unit_test(pages_for_this_machine_are_seen_from_it),
        cmocka_unit_test(pages_for_everybody_are_seen_from_everywhere),
        cmocka_unit_test(pages_may_demand_a_secret),
        cmocka_unit_test(each_page_says_what_it_is),
        cmocka_unit_test(metrics_count_what_happened),
        cmocka_unit_test(metrics_are_in_the_format_and_name_no_device),
        cmocka_unit_test(a_flood_is_counted),
    };
    return cmocka_run_group_tests(tests, enter_scratch_folder, NULL);
}
