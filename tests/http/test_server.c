/* SPDX-License-Identifier: Apache-2.0 */
/* What the server says on the wire, seen through raw sockets. */
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

#define SIZE (1024 * 1024)
#define HOST "Host: x\r\n\r\n"

static struct fixture fixture;
static uint8_t firmware[SIZE];

static void fill(uint8_t *data, size_t size, uint32_t seed)
{
    for (size_t i = 0; i < size; i++) {
        seed = seed * 1664525 + 1013904223;
        data[i] = (uint8_t)(seed >> 24);
    }
}

static int enter_scratch_folder(void **state)
{
    (void)state;
    struct ota_error err;
    fill(firmware, SIZE, 1);
    if (!scratch_enter() || mkdir("root", 0755) < 0 ||
        symlink("/etc/passwd", "root/out") < 0)
        return -1;
    return ota_file_save("root/fw.bin", firmware, SIZE, &err) &&
                   ota_file_save("root/.dot", "dot", 3, &err) &&
                   ota_file_save("root/empty.bin", "", 0, &err)
               ? 0
               : -1;
}

static int start(void **state)
{
    (void)state;
    struct ota_error err;
    if (!ota_file_save("root/fw.bin", firmware, SIZE, &err))
        return -1;
    fixture_start(&fixture, 60 * 1000, 10 * 1000);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

static void a_file_arrives_whole_with_the_header_old_devices_need(void **state)
{
    (void)state;
    struct answer answer;
    ask(&fixture, "GET /fw.bin HTTP/1.1\r\n" HOST, &answer);
    assert_int_equal(strncmp(answer.header, "HTTP/1.1 200 OK\r\n", 17), 0);
    assert_string_equal(answer_header(&answer, "Content-Length"), "1048576");
    assert_string_equal(answer_header(&answer, "Content-Type"),
                        "application/octet-stream");
    assert_null(answer_header(&answer, "Transfer-Encoding"));
    assert_null(answer_header(&answer, "Content-Encoding"));
    assert_true(strlen(answer.header) < 536);
    assert_int_equal(answer.size, SIZE);
    assert_memory_equal(answer.body, firmware, SIZE);
    answer_release(&answer);
    struct logged logged = fixture_logged(&fixture, 0);
    assert_string_equal(logged.target, "/fw.bin");
    assert_int_equal(logged.sent, SIZE);
    assert_int_equal(logged.end, OTA_SERVER_COMPLETE);
}

static void accept_encoding_changes_nothing(void **state)
{
    (void)state;
    struct answer answer;
    ask(&fixture,
        "GET /fw.bin HTTP/1.1\r\nAccept-Encoding: gzip,deflate\r\n" HOST,
        &answer);
    assert_null(answer_header(&answer, "Content-Encoding"));
    assert_int_equal(answer.size, SIZE);
    answer_release(&answer);
}

static void head_and_get_say_the_same(void **state)
{
    (void)state;
    static const char *const targets[] = {"/fw.bin", "/", "/empty.bin", "/none",
                                          "/%zz"};
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        char request[128];
        struct answer get;
        struct answer head;
        snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" HOST,
                 targets[i]);
        ask(&fixture, request, &get);
        snprintf(request, sizeof(request), "HEAD %s HTTP/1.1\r\n" HOST,
                 targets[i]);
        ask(&fixture, request, &head);
        char *date = strstr(get.header, "\r\nDate: ");
        memcpy(date, strstr(head.header, "\r\nDate: "), 37);
        assert_string_equal(get.header, head.header);
        answer_release(&get);
    }
}

static void nothing_follows_the_answer_to_a_head(void **state)
{
    (void)state;
    struct answer answer;
    int fd = fixture_connect(&fixture, 0);
    send_text(fd, "HEAD /fw.bin HTTP/1.1\r\nConnection: close\r\n" HOST);
    read_answer(fd, false, &answer);
    assert_int_equal(answer.status, 200);
    assert_true(is_at_end(fd));
    close(fd);
}

static void errors_have_no_length_a_device_could_erase_for(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "HEAD /none HTTP/1.1\r\n" HOST, "GET /none HTTP/1.1\r\n" HOST,
        "HEAD /.dot HTTP/1.1\r\n" HOST, "POST /fw.bin HTTP/1.1\r\n" HOST,
        "GET /%2e%2e/x HTTP/1.1\r\n" HOST};
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        struct answer answer;
        ask(&fixture, requests[i], &answer);
        assert_true(answer.status >= 400);
        assert_string_equal(answer_header(&answer, "Content-Length"), "0");
        answer_release(&answer);
    }
}

static void the_rtos_2_request_is_answered_to_the_last_byte(void **state)
{
    (void)state;
    static const char request[] = "GET fw.bin HTTP/1.0\r\nHost: x:8070\r\n"
                                  "Accept: application/octet-stream\r\n\r\n";
    struct answer answer;
    /* Once with the NUL at once, once when the server has long read. */
    for (int is_late = 0; is_late < 2; is_late++) {
        int fd = fixture_connect(&fixture, 4096);
        send_bytes(fd, request, sizeof(request) - (is_late ? 1 : 0));
        if (is_late) {
            usleep(50 * 1000);
            send_bytes(fd, "", 1);
        }
        read_answer(fd, true, &answer);
        assert_int_equal(answer.status, 200);
        assert_memory_equal(answer.body, firmware, SIZE);
        assert_true(is_at_end(fd));
        answer_release(&answer);
        close(fd);
    }
}

static void ranges_are_cut_out_exactly(void **state)
{
    (void)state;
    static const struct {
        const char *range;
        const char *content_range;
        size_t offset;
        size_t size;
    } cases[] = {
        {"bytes=0-0", "bytes 0-0/1048576", 0, 1},
        {"bytes=4096-8191", "bytes 4096-8191/1048576", 4096, 4096},
        {"bytes=1048570-", "bytes 1048570-1048575/1048576", 1048570, 6},
        {"bytes=-10", "bytes 1048566-1048575/1048576", 1048566, 10},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char request[128];
        struct answer answer;
        snprintf(request, sizeof(request),
                 "GET /fw.bin HTTP/1.1\r\nRange: %s\r\n" HOST, cases[i].range);
        ask(&fixture, request, &answer);
        assert_int_equal(answer.status, 206);
        assert_string_equal(answer_header(&answer, "Content-Range"),
                            cases[i].content_range);
        assert_int_equal(answer.size, cases[i].size);
        assert_memory_equal(answer.body, firmware + cases[i].offset,
                            cases[i].size);
        answer_release(&answer);
    }
}

static void a_range_beyond_the_end_is_416_and_nonsense_is_ignored(void **state)
{
    (void)state;
    struct answer answer;
    ask(&fixture, "GET /fw.bin HTTP/1.1\r\nRange: bytes=1048576-\r\n" HOST,
        &answer);
    assert_int_equal(answer.status, 416);
    assert_string_equal(answer_header(&answer, "Content-Range"),
                        "bytes */1048576");
    assert_int_equal(answer.size, 0);
    answer_release(&answer);
    ask(&fixture, "GET /fw.bin HTTP/1.1\r\nRange: bytes=9-1\r\n" HOST, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.size, SIZE);
    answer_release(&answer);
}

static void several_ranges_come_as_multipart(void **state)
{
    (void)state;
    struct answer answer;
    ask(&fixture, "GET /fw.bin HTTP/1.1\r\nRange: bytes=5000-5003,0-7\r\n" HOST,
        &answer);
    assert_int_equal(answer.status, 206);
    const char *boundary =
        strstr(answer_header(&answer, "Content-Type"), "boundary=") + 9;
    char expected[1024];
    int size = snprintf(expected, sizeof(expected),
                        "--%s\r\nContent-Type: application/octet-stream\r\n"
                        "Content-Range: bytes 5000-5003/1048576\r\n\r\n",
                        boundary);
    memcpy(expected + size, firmware + 5000, 4);
    size += 4;
    size += sprintf(expected + size,
                    "\r\n--%s\r\nContent-Type: application/octet-stream\r\n"
                    "Content-Range: bytes 0-7/1048576\r\n\r\n",
                    boundary);
    memcpy(expected + size, firmware, 8);
    size += 8;
    size += sprintf(expected + size, "\r\n--%s--\r\n", boundary);
    assert_int_equal(answer.size, size);
    assert_memory_equal(answer.body, expected, answer.size);
    answer_release(&answer);
}

static void a_download_resumes_only_with_the_same_file(void **state)
{
    (void)state;
    char request[256];
    char etag[64];
    struct answer answer;
    struct ota_error err;
    ask(&fixture, "HEAD /fw.bin HTTP/1.1\r\n" HOST, &answer);
    snprintf(etag, sizeof(etag), "%s", answer_header(&answer, "ETag"));
    snprintf(request, sizeof(request),
             "GET /fw.bin HTTP/1.1\r\nRange: bytes=1000-1009\r\n"
             "If-Range: %s\r\n" HOST,
             etag);
    ask(&fixture, request, &answer);
    assert_int_equal(answer.status, 206);
    answer_release(&answer);
    assert_true(ota_file_save("root/fw.bin", "new firmware", 12, &err));
    ask(&fixture, request, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.size, 12);
    answer_release(&answer);
}

static void a_poll_for_what_is_known_is_304(void **state)
{
    (void)state;
    char request[256];
    struct answer answer;
    ask(&fixture, "HEAD /fw.bin HTTP/1.1\r\n" HOST, &answer);
    snprintf(request, sizeof(request),
             "GET /fw.bin HTTP/1.1\r\nIf-None-Match: %s  \r\n" HOST,
             answer_header(&answer, "ETag"));
    ask(&fixture, request, &answer);
    assert_int_equal(answer.status, 304);
    assert_non_null(answer_header(&answer, "ETag"));
    answer_release(&answer);
}

static void a_connection_is_kept_for_further_requests(void **state)
{
    (void)state;
    int fd = fixture_connect(&fixture, 0);
    for (int i = 0; i < 3; i++) {
        struct answer answer;
        send_text(fd, "GET /fw.bin HTTP/1.1\r\n" HOST);
        read_answer(fd, true, &answer);
        assert_memory_equal(answer.body, firmware, SIZE);
        answer_release(&answer);
    }
    close(fd);
}

static void pipelined_requests_are_answered_in_order(void **state)
{
    (void)state;
    int fd = fixture_connect(&fixture, 0);
    struct answer answer;
    send_text(fd, "GET /fw.bin HTTP/1.1\r\nRange: bytes=0-9\r\n" HOST
                  "HEAD /fw.bin HTTP/1.1\r\n" HOST "GET /none HTTP/1.1\r\n" HOST
                  "GET /fw.bin HTTP/1.1\r\nConnection: close\r\n" HOST);
    read_answer(fd, true, &answer);
    assert_int_equal(answer.status, 206);
    answer_release(&answer);
    read_answer(fd, false, &answer);
    assert_int_equal(answer.status, 200);
    read_answer(fd, true, &answer);
    assert_int_equal(answer.status, 404);
    answer_release(&answer);
    read_answer(fd, true, &answer);
    assert_memory_equal(answer.body, firmware, SIZE);
    answer_release(&answer);
    assert_true(is_at_end(fd));
    close(fd);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(fixture_logged(&fixture, i).end, OTA_SERVER_COMPLETE);
}

static void what_lies_outside_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *target;
        unsigned status;
    } cases[] = {
        {"/../../etc/passwd", 400},
        {"/%2e%2e/%2e%2e/etc/passwd", 400},
        {"/out", 404},
        {"/.dot", 404},
        {"/fw.bin%00.txt", 400},
        {"/x%2f..%2f..%2fetc%2fpasswd", 400},
        {"//etc/passwd", 404},
        {"/etc/passwd", 404},
        {"../root/fw.bin", 400},
        {"*", 404},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char request[128];
        struct answer answer;
        snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" HOST,
                 cases[i].target);
        ask(&fixture, request, &answer);
        print_message("%s\n", cases[i].target);
        assert_int_equal(answer.status, cases[i].status);
        answer_release(&answer);
    }
}

static void requests_that_could_hide_another_are_refused(void **state)
{
    (void)state;
    static const char *const requests[] = {
        "GET /fw.bin HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: x\r\n\r\n"
        "0\r\n\r\n",
        "GET /fw.bin HTTP/1.1\r\nContent-Length: 5\r\nHost: x\r\n\r\nGET /",
        "GET /fw.bin HTTP/1.1\r\nContent-Length: 0\r\nContent-Length: 5\r\n"
        "Host: x\r\n\r\n",
        "GET /fw.bin HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 0\r\n"
        "Host: x\r\n\r\nGET /",
        "GET /fw.bin HTTP/1.1\r\nContent-Length: 0\r\n"
        "Transfer-Encoding: chunked\r\nHost: x\r\n\r\n0\r\n\r\n",
        "GET /fw.bin HTTP/1.1\r\nContent-Length : 5\r\nHost: x\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        struct answer answer;
        int fd = fixture_connect(&fixture, 0);
        send_text(fd, requests[i]);
        print_message("case %zu\n", i);
        read_answer(fd, true, &answer);
        assert_int_equal(answer.status, 400);
        answer_release(&answer);
        assert_true(is_at_end(fd)); /* what followed was not obeyed */
        close(fd);
    }
}

static void a_harmless_zero_length_is_accepted(void **state)
{
    (void)state;
    struct answer answer;
    ask(&fixture, "GET /fw.bin HTTP/1.1\r\nContent-Length: 0\r\n" HOST,
        &answer);
    assert_int_equal(answer.status, 200);
    answer_release(&answer);
}

static void other_methods_are_told_what_is_allowed(void **state)
{
    (void)state;
    static const char *const methods[] = {"POST", "PUT", "DELETE", "OPTIONS",
                                          "PATCH"};
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        char request[128];
        struct answer answer;
        snprintf(request, sizeof(request), "%s /fw.bin HTTP/1.1\r\n" HOST,
                 methods[i]);
        ask(&fixture, request, &answer);
        assert_int_equal(answer.status, 405);
        assert_string_equal(answer_header(&answer, "Allow"), "GET, HEAD");
        answer_release(&answer);
    }
}

static void a_request_may_come_byte_by_byte(void **state)
{
    (void)state;
    static const char request[] = "GET /fw.bin HTTP/1.1\r\n" HOST;
    int fd = fixture_connect(&fixture, 0);
    int one = 1;
    setsockopt(fd, 6 /* TCP */, 1 /* NODELAY */, &one, sizeof(one));
    for (size_t i = 0; i + 1 < sizeof(request); i++) {
        send_bytes(fd, request + i, 1);
        usleep(500);
    }
    struct answer answer;
    read_answer(fd, true, &answer);
    assert_memory_equal(answer.body, firmware, SIZE);
    answer_release(&answer);
    close(fd);
}

static void is_still_served(void)
{
    struct answer answer;
    ask(&fixture, "GET /fw.bin HTTP/1.1\r\n" HOST, &answer);
    assert_int_equal(answer.size, SIZE);
    answer_release(&answer);
}

static void garbage_harms_nobody(void **state)
{
    (void)state;
    uint8_t noise[3000];
    for (uint32_t seed = 0; seed < 64; seed++) {
        int fd = fixture_connect(&fixture, 0);
        size_t size = 1 + seed * 46;
        fill(noise, size, seed);
        if (seed % 2) /* half of them begin well */
            memcpy(noise, "GET / HTTP/1.1\r\n", size < 16 ? size : 16);
        if (seed % 4 > 1)
            memcpy(noise + size - (size < 4 ? size : 4), "\r\n\r\n",
                   size < 4 ? size : 4);
        (void)!send(fd, noise, size, MSG_NOSIGNAL);
        if (seed % 3)
            shutdown(fd, SHUT_WR);
        close(fd);
    }
    is_still_served();
}

/* As browsers and proxies make them. */
static void a_header_of_many_lines_is_read(void **state)
{
    (void)state;
    char request[4096] = "GET /fw.bin HTTP/1.1\r\n";
    struct answer answer;
    for (int i = 0; i < 25; i++)
        sprintf(request + strlen(request), "X-Header-%02d: %080d\r\n", i, i);
    strcat(request, HOST);
    ask(&fixture, request, &answer);
    assert_int_equal(answer.status, 200);
    answer_release(&answer);
}

static void a_header_too_large_is_refused(void **state)
{
    (void)state;
    char request[20000];
    memset(request, 'a', sizeof(request));
    memcpy(request, "GET /fw.bin HTTP/1.1\r\nX: ", 25);
    strcpy(request + sizeof(request) - 5, "\r\n\r\n");
    int fd = fixture_connect(&fixture, 0);
    (void)!send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL);
    char status[16] = "";
    ssize_t n = recv(fd, status, sizeof(status) - 1, 0);
    if (n > 0) /* a reset may overtake the answer */
        assert_string_equal(status, "HTTP/1.1 431 Re");
    close(fd);
    is_still_served();
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        CASE(a_file_arrives_whole_with_the_header_old_devices_need),
        CASE(accept_encoding_changes_nothing),
        CASE(head_and_get_say_the_same),
        CASE(nothing_follows_the_answer_to_a_head),
        CASE(errors_have_no_length_a_device_could_erase_for),
        CASE(the_rtos_2_request_is_answered_to_the_last_byte),
        CASE(ranges_are_cut_out_exactly),
        CASE(a_range_beyond_the_end_is_416_and_nonsense_is_ignored),
        CASE(several_ranges_come_as_multipart),
        CASE(a_download_resumes_only_with_the_same_file),
        CASE(a_poll_for_what_is_known_is_304),
        CASE(a_connection_is_kept_for_further_requests),
        CASE(pipelined_requests_are_answered_in_order),
        CASE(what_lies_outside_is_refused),
        CASE(requests_that_could_hide_another_are_refused),
        CASE(a_harmless_zero_length_is_accepted),
        CASE(other_methods_are_told_what_is_allowed),
        CASE(a_request_may_come_byte_by_byte),
        CASE(garbage_harms_nobody),
        CASE(a_header_of_many_lines_is_read),
        CASE(a_header_too_large_is_refused),
    };
    return cmocka_run_group_tests(tests, enter_scratch_folder, NULL);
}
