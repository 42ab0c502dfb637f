/* SPDX-License-Identifier: Apache-2.0 */
/* What clients do that nobody should, a hundred at a time, while others are
 * served. */
#include "cmocka_all.h"
#include "fixture.h"
#include "otatool/file.h"
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    SIZE = 400 * 1000,
    CLIENTS = 100,
    IMPATIENT_MS = 2000,
    PATIENT_MS = 60 * 1000,
};

static struct fixture fixture;
static uint8_t firmware[SIZE];
static int fds[CLIENTS];

#define REQUEST "GET /fw.bin HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7\r\n\r\n"
#define OLD "GET /fw.bin HTTP/1.1\r\nHost: x\r\n\r\n"

static void start_with(unsigned timeout_ms)
{
    struct ota_server_options options = {
        .connections = 400,
        .connections_per_address = 400,
        .header_timeout_ms = timeout_ms,
        .idle_timeout_ms = timeout_ms,
        .workers = 2,
    };
    fixture_start_with(&fixture, &options);
}

static int start(void **state)
{
    (void)state;
    if (!fixture_offer(firmware, SIZE))
        return -1;
    start_with(IMPATIENT_MS);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static void connect_all(int receive_size)
{
    for (int i = 0; i < CLIENTS; i++)
        fds[i] = fixture_connect(&fixture, receive_size);
}

static void close_all(void)
{
    for (int i = 0; i < CLIENTS; i++)
        close(fds[i]);
}

static void send_all(const char *text)
{
    for (int i = 0; i < CLIENTS; i++)
        send_text(fds[i], text);
}

/* Another client gets what it asks for, whatever the hundred do. */
static void others_are_served(void)
{
    struct answer answer;
    ask(&fixture, REQUEST, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.size, SIZE);
    assert_memory_equal(answer.body, firmware, SIZE);
    answer_release(&answer);
}

/* A header that never ends ends with its time, however steadily it grows. */
static void a_hundred_that_send_a_byte_a_second(void **state)
{
    static const char text[] = "GET /fw.bin HTTP/1.1\r\nHost: x\r\n\r\n";
    (void)state;
    connect_all(0);
    for (size_t second = 0; second < 4; second++) {
        for (int k = 0; k < CLIENTS; k++)
            (void)!send(fds[k], text + second, 1, MSG_NOSIGNAL);
        others_are_served();
        sleep(1);
    }
    for (int k = 0; k < CLIENTS; k++)
        assert_true(is_at_end(fds[k]));
    close_all();
}

static void a_hundred_that_never_read(void **state)
{
    (void)state;
    connect_all(2048);
    send_all(REQUEST);
    others_are_served();
    for (int i = 0; i < CLIENTS; i++) /* until the server gives up */
        while (send(fds[i], "\r\n", 2, MSG_NOSIGNAL) > 0)
            usleep(20 * 1000);
    close_all();
    others_are_served();
}

static void reset_all(void)
{
    struct linger reset = {.l_onoff = 1};
    for (int i = 0; i < CLIENTS; i++)
        setsockopt(fds[i], SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    close_all();
}

static void a_hundred_that_reset_midway(void **state)
{
    static const char *const requests[] = {REQUEST, OLD};
    (void)state;
    for (int round = 0; round < 4; round++) {
        connect_all(4096);
        send_all(requests[round % 2]);
        for (int i = 0; i < CLIENTS && round > 1; i++) {
            char some[1000];
            (void)!recv(fds[i], some, sizeof(some), 0);
        }
        reset_all();
        others_are_served();
    }
}

static void a_hundred_that_pipeline(void **state)
{
    char requests[2000] = "";
    (void)state;
    for (int i = 0; i < 10; i++)
        strcat(requests, "GET /fw.bin HTTP/1.1\r\nHost: x\r\n"
                         "Range: bytes=1000-1999\r\n\r\n");
    connect_all(0);
    send_all(requests);
    for (int i = 0; i < CLIENTS; i++)
        for (int k = 0; k < 10; k++) {
            struct answer answer;
            read_answer(fds[i], true, &answer);
            assert_int_equal(answer.status, 206);
            assert_memory_equal(answer.body, firmware + 1000, 1000);
            answer_release(&answer);
        }
    close_all();
}

static void whole_files_may_be_pipelined_too(void **state)
{
    static const char *const requests[] = {REQUEST REQUEST REQUEST,
                                           OLD OLD OLD};
    (void)state;
    for (int kind = 0; kind < 2; kind++) {
        int fd = fixture_connect(&fixture, 8192);
        send_text(fd, requests[kind]);
        for (int i = 0; i < 3; i++) {
            struct answer answer;
            read_answer(fd, true, &answer);
            assert_memory_equal(answer.body, firmware, SIZE);
            answer_release(&answer);
        }
        close(fd);
    }
}

static void header_lines_of_64_kilobytes(void **state)
{
    char *line = malloc(65536);
    (void)state;
    memset(line, 'a', 65536);
    memcpy(line, "GET /fw.bin HTTP/1.1\r\nX: ", 25);
    connect_all(0);
    for (int i = 0; i < CLIENTS; i++)
        (void)!send(fds[i], line, 65536, MSG_NOSIGNAL | MSG_DONTWAIT);
    others_are_served();
    close_all();
    memcpy(line, "GET /", 5);
    memset(line + 5, 'b', 100);
    connect_all(0);
    for (int i = 0; i < CLIENTS; i++)
        (void)!send(fds[i], line, 65536, MSG_NOSIGNAL | MSG_DONTWAIT);
    others_are_served();
    close_all();
    free(line);
}

static void nuls_anywhere(void **state)
{
    static const char text[] = "GET /fw.bin HTTP/1.1\r\nHost: x\r\n\r\n";
    (void)state;
    for (size_t at = 0; at < sizeof(text); at++) {
        char bytes[sizeof(text) + 1];
        memcpy(bytes, text, at);
        bytes[at] = '\0';
        memcpy(bytes + at + 1, text + at, sizeof(text) - at);
        int fd = fixture_connect(&fixture, 0);
        send_bytes(fd, bytes, sizeof(text));
        shutdown(fd, SHUT_WR);
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        assert_int_equal(poll(&ready, 1, 5000), 1); /* an answer, or the end */
        close(fd);
    }
    others_are_served();
}

static void ranges_without_number_and_absurd_ones(void **state)
{
    static char many[3000];
    static const char *const ranges[] = {
        many,
        "bytes=0-399999,0-399999,0-399999",
        "bytes=5-1,-0,9-",
        "bytes=18446744073709551615-18446744073709551616",
        "bytes=-99999999999999999999999999",
        "bytes=0-0,-1,1-1,399999-399999",
        "bytes=--1",
        "bytes=,,,,",
        "bytes",
        "lines=1-2",
        "",
    };
    (void)state;
    strcpy(many, "bytes=0-0");
    for (int i = 2; strlen(many) < 2000; i += 2)
        sprintf(many + strlen(many), ",%d-%d", i, i);
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        char request[4096];
        struct answer answer;
        snprintf(request, sizeof(request),
                 "GET /fw.bin HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7\r\n"
                 "Range: %s\r\n\r\n",
                 ranges[i]);
        print_message("%.40s\n", ranges[i]);
        ask(&fixture, request, &answer);
        assert_true(answer.status == 200 || answer.status == 206 ||
                    answer.status == 416);
        assert_true(answer.size <= SIZE + 4096);
        answer_release(&answer);
    }
}

static void a_range_of_a_thousand_parts(void **state)
{
    static const char *const parts[] = {"-1", "0-0", "5-4", "0-"};
    (void)state;
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        char request[16384];
        struct answer answer;
        int size = sprintf(request,
                           "GET /fw.bin HTTP/1.1\r\nHost: x\r\n"
                           "User-Agent: curl/7\r\nRange: bytes=%s",
                           parts[i]);
        for (int k = 1; k < 1000; k++)
            size += sprintf(request + size, ",%s", parts[i]);
        strcpy(request + size, "\r\n\r\n");
        ask(&fixture, request, &answer);
        print_message("%s: %u\n", parts[i], answer.status);
        /* The whole file, or a refusal: never a thousand pieces. */
        if (answer.status == 200)
            assert_memory_equal(answer.body, firmware, SIZE);
        else
            assert_true(answer.status == 413 || answer.status == 416 ||
                        answer.status == 431);
        answer_release(&answer);
    }
    others_are_served();
}

/* Where the library refuses by itself, it may say so twice. */
static void check_that_no_other_answer_follows(int fd)
{
    char rest[4096] = "";
    ssize_t size = recv(fd, rest, sizeof(rest) - 1, MSG_WAITALL);
    assert_true(size < (ssize_t)sizeof(rest) - 1);
    for (char *at = rest; (at = strstr(at, "HTTP/1.")) != NULL; at += 7)
        assert_memory_equal(at, "HTTP/1.1 400 ", 13);
}

#define SMUGGLED "GET /smuggled.bin HTTP/1.1\r\nHost: x\r\n\r\n"

/* What a proxy in front may have taken for a part of the first request. */
static void what_hides_in_a_request_is_never_answered(void **state)
{
    static const char *const shapes[] = {
        "Content-Length: 49\r\n",
        "Content-Length: 0\r\nContent-Length: 49\r\n",
        "Content-Length: 49, 0\r\n",
        "Content-Length: +49\r\n",
        "Content-Length: 0x31\r\n",
        "Content-Length: 18446744073709551665\r\n",
        "Content-Length:\r\n 49\r\n",
        "Content-Length : 49\r\n",
        "Transfer-Encoding: chunked\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding:\tchunked\r\n",
        "Transfer-Encoding:\r\n chunked\r\n",
        "Transfer-Encoding : chunked\r\n",
        "transfer-encoding: identity, chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 49\r\n",
        "X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 49\r\n",
        "Host: y\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
        char request[512];
        struct answer answer;
        snprintf(request, sizeof(request),
                 "GET /fw.bin HTTP/1.1\r\nHost: x\r\n%s\r\n" SMUGGLED,
                 shapes[i]);
        int fd = fixture_connect(&fixture, 0);
        send_text(fd, request);
        read_answer(fd, true, &answer);
        print_message("%.30s: %u\n", shapes[i], answer.status);
        assert_in_range(answer.status, 400, 499);
        answer_release(&answer);
        check_that_no_other_answer_follows(fd);
        close(fd);
    }
    pthread_mutex_lock(&fixture.lock);
    for (size_t i = 0; i < FIXTURE_LOG; i++)
        assert_null(strstr(fixture.logged[i].target, "smuggled"));
    pthread_mutex_unlock(&fixture.lock);
    others_are_served();
}

/* The hundred are read one after the other: whoever comes last is not idle
 * for the two seconds that the tests above allow, however busy the machine. */
static void the_file_changes_while_a_hundred_ask_for_it(void **state)
{
    static uint8_t other[SIZE];
    struct ota_error err;
    stop(state);
    start_with(PATIENT_MS);
    memset(other, 7, SIZE);
    for (int round = 0; round < 10; round++) {
        connect_all(0);
        send_all(round % 2 ? REQUEST : OLD);
        assert_true(ota_file_save("root/fw.bin", round % 2 ? firmware : other,
                                  SIZE, &err));
        for (int i = 0; i < CLIENTS; i++) {
            struct answer answer;
            read_answer(fds[i], true, &answer);
            assert_int_equal(answer.status, 200);
            assert_true(memcmp(answer.body, firmware, SIZE) == 0 ||
                        memcmp(answer.body, other, SIZE) == 0);
            answer_release(&answer);
        }
        close_all();
    }
    others_are_served();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_that_send_a_byte_a_second),
        cmocka_unit_test(a_hundred_that_never_read),
        cmocka_unit_test(a_hundred_that_reset_midway),
        cmocka_unit_test(a_hundred_that_pipeline),
        cmocka_unit_test(whole_files_may_be_pipelined_too),
        cmocka_unit_test(header_lines_of_64_kilobytes),
        cmocka_unit_test(nuls_anywhere),
        cmocka_unit_test(ranges_without_number_and_absurd_ones),
        cmocka_unit_test(a_range_of_a_thousand_parts),
        cmocka_unit_test(what_hides_in_a_request_is_never_answered),
        cmocka_unit_test(the_file_changes_while_a_hundred_ask_for_it),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
