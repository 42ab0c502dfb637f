/* SPDX-License-Identifier: Apache-2.0 */
/* Whoever answers, the server itself or the HTTP library: it is one answer. */
#include "cmocka_all.h"
#include "fixture.h"
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SIZE = 200 * 1000, PAUSE_US = 100 * 1000 };

static struct fixture fixture;
static uint8_t firmware[SIZE];

static int start(void **state)
{
    (void)state;
    if (!fixture_offer(firmware, SIZE))
        return -1;
    fixture_start(&fixture, 60000, 1000);
    return 0;
}

/* With a log that is empty. */
static void start_again(struct ota_server_options options)
{
    fixture_stop(&fixture);
    fixture_start_with(&fixture, &options);
}

static int stop(void **state)
{
    (void)state;
    fixture_stop(&fixture);
    return 0;
}

/* A request that comes in pieces is not plain. */
static void send_in_pieces(int fd, const char *text)
{
    send_bytes(fd, text, 3);
    usleep(PAUSE_US);
    send_text(fd, text + 3);
}

static void get(const char *text, void (*send)(int, const char *),
                struct answer *answer)
{
    int fd = fixture_connect(&fixture, 0);
    send(fd, text);
    read_answer(fd, strncmp(text, "HEAD", 4) != 0, answer);
    close(fd);
}

/* Takes a line out of a header. */
static void forget(char *header, const char *name)
{
    char *line = strstr(header, name);
    if (!line)
        return;
    char *next = strstr(line, "\r\n") + 2;
    memmove(line, next, strlen(next) + 1);
}

static void both_ways_give_one_answer(void **state)
{
    static const char *const requests[] = {
        "GET /fw.bin HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET fw.bin HTTP/1.0\r\n\r\n",
        "GET /fw.bin HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n",
        "HEAD /fw.bin HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET /fw.bin HTTP/1.1\r\nUser-Agent: curl/7\r\nRange: bytes=7-9\r\n"
        "\r\n",
        "GET /fw.bin HTTP/1.1\r\nHost: x\r\nRange: bytes=-1\r\n\r\n",
        "GET /fw.bin HTTP/1.1\r\nHost: x\r\nRange: bytes=200000-\r\n\r\n",
        "GET /fw.bin HTTP/1.1\r\nHost: x\r\nIf-None-Match: *\r\n\r\n",
        "GET /fw.bin HTTP/1.1\r\nHost: x\r\nIf-Match: \"no\"\r\n\r\n",
        "GET /fw.bin HTTP/1.1\r\nUser-Agent: ESP8266-http-Update\r\n"
        "x-ESP8266-mode: sketch\r\n\r\n",
        "GET /none.bin HTTP/1.1\r\nHost: x\r\n\r\n",
        "HEAD /none.bin HTTP/1.0\r\n\r\n",
        "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++) {
        struct answer plain, other;
        print_message("%s", requests[i]);
        get(requests[i], send_text, &plain);
        get(requests[i], send_in_pieces, &other);
        forget(plain.header, "Date: ");
        forget(other.header, "Date: ");
        if (plain.status == 304) /* the library says so, for no reason */
            forget(other.header, "Content-Length: 0");
        if (plain.status == 304) /* which was in the way of its alignment */
            forget(other.header, "Align: ");
        if (plain.status == 304)
            forget(plain.header, "Align: ");
        assert_string_equal(plain.header, other.header);
        assert_int_equal(plain.size, other.size);
        if (plain.size > 0)
            assert_memory_equal(plain.body, other.body, plain.size);
        answer_release(&plain);
        answer_release(&other);
    }
}

static void read_whole(int fd)
{
    read_file(fd, firmware, SIZE);
}

static void read_part(int fd, size_t size)
{
    struct answer answer;
    read_answer(fd, true, &answer);
    assert_int_equal(answer.status, 206);
    assert_true(answer.size >= size);
    answer_release(&answer);
}

#define PLAIN "GET /fw.bin HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7\r\n\r\n"
#define PARTS "GET /fw.bin HTTP/1.1\r\nHost: x\r\nRange: bytes=0-1,9-9\r\n\r\n"

static void reset(int fd)
{
    struct linger at_once = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
    close(fd);
}

/* What the library says by itself is none of the file. */
static void to_be_told_to_go_on_counts_not(void **state)
{
    struct answer answer;
    (void)state;
    start_again((struct ota_server_options){0});
    int fd = fixture_connect(&fixture, 2048);
    send_text(fd, "GET /fw.bin HTTP/1.1\r\nHost: x\r\n"
                  "Expect: 100-continue\r\n\r\n");
    read_answer(fd, false, &answer);
    assert_int_equal(answer.status, 100);
    read_answer(fd, false, &answer);
    assert_int_equal(answer.status, 200);
    usleep(3 * PAUSE_US); /* until the window is full */
    int waiting = 0;
    assert_int_equal(ioctl(fd, FIONREAD, &waiting), 0);
    reset(fd);
    struct logged logged = fixture_logged(&fixture, 0);
    assert_int_equal(logged.sent, waiting);
    assert_int_equal(logged.end, OTA_SERVER_CLIENT_CLOSED);
}

/* The library goes on where the server stopped, also behind a request that is
 * there already. */
static void one_connection_may_go_both_ways(void **state)
{
    static const char *const pipelined[] = {
        PLAIN PARTS PLAIN, PARTS PLAIN PLAIN, PLAIN PLAIN PARTS};
    (void)state;
    start_again((struct ota_server_options){0});
    int fd = fixture_connect(&fixture, 0);
    send_text(fd, PLAIN);
    read_whole(fd);
    send_text(fd, PARTS);
    read_part(fd, 3);
    send_text(fd, PLAIN);
    read_whole(fd);
    close(fd);
    for (size_t i = 0; i < 3; i++) {
        fd = fixture_connect(&fixture, 2048);
        send_text(fd, pipelined[i]);
        for (size_t k = 0; k < 3; k++)
            i + k == 1 || (i == 2 && k == 2) ? read_part(fd, 3)
                                             : read_whole(fd);
        close(fd);
    }
    for (size_t i = 0; i < 12; i++)
        assert_int_equal(fixture_logged(&fixture, i).end, OTA_SERVER_COMPLETE);
}

/* More than one look at what came, and more than one client's turn. */
static void hundreds_may_be_asked_at_once(void **state)
{
    enum { COUNT = 300 };
    static const char request[] = "HEAD /fw.bin HTTP/1.1\r\nHost: x\r\n\r\n";
    static char all[COUNT * sizeof(request)];
    (void)state;
    for (size_t i = 0; i < COUNT; i++)
        memcpy(all + i * (sizeof(request) - 1), request, sizeof(request) - 1);
    int fd = fixture_connect(&fixture, 0);
    send_bytes(fd, all, COUNT * (sizeof(request) - 1));
    for (size_t i = 0; i < COUNT; i++) {
        struct answer answer;
        read_answer(fd, false, &answer);
        assert_int_equal(answer.status, 200);
    }
    close(fd);
}

/* How many answers one client has got when another's turn comes. */
static size_t answers_before_another(size_t count)
{
    static const char request[] = "HEAD /many HTTP/1.1\r\n\r\n";
    const size_t size = sizeof(request) - 1;
    char *all = malloc(count * size);
    size_t found = 0;
    fixture_stop(&fixture);
    fixture_start(&fixture, 60000, 1000);
    int many = fixture_connect(&fixture, 0);
    int one = fixture_connect(&fixture, 0);
    for (size_t i = 0; i < count; i++)
        memcpy(all + i * size, request, size);
    usleep(PAUSE_US);
    send_bytes(many, all, count * size);
    usleep(100); /* it has begun, and is far from the end */
    send_text(one, "HEAD /one HTTP/1.1\r\n\r\n");
    while (strcmp(fixture_logged(&fixture, found).target, "/one") != 0)
        found++;
    close(many);
    close(one);
    free(all);
    return found;
}

/* Who asks much at once is not answered in one go: it could go on for ever. */
static void who_asks_much_lets_others_in(void **state)
{
    enum { COUNT = 250, TRIES = 50 };
    (void)state;
    int tries = 0;
    while (answers_before_another(COUNT) == COUNT)
        assert_true(++tries < TRIES);
}

/* Answers that nobody reads fill the kernel, also in the midst of a header. */
static void headers_that_find_no_room_come_later(void **state)
{
    enum { COUNT = 20000 };
    static const char request[] = "HEAD /fw.bin HTTP/1.1\r\nHost: x\r\n\r\n";
    int fd = fixture_connect(&fixture, 2048);
    size_t sent = 0, got = 0;
    (void)state;
    while (sent < COUNT && send(fd, request, sizeof(request) - 1,
                                MSG_DONTWAIT) == sizeof(request) - 1)
        sent++;
    usleep(PAUSE_US);
    assert_true(sent > 1000);
    shutdown(fd, SHUT_WR);
    for (struct answer answer; got < sent; got++) {
        read_answer(fd, false, &answer);
        assert_int_equal(answer.status, 200);
    }
    close(fd);
}

static void a_client_may_close_its_half(void **state)
{
    (void)state;
    int fd = fixture_connect(&fixture, 2048);
    send_text(fd, PLAIN);
    shutdown(fd, SHUT_WR);
    usleep(PAUSE_US);
    read_whole(fd);
    assert_true(is_at_end(fd));
    close(fd);
}

/* What comes with the end of the stream is told once with it. */
static void a_half_may_be_closed_with_the_request(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++) {
        int fd = fixture_connect(&fixture, 0);
        uint64_t began = clock_ms();
        send_text(fd, "HEAD /fw.bin HTTP/1.1\r\nHost: x\r\n\r\n");
        shutdown(fd, SHUT_WR);
        struct answer answer;
        read_answer(fd, false, &answer);
        assert_int_equal(answer.status, 200);
        assert_true(is_at_end(fd));
        assert_in_range(clock_ms() - began, 0, 10000);
        close(fd);
    }
}

/* Also while its answer waits for its time. */
static void a_reset_is_seen_at_once(void **state)
{
    (void)state;
    start_again(
        (struct ota_server_options){.rate = 2000, .idle_timeout_ms = 60000});
    int fd = fixture_connect(&fixture, 0);
    char some[600];
    send_text(fd, PLAIN);
    assert_true(recv(fd, some, sizeof(some), 0) > 0);
    reset(fd);
    struct logged logged = fixture_logged(&fixture, 0);
    assert_int_equal(logged.end, OTA_SERVER_CLIENT_CLOSED);
    assert_in_range(logged.duration_ms, 0, 10000);
}

/* Its turn ends with all there was: time is counted nevertheless. */
static void a_turn_may_end_with_the_last_request(void **state)
{
    enum { BEFORE = 15, LOOK = 2048 };
    static const char request[] = "HEAD /fw.bin HTTP/1.1\r\nHost: x\r\n\r\n";
    const size_t size = sizeof(request) - 1;
    char all[BEFORE * sizeof(request) + LOOK];
    (void)state;
    start_again((struct ota_server_options){.idle_timeout_ms = 500});
    for (size_t i = 0; i <= BEFORE; i++)
        memcpy(all + i * size, request, size);
    char *last = all + BEFORE * size;
    memset(last + size - 2, 'x', LOOK - size);
    memcpy(last + size - 2, "A: ", 3);
    memcpy(last + LOOK - 4, "\r\n\r\n", 4);
    int fd = fixture_connect(&fixture, 0);
    uint64_t began = clock_ms();
    send_bytes(fd, all, BEFORE * size + LOOK);
    for (size_t i = 0; i <= BEFORE; i++) {
        struct answer answer;
        read_answer(fd, false, &answer);
        assert_int_equal(answer.status, 200);
    }
    assert_true(is_at_end(fd));
    assert_in_range(clock_ms() - began, 400, 15000);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_give_one_answer),
        cmocka_unit_test(to_be_told_to_go_on_counts_not),
        cmocka_unit_test(one_connection_may_go_both_ways),
        cmocka_unit_test(hundreds_may_be_asked_at_once),
        cmocka_unit_test(who_asks_much_lets_others_in),
        cmocka_unit_test(headers_that_find_no_room_come_later),
        cmocka_unit_test(a_client_may_close_its_half),
        cmocka_unit_test(a_half_may_be_closed_with_the_request),
        cmocka_unit_test(a_reset_is_seen_at_once),
        cmocka_unit_test(a_turn_may_end_with_the_last_request),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
