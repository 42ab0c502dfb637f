/* SPDX-License-Identifier: Apache-2.0 */
/* Answers without an end, and lines of a header that should not be kept. */
#include "cmocka_all.h"
#include "otatool/fetch.h"
#include "otatool/file.h"
#include "otatool/probe.h"
#include "scratch.h"
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ENDLESS "\r\n\r\n"

static const struct ota_client_access nobody;

struct server {
    pid_t process;
    char url[64];
};

static void answer(int fd, const char *text)
{
    static const char filler[4096];
    char request[4096];
    size_t size = strlen(text);
    bool is_endless = size >= 4 && strcmp(text + size - 4, ENDLESS) == 0;
    if (read(fd, request, sizeof(request)) <= 0 ||
        write(fd, text, size) != (ssize_t)size)
        return;
    if (strncmp(request, "HEAD", 4) == 0)
        return;
    while (is_endless && write(fd, filler, sizeof(filler)) > 0)
        ;
}

/* Gives the texts in turn, then the last one for ever; a text that is but a
 * header is followed by an endless body. */
static void serve(int listener, const char *const *texts)
{
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            _exit(0);
        answer(fd, texts[0]);
        close(fd);
        if (texts[1])
            texts++;
    }
}

static void start(struct server *server, const char *const *texts)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, 8), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%u/fw.bin",
             ntohs(address.sin_port));
    server->process = fork();
    assert_true(server->process >= 0);
    if (server->process == 0)
        serve(fd, texts);
    close(fd);
}

static void stop(const struct server *server)
{
    kill(server->process, SIGKILL);
    waitpid(server->process, NULL, 0);
}

static int enter_scratch_folder(void **state)
{
    (void)state;
    return scratch_enter() ? 0 : -1;
}

static enum ota_code fetch(const char *const *texts)
{
    struct server server;
    struct ota_fetch_result result;
    struct ota_error err = {0};
    start(&server, texts);
    struct ota_fetch_options options = {.url = server.url,
                                        .output = "fw.bin",
                                        .retries = 1,
                                        .backoff_ms = 1,
                                        .stall_seconds = 1};
    bool ok = ota_fetch(&options, &result, &err);
    stop(&server);
    return ok ? OTA_OK : err.code;
}

static void an_error_page_without_end_is_left(void **state)
{
    (void)state;
    static const char *const texts[] = {"HTTP/1.1 500 Oops" ENDLESS, NULL};
    assert_int_equal(fetch(texts), OTA_E_HTTP_STATUS);
    assert_int_equal(access("fw.bin", F_OK), -1);
}

static void a_probe_of_an_endless_body_ends(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "HTTP/1.1 200 OK\r\ntransfer-encoding: identity" ENDLESS, NULL};
    struct server server;
    struct ota_probe probe;
    struct ota_error err;
    start(&server, texts);
    (void)!ota_probe_server(&probe, server.url, &nobody, 1000, &err);
    stop(&server);
    assert_false(probe.is_usable);
}

static void an_encoding_in_small_letters_is_seen(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n"
        "content-encoding: gzip\r\n\r\nabc",
        NULL};
    struct server server;
    struct ota_probe probe;
    struct ota_error err;
    start(&server, texts);
    assert_true(ota_probe_server(&probe, server.url, &nobody, 1000, &err));
    stop(&server);
    for (size_t i = 0; i < OTA_PROBE_CHECKS; i++)
        if (strcmp(ota_probe_checks[i].id, "plain") == 0)
            assert_int_equal(probe.results[i].verdict, OTA_PROBE_BROKEN);
}

/* Without a validator the whole is asked for again, and what comes then
 * begins at 0, whatever its status. */
static void a_range_nobody_asked_for_is_not_appended(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc",
        "HTTP/1.1 206 Part\r\nContent-Length: 6\r\n"
        "Content-Range: bytes 0-5/6\r\n\r\nuvwxyz",
        NULL};
    struct ota_file file;
    struct ota_error err;
    assert_int_equal(fetch(texts), OTA_OK);
    assert_true(ota_file_load(&file, "fw.bin", 6, &err));
    assert_int_equal(file.size, 6);
    assert_memory_equal(file.data, "uvwxyz", 6);
    ota_file_release(&file);
    unlink("fw.bin");
}

static void a_validator_of_odd_bytes_is_not_kept(void **state)
{
    (void)state;
    static const char *const lines[] = {"ETag: \"\xe9\"\r\n",
                                        "ETag: \"a\tb\"\r\n"};
    for (size_t i = 0; i < 2; i++) {
        struct ota_client_response response = {0};
        ota_client_header(&response, lines[i], strlen(lines[i]));
        assert_string_equal(response.etag, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_error_page_without_end_is_left),
        cmocka_unit_test(a_probe_of_an_endless_body_ends),
        cmocka_unit_test(an_encoding_in_small_letters_is_seen),
        cmocka_unit_test(a_range_nobody_asked_for_is_not_appended),
        cmocka_unit_test(a_validator_of_odd_bytes_is_not_kept),
    };
    return cmocka_run_group_tests(tests, enter_scratch_folder, NULL);
}
