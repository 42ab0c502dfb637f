/* SPDX-License-Identifier: Apache-2.0 */
/* Nobody gets more than his share, and nobody is lost for it. */
#include "cmocka_all.h"
#include "fixture.h"
#include "scratch.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SIZE = 200 * 1000, SMALL_WINDOW = 8192 };

static struct fixture fixture;
static uint8_t firmware[SIZE];

#define TOOL "GET /fw.bin HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7\r\n\r\n"
#define CLOSING "GET /fw.bin HTTP/1.0\r\n\r\n"
#define OLD "GET /fw.bin HTTP/1.1\r\nHost: x\r\n\r\n"

static int enter_scratch_folder(void **state)
{
    (void)state;
    return fixture_offer(firmware, SIZE) ? 0 : -1;
}

static void start(struct ota_server_options options)
{
    fixture_start_with(&fixture, &options);
}

/* A client that has its first bytes and takes no more. */
static int begin(const char *request)
{
    int fd = fixture_connect(&fixture, SMALL_WINDOW);
    char byte;
    send_text(fd, request);
    assert_int_equal(recv(fd, &byte, 1, MSG_PEEK), 1);
    return fd;
}

static void check_whole(int fd)
{
    read_file(fd, firmware, SIZE);
    close(fd);
}

static void check_busy(int fd)
{
    struct answer answer;
    read_answer(fd, true, &answer);
    assert_int_equal(answer.status, 503);
    assert_int_equal(answer.size, 0);
    long retry = atol(answer_header(&answer, "Retry-After"));
    assert_in_range(retry, 5, 30);
    answer_release(&answer);
    close(fd);
}

static void an_address_gets_its_share_of_connections(void **state)
{
    enum { SHARE = 4, BEYOND = 16 };
    int fds[SHARE + BEYOND];
    (void)state;
    start((struct ota_server_options){.connections_per_address = SHARE});
    for (int i = 0; i < SHARE + BEYOND; i++)
        fds[i] = fixture_connect(&fixture, 0);
    usleep(200 * 1000);
    int more = fixture_connect(&fixture, 0);
    assert_true(is_at_end(more)); /* not even told */
    close(more);
    for (int i = SHARE; i < SHARE + BEYOND; i++) {
        send_text(fds[i], OLD);
        check_busy(fds[i]);
    }
    for (int i = 0; i < SHARE; i++) {
        send_text(fds[i], OLD);
        check_whole(fds[i]);
    }
    fixture_stop(&fixture);
}

/* Also when what holds the room is a download that nobody reads. */
static void who_finds_no_room_waits_for_it(void **state)
{
    char byte;
    (void)state;
    start((struct ota_server_options){.connections = 2,
                                      .connections_per_address = 8});
    int first = begin(CLOSING);
    int second = begin(TOOL);
    int third = fixture_connect(&fixture, 0);
    send_text(third, CLOSING);
    usleep(300 * 1000);
    assert_int_equal(recv(third, &byte, 1, MSG_DONTWAIT), -1);
    check_whole(first);
    check_whole(third);
    check_whole(second);
    fixture_stop(&fixture);
}

/* Beyond 256 connections the kernel holds less for each. */
static void many_get_what_few_get(void **state)
{
    enum { MANY = 420 };
    static const char *const requests[] = {TOOL, OLD, CLOSING};
    int fds[MANY];
    (void)state;
    start((struct ota_server_options){.connections = 2 * MANY,
                                      .connections_per_address = 2 * MANY,
                                      .workers = 2});
    for (int i = 0; i < MANY; i++)
        fds[i] = begin(requests[i % 3]);
    for (int i = MANY - 1; i >= 0; i--)
        check_whole(fds[i]);
    for (unsigned i = 0; i < MANY; i++)
        assert_int_equal(fixture_logged(&fixture, i).end, OTA_SERVER_COMPLETE);
    fixture_stop(&fixture);
}

static void crowd(int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        fds[i] = fixture_connect(&fixture, 0);
}

static void leave(const int *fds, size_t count)
{
    for (size_t i = 0; i < count; i++)
        close(fds[i]);
}

/* The first answer is still on its way when the second one begins. */
static void among_many_an_answer_behind_another_is_whole(void **state)
{
    enum { MANY = 300, FIRST = 9000 };
    int fds[MANY];
    struct answer answer;
    (void)state;
    start((struct ota_server_options){.connections = 2 * MANY,
                                      .connections_per_address = 2 * MANY});
    crowd(fds, MANY);
    int fd = fixture_connect(&fixture, 2048);
    send_text(fd, "GET /fw.bin HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7\r\n"
                  "Range: bytes=0-8999\r\n\r\n");
    usleep(50 * 1000);
    send_text(fd, TOOL);
    usleep(200 * 1000);
    read_answer(fd, true, &answer);
    assert_int_equal(answer.size, FIRST);
    assert_memory_equal(answer.body, firmware, FIRST);
    answer_release(&answer);
    check_whole(fd);
    leave(fds, MANY);
    fixture_stop(&fixture);
}

/* However steadily it is taken. */
static void among_many_an_answer_has_an_end_too(void **state)
{
    enum { MANY = 300 };
    int fds[MANY];
    char some[1024];
    size_t size = 0;
    (void)state;
    start((struct ota_server_options){.connections = 2 * MANY,
                                      .connections_per_address = 2 * MANY,
                                      .total_timeout_ms = 500});
    crowd(fds, MANY);
    int fd = fixture_connect(&fixture, 2048);
    send_text(fd, CLOSING);
    for (ssize_t n; (n = recv(fd, some, sizeof(some), 0)) > 0;
         size += (size_t)n)
        usleep(10 * 1000);
    close(fd);
    assert_int_equal(fixture_logged(&fixture, 0).end, OTA_SERVER_TIMED_OUT);
    assert_true(size < SIZE);
    leave(fds, MANY);
    fixture_stop(&fixture);
}

/* Workers may both find room for one more at the same moment. */
static void whoever_is_let_in_gets_all(void **state)
{
    enum { ROUNDS = 24, CLIENTS = 16 };
    int fds[CLIENTS];
    (void)state;
    start((struct ota_server_options){
        .connections = 4, .connections_per_address = 100, .workers = 4});
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < CLIENTS; i++) {
            fds[i] = fixture_connect(&fixture, SMALL_WINDOW);
            send_text(fds[i], CLOSING);
        }
        usleep(20 * 1000);
        for (int i = 0; i < CLIENTS; i++)
            check_whole(fds[i]);
    }
    fixture_stop(&fixture);
}

/* The same for those that go away, and for a server that stops. */
static void many_may_leave_midway(void **state)
{
    enum { MANY = 300 };
    int fds[MANY];
    (void)state;
    start((struct ota_server_options){.connections = 2 * MANY,
                                      .connections_per_address = 2 * MANY,
                                      .grace_ms = 100});
    for (int i = 0; i < MANY; i++)
        fds[i] = begin(CLOSING);
    for (int i = 0; i < MANY; i += 2)
        close(fds[i]);
    for (unsigned i = 0; i < MANY / 2; i++)
        assert_int_equal(fixture_logged(&fixture, i).end,
                         OTA_SERVER_CLIENT_CLOSED);
    fixture_stop(&fixture);
    for (int i = 1; i < MANY; i += 2)
        close(fds[i]);
}

static void who_finds_no_place_is_told_when_to_come_again(void **state)
{
    (void)state;
    start((struct ota_server_options){.downloads = 1});
    int slow = begin(TOOL);
    int other = fixture_connect(&fixture, 0);
    send_text(other, TOOL);
    check_busy(other);
    int head = fixture_connect(&fixture, 0);
    struct answer answer;
    send_text(head, "HEAD /fw.bin HTTP/1.1\r\nHost: x\r\n\r\n");
    read_answer(head, false, &answer);
    assert_int_equal(answer.status, 200);
    close(head);
    check_whole(slow);
    assert_int_equal(fixture_logged(&fixture, 2).end, OTA_SERVER_COMPLETE);
    other = fixture_connect(&fixture, 0);
    send_text(other, TOOL);
    check_whole(other);
    fixture_stop(&fixture);
}

static void an_old_device_that_finds_no_place_is_kept(void **state)
{
    (void)state;
    start((struct ota_server_options){.downloads = 1});
    int slow = begin(TOOL);
    int old = fixture_connect(&fixture, 0);
    send_text(old, OLD);
    char some[2000];
    uint64_t began = clock_ms();
    assert_int_equal(recv(old, some, sizeof(some), MSG_PEEK | MSG_WAITALL),
                     sizeof(some));
    assert_true(clock_ms() - began > 500); /* it drips */
    check_whole(slow);
    check_whole(old);
    fixture_stop(&fixture);
}

static void a_download_goes_no_faster_than_it_may(void **state)
{
    (void)state;
    for (int is_all = 0; is_all < 2; is_all++) {
        start((struct ota_server_options){
            .rate = is_all ? 200 * 1000 : 0,
            .rate_per_download = is_all ? 0 : 100 * 1000,
        });
        uint64_t began = clock_ms();
        int first = begin(TOOL);
        int second = begin(OLD);
        check_whole(first);
        check_whole(second);
        assert_true(clock_ms() - began > 1500);
        fixture_stop(&fixture);
    }
}

/* Takes what there is; false at the end. */
static bool take(int fd, size_t *size)
{
    static char some[SIZE];
    ssize_t n = recv(fd, some, sizeof(some), MSG_DONTWAIT);
    *size += n > 0 ? (size_t)n : 0;
    return n > 0 || (n < 0 && errno == EAGAIN);
}

/* Some get nothing for longer than a client may be idle. */
static void who_waits_for_the_rate_is_not_idle(void **state)
{
    enum { CLIENTS = 30 };
    int fds[CLIENTS];
    size_t sizes[CLIENTS] = {0};
    (void)state;
    start((struct ota_server_options){.rate = 1000 * 1000,
                                      .idle_timeout_ms = 400});
    for (int i = 0; i < CLIENTS; i++) {
        fds[i] = fixture_connect(&fixture, 0);
        send_text(fds[i], CLOSING);
    }
    for (int open = CLIENTS; open > 0; usleep(1000)) {
        for (int i = 0; i < CLIENTS; i++) {
            if (fds[i] < 0 || take(fds[i], &sizes[i]))
                continue;
            close(fds[i]);
            fds[i] = -1;
            open--;
        }
    }
    for (unsigned i = 0; i < CLIENTS; i++) {
        assert_true(sizes[i] > SIZE);
        assert_int_equal(fixture_logged(&fixture, i).end, OTA_SERVER_COMPLETE);
    }
    fixture_stop(&fixture);
}

/* Who wakes first takes not all. */
static void a_rate_is_shared_by_all(void **state)
{
    enum { CLIENTS = 20, RATE = 400 * 1000, LEAST = RATE / CLIENTS / 2 };
    static char some[65536];
    int fds[CLIENTS];
    size_t got[CLIENTS] = {0};
    (void)state;
    start((struct ota_server_options){.rate = RATE,
                                      .connections_per_address = CLIENTS});
    for (int i = 0; i < CLIENTS; i++)
        fds[i] = begin(CLOSING);
    for (uint64_t began = clock_ms(); clock_ms() - began < 2000; usleep(1000)) {
        for (int i = 0; i < CLIENTS; i++) {
            ssize_t size = recv(fds[i], some, sizeof(some), MSG_DONTWAIT);
            got[i] += size > 0 ? (size_t)size : 0;
        }
    }
    for (int i = 0; i < CLIENTS; i++) {
        assert_true(got[i] >= LEAST);
        close(fds[i]);
    }
    fixture_stop(&fixture);
}

/* It is what tells a client that his request was heard. */
static void a_header_waits_for_no_rate(void **state)
{
    (void)state;
    start((struct ota_server_options){.rate = 300});
    int fd = fixture_connect(&fixture, 0);
    uint64_t began = clock_ms();
    char byte;
    send_text(fd, TOOL);
    assert_int_equal(recv(fd, &byte, 1, 0), 1);
    assert_in_range(clock_ms() - began, 0, 3000);
    close(fd);
    fixture_stop(&fixture);
}

/* All share the rate piece by piece; who is alone need not wait between. */
static void a_large_rate_is_used_by_one(void **state)
{
    enum { TRIES = 100, MOST_MS = 20 }; /* with pauses it takes 35 ms */
    (void)state;
    start((struct ota_server_options){.rate = 1000 * 1000 * 1000});
    int fd = fixture_connect(&fixture, 0);
    uint64_t took = MOST_MS + 1;
    for (int i = 0; took > MOST_MS; i++) {
        assert_in_range(i, 0, TRIES);
        uint64_t began = clock_ms();
        send_text(fd, TOOL);
        read_file(fd, firmware, SIZE);
        took = clock_ms() - began;
    }
    close(fd);
    fixture_stop(&fixture);
}

static void nobody_waits_for_his_share_for_ever(void **state)
{
    enum { MANY = 40, RATE = 1000 * 1000, SECONDS = 4, FAIR = 6 };
    int fds[MANY];
    int least = SIZE;
    int most = 0;
    (void)state;
    start((struct ota_server_options){.rate = RATE});
    for (int i = 0; i < MANY; i++) {
        fds[i] = fixture_connect(&fixture, 1 << 18);
        send_text(fds[i], TOOL);
    }
    sleep(SECONDS);
    for (int i = 0; i < MANY; i++) {
        int count = 0;
        assert_int_equal(ioctl(fds[i], FIONREAD, &count), 0);
        least = count < least ? count : least;
        most = count > most ? count : most;
        close(fds[i]);
    }
    assert_true(least > 0 && most / least < FAIR);
    fixture_stop(&fixture);
}

static void several_ranges_do_not_get_round_it(void **state)
{
    struct answer answer;
    (void)state;
    start((struct ota_server_options){.rate = 1000 * 1000});
    ask(&fixture,
        "GET /fw.bin HTTP/1.1\r\nHost: x\r\nRange: bytes=0-9,1000-1009\r\n\r\n",
        &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.size, SIZE);
    answer_release(&answer);
    ask(&fixture,
        "GET /fw.bin HTTP/1.1\r\nHost: x\r\nRange: bytes=1000-1009\r\n\r\n",
        &answer);
    assert_int_equal(answer.status, 206);
    assert_memory_equal(answer.body, firmware + 1000, 10);
    answer_release(&answer);
    fixture_stop(&fixture);
}

/* A byte now and then keeps no connection. */
static void who_dawdles_over_a_request_is_cut(void **state)
{
    static const char *const beginnings[] = {"G",
                                             "GET /fw.bin HTTP/1.1\r\nX: "};
    (void)state;
    start((struct ota_server_options){.header_timeout_ms = 400,
                                      .idle_timeout_ms = 60000});
    for (size_t i = 0; i < 2; i++) {
        int fd = fixture_connect(&fixture, 0);
        send_text(fd, beginnings[i]);
        int sent = 0;
        while (sent < 100 && send(fd, "x", 1, MSG_NOSIGNAL) == 1) {
            usleep(50 * 1000);
            sent++;
        }
        assert_true(sent < 100);
        close(fd);
        struct logged logged = fixture_logged(&fixture, i);
        assert_int_equal(logged.end, OTA_SERVER_TIMED_OUT);
        assert_int_equal(logged.status, 0);
    }
    fixture_stop(&fixture);
}

static void who_asks_nothing_is_closed_in_time(void **state)
{
    struct answer answer;
    (void)state;
    start((struct ota_server_options){.header_timeout_ms = 10000,
                                      .idle_timeout_ms = 400});
    int silent = fixture_connect(&fixture, 0);
    int kept = fixture_connect(&fixture, 0);
    send_text(kept, TOOL);
    read_answer(kept, true, &answer);
    answer_release(&answer);
    assert_true(is_at_end(silent));
    assert_true(is_at_end(kept));
    close(silent);
    close(kept);
    fixture_stop(&fixture);
    assert_int_equal(fixture.logged_count, 1);
}

static void an_answer_has_an_end(void **state)
{
    (void)state;
    start((struct ota_server_options){.total_timeout_ms = 700,
                                      .idle_timeout_ms = 400});
    int fd = fixture_connect(&fixture, 2048);
    send_text(fd, TOOL);
    char some[1024];
    while (recv(fd, some, sizeof(some), 0) > 0)
        usleep(50 * 1000);
    close(fd);
    assert_int_equal(fixture_logged(&fixture, 0).end, OTA_SERVER_TIMED_OUT);
    fixture_stop(&fixture);
}

/* As a device does that erases its flash, in small. */
static void a_closed_window_is_borne(void **state)
{
    (void)state;
    start((struct ota_server_options){.idle_timeout_ms = 2000});
    int tool = begin(TOOL);
    int old = begin(OLD);
    usleep(1000 * 1000);
    check_whole(tool);
    check_whole(old);
    fixture_stop(&fixture);
}

static void without_descriptors_others_wait(void **state)
{
    struct rlimit limit;
    struct rlimit low;
    enum { FEW = 40, CLIENTS = 60 };
    int fds[CLIENTS];
    (void)state;
    start((struct ota_server_options){0});
    for (int i = 0; i < CLIENTS; i++)
        fds[i] = fixture_connect(&fixture, 0);
    usleep(100 * 1000);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    low = limit;
    low.rlim_cur = FEW; /* no file can be opened now, no client accepted */
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    struct answer answer;
    send_text(fds[0], "GET /fw.bin HTTP/1.1\r\nHost: x\r\n\r\n");
    read_answer(fds[0], true, &answer);
    assert_int_equal(answer.status, 503);
    answer_release(&answer);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    for (int i = 1; i < CLIENTS; i++) {
        send_text(fds[i], TOOL);
        check_whole(fds[i]);
    }
    close(fds[0]);
    fixture_stop(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_gets_its_share_of_connections),
        cmocka_unit_test(who_finds_no_room_waits_for_it),
        cmocka_unit_test(many_get_what_few_get),
        cmocka_unit_test(among_many_an_answer_behind_another_is_whole),
        cmocka_unit_test(among_many_an_answer_has_an_end_too),
        cmocka_unit_test(whoever_is_let_in_gets_all),
        cmocka_unit_test(many_may_leave_midway),
        cmocka_unit_test(who_finds_no_place_is_told_when_to_come_again),
        cmocka_unit_test(an_old_device_that_finds_no_place_is_kept),
        cmocka_unit_test(a_download_goes_no_faster_than_it_may),
        cmocka_unit_test(who_waits_for_the_rate_is_not_idle),
        cmocka_unit_test(a_rate_is_shared_by_all),
        cmocka_unit_test(nobody_waits_for_his_share_for_ever),
        cmocka_unit_test(a_header_waits_for_no_rate),
        cmocka_unit_test(a_large_rate_is_used_by_one),
        cmocka_unit_test(several_ranges_do_not_get_round_it),
        cmocka_unit_test(who_dawdles_over_a_request_is_cut),
        cmocka_unit_test(who_asks_nothing_is_closed_in_time),
        cmocka_unit_test(an_answer_has_an_end),
        cmocka_unit_test(a_closed_window_is_borne),
        cmocka_unit_test(without_descriptors_others_wait),
    };
    return cmocka_run_group_tests(tests, enter_scratch_folder, NULL);
}
