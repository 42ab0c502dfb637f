/* SPDX-License-Identifier: Apache-2.0 */
/* What happens while bytes move: changes of the file, ends, stops. */
#include "cmocka_all.h"
#include "fixture.h"
#include "otatool/file.h"
#include "scratch.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SIZE (2 * 1024 * 1024)
#define REQUEST "GET /fw.bin HTTP/1.1\r\nHost: x\r\n\r\n"

enum { SMALL_WINDOW = 8192 };

static struct fixture fixture;
static uint8_t firmware[SIZE];

static int enter_scratch_folder(void **state)
{
    (void)state;
    fixture_fill(firmware, SIZE);
    return scratch_enter() ? mkdir("root", 0755) : -1;
}

static void start(unsigned idle_timeout_ms, unsigned grace_ms)
{
    struct ota_error err;
    assert_true(ota_file_save("root/fw.bin", firmware, SIZE, &err));
    fixture_start(&fixture, idle_timeout_ms, grace_ms);
}

/* A device that has read some bytes of the file and now takes its time. */
static int begin_slow_download(size_t size)
{
    uint8_t *data = malloc(size);
    int fd = fixture_connect(&fixture, SMALL_WINDOW);
    send_text(fd, REQUEST);
    assert_int_equal(recv(fd, data, size, MSG_WAITALL), size);
    assert_int_equal(strncmp((char *)data, "HTTP/1.1 200 OK\r\n", 17), 0);
    free(data);
    return fd;
}

static void change_in_place(void)
{
    int fd = open("root/fw.bin", O_WRONLY);
    static const uint8_t zeros[SIZE];
    assert_int_equal(write(fd, zeros, SIZE), SIZE);
    close(fd);
}

static void truncate_in_place(void)
{
    assert_int_equal(truncate("root/fw.bin", 10), 0);
}

static void replace(void)
{
    struct ota_error err;
    assert_true(ota_file_save("root/fw.bin", "new", 3, &err));
}

static void delete (void)
{
    assert_int_equal(unlink("root/fw.bin"), 0);
}

static void a_running_download_keeps_the_bytes_it_began_with(void **state)
{
    (void)state;
    void (*const changes[])(void) = {change_in_place, truncate_in_place,
                                     replace, delete};
    for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
        struct answer answer;
        start(60 * 1000, 10 * 1000);
        int fd = fixture_connect(&fixture, SMALL_WINDOW);
        send_text(fd, REQUEST);
        char byte;
        assert_int_equal(recv(fd, &byte, 1, MSG_PEEK), 1);
        changes[i]();
        read_answer(fd, true, &answer);
        assert_int_equal(answer.size, SIZE);
        assert_memory_equal(answer.body, firmware, SIZE);
        answer_release(&answer);
        close(fd);
        fixture_stop(&fixture);
    }
}

static unsigned status_of(const char *request)
{
    struct answer answer;
    ask(&fixture, request, &answer);
    answer_release(&answer);
    return answer.status;
}

static void a_file_appears_when_it_is_whole(void **state)
{
    (void)state;
    static const char request[] = "GET /late.bin HTTP/1.1\r\nHost: x\r\n\r\n";
    start(60 * 1000, 10 * 1000);
    assert_int_equal(status_of(request), 404);
    int fd = open("root/late.bin", O_WRONLY | O_CREAT, 0644);
    assert_int_equal(status_of(request), 503);
    assert_int_equal(write(fd, firmware, 1000), 1000);
    assert_int_equal(status_of(request), 503);
    close(fd);
    assert_int_equal(status_of(request), 200);
    fd = open("root/late.bin", O_WRONLY); /* and again, in place */
    assert_int_equal(write(fd, "x", 1), 1);
    assert_int_equal(status_of(request), 503);
    close(fd);
    assert_int_equal(status_of(request), 200);
    assert_int_equal(unlink("root/late.bin"), 0);
    assert_int_equal(status_of(request), 404);
    fixture_stop(&fixture);
}

static void change_while_many_download(void (*change)(void))
{
    enum { CLIENTS = 90 };
    int fds[CLIENTS];
    start(60 * 1000, 10 * 1000);
    for (size_t i = 0; i < CLIENTS; i++) {
        char byte;
        fds[i] = fixture_connect(&fixture, SMALL_WINDOW);
        send_text(fds[i], "GET /fw.bin HTTP/1.0\r\n\r\n");
        assert_int_equal(recv(fds[i], &byte, 1, MSG_PEEK), 1);
    }
    change();
    for (size_t i = 0; i < CLIENTS; i++) {
        struct answer answer;
        read_answer(fds[i], true, &answer);
        assert_int_equal(answer.size, SIZE);
        assert_memory_equal(answer.body, firmware, SIZE);
        answer_release(&answer);
        close(fds[i]);
    }
    fixture_stop(&fixture);
}

static void a_hundred_clients_keep_the_bytes_they_began_with(void **state)
{
    (void)state;
    change_while_many_download(truncate_in_place);
    change_while_many_download(replace);
    change_while_many_download(delete);
}

static void a_slow_download_ends_before_a_polite_stop(void **state)
{
    (void)state;
    start(60 * 1000, 20 * 1000);
    int fd = begin_slow_download(10000);
    assert_int_equal(write(fixture.stop, "x", 1), 1);
    usleep(100 * 1000);
    size_t done = 10000;
    uint8_t data[65536];
    ssize_t n;
    while ((n = recv(fd, data, sizeof(data), 0)) > 0)
        done += (size_t)n;
    assert_true(done > SIZE);
    struct logged logged = fixture_logged(&fixture, 0);
    assert_int_equal(logged.end, OTA_SERVER_COMPLETE);
    assert_int_equal(logged.sent, SIZE);
    pthread_join(fixture.thread, NULL);
    close(fd);
    close(fixture.stop);
    close(fixture.stop_reader);
}

static void a_stopping_server_accepts_nobody(void **state)
{
    (void)state;
    start(60 * 1000, 20 * 1000);
    int slow = begin_slow_download(10000);
    assert_int_equal(write(fixture.stop, "x", 1), 1);
    usleep(200 * 1000);
    assert_false(fixture_can_connect(&fixture));
    fixture_stop(&fixture); /* the second request: at once */
    assert_int_equal(fixture_logged(&fixture, 0).end, OTA_SERVER_STOPPED);
    close(slow);
}

static void the_grace_period_has_an_end(void **state)
{
    (void)state;
    start(60 * 1000, 300);
    int fd = begin_slow_download(10000);
    fixture_stop(&fixture);
    struct logged logged = fixture_logged(&fixture, 0);
    assert_int_equal(logged.end, OTA_SERVER_STOPPED);
    assert_true(logged.sent < SIZE);
    close(fd);
}

static void an_idle_connection_does_not_delay_a_stop(void **state)
{
    (void)state;
    struct answer answer;
    start(60 * 1000, 60 * 1000);
    int fd = fixture_connect(&fixture, 0);
    send_text(fd, REQUEST);
    read_answer(fd, true, &answer);
    answer_release(&answer);
    fixture_stop(&fixture);
    assert_true(is_at_end(fd));
    close(fd);
}

static void a_vanished_client_is_not_called_complete(void **state)
{
    (void)state;
    struct linger reset = {.l_onoff = 1};
    start(60 * 1000, 10 * 1000);
    int fd = begin_slow_download(10000);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    close(fd);
    struct logged logged = fixture_logged(&fixture, 0);
    assert_int_equal(logged.end, OTA_SERVER_CLIENT_CLOSED);
    assert_int_equal(logged.asked, SIZE);
    assert_in_range(logged.sent, 8000, SIZE / 2); /* late acknowledgements */
    fixture_stop(&fixture);
}

static void a_vanished_client_of_a_small_file_is_noticed_too(void **state)
{
    (void)state;
    struct linger reset = {.l_onoff = 1};
    struct ota_error err;
    start(60 * 1000, 10 * 1000);
    /* All of it fits into the kernel, so it is handed over at once. */
    assert_true(ota_file_save("root/fw.bin", firmware, 12000, &err));
    int fd = fixture_connect(&fixture, 2048);
    send_text(fd, REQUEST);
    char byte;
    assert_int_equal(recv(fd, &byte, 1, 0), 1);
    usleep(100 * 1000);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    close(fd);
    struct logged logged = fixture_logged(&fixture, 0);
    assert_int_equal(logged.end, OTA_SERVER_CLIENT_CLOSED);
    assert_true(logged.sent < 12000);
    fixture_stop(&fixture);
}

static void a_client_that_stands_still_is_timed_out(void **state)
{
    (void)state;
    start(1000, 10 * 1000);
    int fd = begin_slow_download(10000);
    struct logged logged = fixture_logged(&fixture, 0);
    assert_int_equal(logged.end, OTA_SERVER_TIMED_OUT);
    close(fd);
    fixture_stop(&fixture);
}

static void a_slow_client_is_not_timed_out(void **state)
{
    (void)state;
    start(1000, 10 * 1000);
    int fd = fixture_connect(&fixture, SMALL_WINDOW);
    send_text(fd, REQUEST);
    uint8_t data[8192];
    size_t done = 0;
    for (int i = 0; i < 12; i++) { /* well beyond the time-out */
        ssize_t n = recv(fd, data, sizeof(data), 0);
        assert_true(n > 0);
        done += (size_t)n;
        usleep(200 * 1000);
    }
    ssize_t n;
    while (done < SIZE && (n = recv(fd, data, sizeof(data), 0)) > 0)
        done += (size_t)n;
    assert_true(done >= SIZE);
    close(fd);
    fixture_stop(&fixture);
}

static void many_clients_at_once_are_all_served(void **state)
{
    (void)state;
    enum { CLIENTS = 50 };
    int fds[CLIENTS];
    start(60 * 1000, 10 * 1000);
    for (size_t i = 0; i < CLIENTS; i++) {
        fds[i] = fixture_connect(&fixture, SMALL_WINDOW);
        send_text(fds[i],
                  "GET /fw.bin HTTP/1.0\r\nRange: bytes=0-199999\r\n\r\n");
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        struct answer answer;
        read_answer(fds[i], true, &answer);
        assert_int_equal(answer.size, 200000);
        assert_memory_equal(answer.body, firmware, 200000);
        answer_release(&answer);
        assert_true(is_at_end(fds[i]));
        close(fds[i]);
    }
    for (size_t i = 0; i < CLIENTS; i++)
        assert_int_equal(fixture_logged(&fixture, i).end, OTA_SERVER_COMPLETE);
    fixture_stop(&fixture);
}

/* By the library as well, which answers some of it alone. It may overlook that
 * a client has closed; then the time-out ends it. */
static void what_cannot_be_read_is_told_too(void **state)
{
    static const char *const beginnings[] = {"", "garbage\r\n\r\n",
                                             "GET / HTTP/2.0\r\n\r\n",
                                             "\x16\x03\x01 TLS", "GET /fw.b"};
    char bytes[256];
    (void)state;
    fixture_start_with(&fixture,
                       &(struct ota_server_options){.header_timeout_ms = 500});
    for (size_t i = 0; i < sizeof(beginnings) / sizeof(beginnings[0]); i++) {
        int fd = fixture_connect(&fixture, 0);
        send_text(fd, beginnings[i]);
        shutdown(fd, SHUT_WR);
        while (recv(fd, bytes, sizeof(bytes), 0) > 0)
            ;
        close(fd);
        if (!*beginnings[i])
            continue; /* a port scan says nothing */
        struct logged logged = fixture_logged(&fixture, i - 1);
        assert_int_equal(logged.status, 0);
        assert_int_not_equal(logged.end, OTA_SERVER_COMPLETE);
    }
    fixture_stop(&fixture);
    assert_int_equal(fixture.logged_count, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_running_download_keeps_the_bytes_it_began_with),
        cmocka_unit_test(a_file_appears_when_it_is_whole),
        cmocka_unit_test(a_hundred_clients_keep_the_bytes_they_began_with),
        cmocka_unit_test(a_slow_download_ends_before_a_polite_stop),
        cmocka_unit_test(a_stopping_server_accepts_nobody),
        cmocka_unit_test(the_grace_period_has_an_end),
        cmocka_unit_test(an_idle_connection_does_not_delay_a_stop),
        cmocka_unit_test(a_vanished_client_is_not_called_complete),
        cmocka_unit_test(a_vanished_client_of_a_small_file_is_noticed_too),
        cmocka_unit_test(a_client_that_stands_still_is_timed_out),
        cmocka_unit_test(a_slow_client_is_not_timed_out),
        cmocka_unit_test(many_clients_at_once_are_all_served),
        cmocka_unit_test(what_cannot_be_read_is_told_too),
    };
    return cmocka_run_group_tests(tests, enter_scratch_folder, NULL);
}
