/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each family of clients asks as it does, byte by byte, and the answer is
 * looked at segment by segment, as TCP cut it.
 */
#include "capture.h"
#include "cmocka_all.h"
#include "fixture.h"
#include "otatool/file.h"
#include "scratch.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    SIZE = 60004,
    WAIT_MS = 3000,
    STAMPS = 12, /* bytes of each segment that TCP's time stamps take */
    SEGMENTS = 400,
};

static struct fixture fixture;
static struct capture capture;
static uint8_t firmware[SIZE];

/* One answer as it came. */
struct answered {
    char header[2048];
    size_t header_size;
    size_t count;
    size_t sizes[SEGMENTS];
    size_t first_body;     /* bytes of the body in the header's segment */
    bool was_acknowledged; /* the header, before the first byte behind it */
    size_t body_size;
    uint8_t body[SIZE + 4096];
    bool has_end;
};

/* On two processors packets may overtake each other. */
static void use_one_processor(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)sched_getcpu(), &set);
    sched_setaffinity(0, sizeof(set), &set);
}

static void save(const char *name, uint8_t first, uint8_t second, uint8_t slot)
{
    struct ota_error err;
    char path[64];
    firmware[0] = first;
    firmware[1] = second;
    firmware[3] = slot;
    snprintf(path, sizeof(path), "root/%s", name);
    assert_true(ota_file_save(path, firmware, SIZE, &err));
}

static int start(void **state)
{
    (void)state;
    use_one_processor();
    fixture_fill(firmware, SIZE);
    if (!scratch_enter() || mkdir("root", 0755) < 0)
        return -1;
    fixture_start(&fixture, 60 * 1000, 1000);
    if (capture_open(&capture, fixture.port))
        return 0;
    print_message("no raw sockets here: this test needs the right to\n");
    fixture_stop(&fixture);
    exit(77);
}

static int stop(void **state)
{
    (void)state;
    capture_close(&capture);
    fixture_stop(&fixture);
    return 0;
}

/* A connection as a device with segments of this size makes it. */
static int connect_as(int segment)
{
    struct sockaddr_in here = {.sin_family = AF_INET,
                               .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct sockaddr_in there = here;
    socklen_t size = sizeof(here);
    there.sin_port = htons(fixture.port);
    segment += STAMPS;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment));
    assert_int_equal(bind(fd, (void *)&here, sizeof(here)), 0);
    assert_int_equal(getsockname(fd, (void *)&here, &size), 0);
    capture_begin(&capture, ntohs(here.sin_port));
    assert_int_equal(connect(fd, (void *)&there, sizeof(there)), 0);
    return fd;
}

static void take_segment(struct answered *answer,
                         const struct capture_segment *segment)
{
    const uint8_t *data = segment->data;
    size_t size = segment->size;
    assert_true(answer->count < SEGMENTS);
    if (answer->count++ == 0) {
        const uint8_t *end = memmem(data, size, "\r\n\r\n", 4);
        assert_non_null(end); /* all of the header at once */
        answer->header_size = (size_t)(end + 4 - data);
        memcpy(answer->header, data, answer->header_size);
        answer->first_body = size - answer->header_size;
        data += answer->header_size;
        size -= answer->header_size;
    } else if (answer->count == 2) {
        answer->was_acknowledged = segment->acknowledged >= answer->header_size;
    }
    answer->sizes[answer->count - 1] = segment->size;
    assert_true(answer->body_size + size <= sizeof(answer->body));
    memcpy(answer->body + answer->body_size, data, size);
    answer->body_size += size;
}

/* All that comes until the server is silent for a while, or ends. */
static struct answered *listen_to(int fd, int timeout_ms)
{
    static struct answered answer;
    struct capture_segment segment;
    char drop[65536];
    memset(&answer, 0, sizeof(answer));
    while (!answer.has_end && capture_next(&capture, &segment, timeout_ms)) {
        answer.has_end = segment.is_end;
        if (!segment.is_end)
            take_segment(&answer, &segment);
        while (recv(fd, drop, sizeof(drop), MSG_DONTWAIT) > 0)
            ;
        if (answer.body_size >= SIZE)
            timeout_ms = 100;
    }
    return &answer;
}

static struct answered *ask_bytes(int segment, const char *request, size_t size)
{
    int fd = connect_as(segment);
    send_bytes(fd, request, size);
    bool is_short = strncmp(request, "HEAD", 4) == 0;
    struct answered *answer = listen_to(fd, is_short ? 100 : WAIT_MS);
    close(fd);
    return answer;
}

static const char *value_of(const struct answered *answer, const char *name)
{
    static char value[256];
    char line[64];
    snprintf(line, sizeof(line), "\r\n%s: ", name);
    const char *found = strstr(answer->header, line);
    if (!found)
        return NULL;
    found += strlen(line);
    snprintf(value, sizeof(value), "%.*s", (int)strcspn(found, "\r"), found);
    return value;
}

/* What every old client wants of a header. */
static void check_header(const struct answered *answer, const char *length)
{
    assert_int_equal(strncmp(answer->header, "HTTP/1.1 200 OK\r\n", 17), 0);
    assert_string_equal(value_of(answer, "Content-Length"), length);
    assert_string_equal(value_of(answer, "Content-Type"),
                        "application/octet-stream");
    const char *name = strstr(answer->header, "Content-Length");
    assert_null(strstr(name + 1, "Content-Length"));
    assert_null(value_of(answer, "Transfer-Encoding"));
    assert_null(value_of(answer, "Content-Encoding"));
    assert_true(answer->header_size < 536);
    assert_int_equal(answer->header_size % 4, 0);
}

static void check_body(const struct answered *answer)
{
    assert_int_equal(answer->body_size, SIZE);
    assert_memory_equal(answer->body + 4, firmware + 4, SIZE - 4);
    assert_true(answer->sizes[answer->count - 1] >= 4);
}

static void check_header_came_first(const struct answered *answer)
{
    assert_int_equal(answer->first_body, 0);
    assert_true(answer->was_acknowledged);
}

#define AT_HEADERS                                                             \
    "Host: 10.0.2.2:80\r\nConnection: keep-alive\r\n"                          \
    "Cache-Control: no-cache\r\n"                                              \
    "User-Agent: Mozilla/5.0 (Windows NT 5.1) AppleWebKit/537.1 "              \
    "(KHTML, like Gecko) Chrome/21.0.1180.89 Safari/537.1 \r\n"                \
    "Accept: */*\r\n"                                                          \
    "Authorization: token 0123456789012345678901234567890123456789\r\n"        \
    "Accept-Encoding: gzip,deflate,sdch\r\nAccept-Language: zh-CN\r\n\r\n"

static const char at_request[] = "GET /user2.bin HTTP/1.1\r\n" AT_HEADERS;
static const char nonos_request[] =
    "GET /user2.bin HTTP/1.0\r\nHost: \"10.0.2.2\":8070\r\n"
    "Connection: keep-alive\r\nCache-Control: no-cache\r\n\r\n";
static const char bare_request[] = "GET /fw.bin HTTP/1.0\r\n\r\n";
static const char rtos_request[] =
    "GET user2.2048.new.5.bin HTTP/1.0\r\nHost: 10.0.2.2:3344\r\n"
    "Accept: application/octet-stream\r\nAccept-Encoding: identity\r\n\r\n";

static const int sizes[] = {536, 1460, 1439};

enum { SIZES = sizeof(sizes) / sizeof(sizes[0]) };

static void a_head_is_answered_by_one_segment_and_no_more(void **state)
{
    static const char *const requests[] = {
        "HEAD /user2.bin HTTP/1.1\r\nHost: x:80\r\nConnection: close\r\n\r\n",
        "HEAD /user2.bin HTTP/1.1\r\nHost: x:80\r\n"
        "Connection: keep-alive\r\n\r\n",
        "HEAD /user2.bin HTTP/1.0\r\n\r\n",
    };
    (void)state;
    save("user2.bin", 0xe9, 3, 2);
    for (size_t i = 0; i < 3; i++) {
        struct answered *answer =
            ask_bytes(536, requests[i], strlen(requests[i]));
        check_header(answer, "60004");
        assert_int_equal(answer->count, 1);
        assert_int_equal(answer->body_size, 0);
    }
}

static void a_stamped_file_comes_with_its_header(void **state)
{
    static const char *const requests[] = {at_request, nonos_request};
    static const uint8_t starts[][2] = {{0xe9, 3}, {0xea, 4}};
    (void)state;
    for (size_t r = 0; r < 2; r++)
        for (size_t s = 0; s < 2; s++)
            for (size_t i = 0; i < SIZES; i++) {
                save("user2.bin", starts[s][0], starts[s][1], 2);
                struct answered *answer =
                    ask_bytes(sizes[i], requests[r], strlen(requests[r]));
                check_header(answer, "60004");
                check_body(answer);
                /* In odd segments the last may get too few: see below. */
                if (sizes[i] % 4 == 0)
                    assert_true(answer->first_body >= 4);
                else
                    check_header_came_first(answer);
            }
}

static void any_other_file_waits_until_the_header_has_arrived(void **state)
{
    static const struct {
        const char *request;
        uint8_t bytes[3];
    } cases[] = {
        {at_request, {0xe9, 3, 0x40}}, {at_request, {0xe9, 3, 1}},
        {at_request, {0xe9, 2, 2}},    {nonos_request, {0xe9, 3, 0x40}},
        {bare_request, {0xe9, 3, 2}},
    };
    (void)state;
    for (size_t c = 0; c < sizeof(cases) / sizeof(cases[0]); c++)
        for (size_t i = 0; i < SIZES; i++) {
            const uint8_t *bytes = cases[c].bytes;
            save("user2.bin", bytes[0], bytes[1], bytes[2]);
            save("fw.bin", bytes[0], bytes[1], bytes[2]);
            struct answered *answer =
                ask_bytes(sizes[i], cases[c].request, strlen(cases[c].request));
            check_header(answer, "60004");
            check_body(answer);
            check_header_came_first(answer);
        }
}

/* The answer to a poll must not wait for what old clients need. */
static void others_get_header_and_body_at_once(void **state)
{
    static const char *const agents[] = {
        "esp-idf/1.0 esp32", "ESP32 HTTP Client/1.0", "ESP8266-http-Update",
        "otatool-agent", "curl/7.88.1"};
    (void)state;
    save("fw.bin", 0, 0, 0);
    for (size_t i = 0; i < sizeof(agents) / sizeof(agents[0]); i++) {
        char request[256];
        int size = snprintf(request, sizeof(request),
                            "GET /fw.bin HTTP/1.0\r\nHost: x:8070\r\n"
                            "User-Agent: %s\r\n\r\n",
                            agents[i]);
        struct answered *answer = ask_bytes(1460, request, (size_t)size);
        assert_string_equal(value_of(answer, "Content-Length"), "60004");
        assert_true(answer->first_body > 0);
        assert_true(answer->has_end);
        check_body(answer);
    }
}

/* Its NUL is sent with the request, or comes late. */
static void the_rtos_2_example_gets_whole_lines(void **state)
{
    (void)state;
    save("user2.2048.new.5.bin", 0xe9, 3, 0x40);
    for (size_t i = 0; i < SIZES; i++) {
        struct answered *answer =
            ask_bytes(sizes[i], rtos_request, sizeof(rtos_request));
        check_header(answer, "60004");
        check_body(answer);
        assert_true(answer->has_end);
    }
}

/* With a length above 0 a device erases its slot and asks for the rest. */
static void an_error_to_a_head_tells_no_length(void **state)
{
    static const char *const requests[] = {
        "HEAD /none.bin HTTP/1.1\r\n" AT_HEADERS,
        "HEAD /none.bin HTTP/1.0\r\n\r\n",
        "HEAD /%zz HTTP/1.0\r\n\r\n",
        "HEAD /x y HTTP/1.0\r\n\r\n",
        "HEAD /user2.bin HTTP/1.0\r\nContent-Length: 4\r\n\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        struct answered *answer =
            ask_bytes(1460, requests[i], strlen(requests[i]));
        assert_int_equal(strncmp(answer->header, "HTTP/1.1 4", 10) == 0 ||
                             strncmp(answer->header, "HTTP/1.1 5", 10) == 0,
                         1);
        assert_int_equal(answer->count, 1);
        assert_int_equal(answer->body_size, 0);
        assert_string_equal(value_of(answer, "Content-Length"), "0");
    }
}

/* The NonOS library replaces these words wherever they are. */
static void the_words_of_the_library_may_stand_anywhere(void **state)
{
    static const char request[] = "HEAD /HEAD-close.bin HTTP/1.1\r\n"
                                  "Host: HEAD.close\r\n\r\n";
    (void)state;
    save("HEAD-close.bin", 0xe9, 3, 2);
    check_header(ask_bytes(1460, request, strlen(request)), "60004");
}

/* Each piece of a first answer makes a client of the NonOS SDK ask anew. */
static void requests_that_come_in_a_storm_are_all_answered(void **state)
{
    char requests[4096] = "";
    (void)state;
    save("user2.bin", 0xe9, 3, 2);
    strcat(requests, "HEAD /none.bin HTTP/1.1\r\nHost: x\r\n\r\n");
    for (int i = 0; i < 5; i++)
        strcat(requests, "GET /none.bin HTTP/1.1\r\nHost: x\r\n\r\n");
    int fd = fixture_connect(&fixture, 0);
    send_text(fd, requests);
    for (int i = 0; i < 6; i++) {
        struct answer answer;
        read_answer(fd, true, &answer);
        assert_int_equal(answer.status, 404);
        answer_release(&answer);
    }
    close(fd);
}

/* Between the two a device erases its flash; the first may stay open. */
static void the_second_connection_may_come_while_the_first_is_open(void **state)
{
    struct answer answer;
    (void)state;
    save("user2.bin", 0xe9, 3, 2);
    int first = fixture_connect(&fixture, 0);
    send_text(first, "HEAD /user2.bin HTTP/1.1\r\nHost: x\r\n\r\n");
    read_answer(first, false, &answer);
    int second = fixture_connect(&fixture, 0);
    send_text(second, at_request);
    read_answer(second, true, &answer);
    assert_int_equal(answer.size, SIZE);
    answer_release(&answer);
    send_text(first, "HEAD /user2.bin HTTP/1.1\r\nHost: x\r\n\r\n");
    read_answer(first, false, &answer);
    assert_int_equal(answer.status, 200);
    close(first);
    close(second);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_head_is_answered_by_one_segment_and_no_more),
        cmocka_unit_test(a_stamped_file_comes_with_its_header),
        cmocka_unit_test(any_other_file_waits_until_the_header_has_arrived),
        cmocka_unit_test(others_get_header_and_body_at_once),
        cmocka_unit_test(the_rtos_2_example_gets_whole_lines),
        cmocka_unit_test(an_error_to_a_head_tells_no_length),
        cmocka_unit_test(the_words_of_the_library_may_stand_anywhere),
        cmocka_unit_test(requests_that_come_in_a_storm_are_all_answered),
        cmocka_unit_test(
            the_second_connection_may_come_while_the_first_is_open),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
