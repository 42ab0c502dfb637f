/* SPDX-License-Identifier: Apache-2.0 */
/* The clock of the day jumps while the server is at work: what it says
 * changes, what it does does not. */
#include "cmocka_all.h"
#include "fixture.h"
#include "otatool/file.h"
#include "scratch.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 200 * 1000, SMALL_WINDOW = 8192, HOUR = 3600, DAY = 24 * HOUR };

#define TEN_YEARS (3653ll * DAY)
#define REQUEST "GET /fw.bin HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7\r\n\r\n"
#define OLD "GET /fw.bin HTTP/1.1\r\nHost: x\r\n\r\n"

static struct fixture fixture;
static uint8_t firmware[SIZE];
static uint8_t other[SIZE];

/* --- a clock that can be set ------------------------------------------------
 */

static atomic_llong shift_s;

/* These take the place of the C library's, for this program and for the
 * libraries that it has loaded. */
int clock_gettime(clockid_t id, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, id, now);
    if (result == 0 && id == CLOCK_REALTIME)
        now->tv_sec += atomic_load(&shift_s);
    return result;
}

time_t time(time_t *when)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (when)
        *when = now.tv_sec;
    return now.tv_sec;
}

static const long long jumps[] = {HOUR, -HOUR, -TEN_YEARS, 0};

enum { JUMPS = sizeof(jumps) / sizeof(jumps[0]) };

/* --- the tests
 * ---------------------------------------------------------------- */

static int enter_scratch_folder(void **state)
{
    (void)state;
    fixture_fill(firmware, SIZE);
    memset(other, 7, SIZE);
    return scratch_enter() && mkdir("root", 0755) == 0 ? 0 : -1;
}

static int put_file_back(void **state)
{
    struct ota_error err;
    (void)state;
    atomic_store(&shift_s, 0);
    return ota_file_save("root/fw.bin", firmware, SIZE, &err) ? 0 : -1;
}

static void start(struct ota_server_options options)
{
    fixture_start_with(&fixture, &options);
}

static void check_whole(int fd, const uint8_t *expected)
{
    read_file(fd, expected, SIZE);
    close(fd);
}

static int begin(const char *request)
{
    int fd = fixture_connect(&fixture, SMALL_WINDOW);
    char byte;
    send_text(fd, request);
    assert_int_equal(recv(fd, &byte, 1, MSG_PEEK), 1);
    return fd;
}

static void no_download_is_cut(void **state)
{
    (void)state;
    start((struct ota_server_options){.rate_per_download = SIZE,
                                      .idle_timeout_ms = 5000,
                                      .total_timeout_ms = 30000});
    for (int i = 0; i < JUMPS; i++) {
        uint64_t began_ms = clock_ms();
        int tool = begin(REQUEST);
        int old = begin(OLD);
        atomic_store(&shift_s, jumps[i]);
        check_whole(tool, firmware);
        check_whole(old, firmware);
        assert_true(clock_ms() - began_ms > 500); /* it is slowed still */
    }
    for (size_t i = 0; i < 2 * JUMPS; i++) {
        struct logged logged = fixture_logged(&fixture, i);
        assert_int_equal(logged.end, OTA_SERVER_COMPLETE);
        assert_in_range(logged.duration_ms, 200, 30000);
    }
    fixture_stop(&fixture);
}

static void a_new_file_is_served_and_the_old_one_ends(void **state)
{
    struct ota_error err;
    (void)state;
    start((struct ota_server_options){0});
    for (int i = 0; i < JUMPS; i++) {
        const uint8_t *before = i % 2 ? other : firmware;
        const uint8_t *after = i % 2 ? firmware : other;
        int slow = begin(REQUEST);
        atomic_store(&shift_s, jumps[i]);
        assert_true(ota_file_save("root/fw.bin", after, SIZE, &err));
        int fresh = fixture_connect(&fixture, 0);
        send_text(fresh, OLD);
        check_whole(fresh, after);
        check_whole(slow, before);
    }
    fixture_stop(&fixture);
}

/* Seconds since 1970 in "Sun, 06 Nov 1994 08:49:37 GMT"; fails for another
 * form. */
static long long date_of(const struct answer *answer)
{
    struct tm tm = {0};
    const char *date = answer_header(answer, "Date");
    assert_non_null(date);
    const char *end = strptime(date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
    assert_non_null(end);
    assert_int_equal(*end, '\0');
    return (long long)timegm(&tm);
}

static void what_the_server_says_follows_the_clock(void **state)
{
    (void)state;
    start((struct ota_server_options){0});
    for (int i = 0; i < JUMPS; i++) {
        struct answer answer;
        atomic_store(&shift_s, jumps[i]);
        ask(&fixture, REQUEST, &answer);
        assert_in_range(date_of(&answer) + 60 - (long long)time(NULL), 0, 120);
        answer_release(&answer);
        assert_in_range(fixture_logged(&fixture, (size_t)i).began + 60 -
                            (long long)time(NULL),
                        0, 120);
    }
    fixture_stop(&fixture);
}

static void time_outs_come_when_they_should(void **state)
{
    (void)state;
    start((struct ota_server_options){.header_timeout_ms = 800,
                                      .idle_timeout_ms = 800});
    for (int i = 0; i < JUMPS; i++) {
        uint64_t began_ms = clock_ms();
        int dawdler = fixture_connect(&fixture, 0);
        int silent = fixture_connect(&fixture, 0);
        int deaf = fixture_connect(&fixture, 2048);
        send_text(dawdler, "GET /fw");
        send_text(deaf, REQUEST);
        usleep(100 * 1000);
        atomic_store(&shift_s, jumps[i]);
        assert_true(is_at_end(dawdler));
        assert_true(is_at_end(silent));
        assert_in_range(clock_ms() - began_ms, 700, 10000);
        assert_int_equal(fixture_logged(&fixture, 2 * (size_t)i + 1).end,
                         OTA_SERVER_TIMED_OUT);
        close(dawdler);
        close(silent);
        close(deaf);
    }
    fixture_stop(&fixture);
}

/* A date names a version only when the file cannot have changed since within
 * that second; a clock that is behind the file proves nothing. */
static void a_resume_by_date_is_never_of_another_file(void **state)
{
    struct answer answer;
    char modified[64];
    char request[256];
    (void)state;
    start((struct ota_server_options){0});
    ask(&fixture, REQUEST, &answer);
    snprintf(modified, sizeof(modified), "%s",
             answer_header(&answer, "Last-Modified"));
    answer_release(&answer);
    snprintf(request, sizeof(request),
             "GET /fw.bin HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7\r\n"
             "Range: bytes=1000-1999\r\nIf-Range: %s\r\n\r\n",
             modified);
    atomic_store(&shift_s, HOUR);
    ask(&fixture, request, &answer);
    assert_int_equal(answer.status, 206);
    answer_release(&answer);
    atomic_store(&shift_s, -TEN_YEARS);
    ask(&fixture, request, &answer);
    assert_int_equal(answer.status, 200);
    answer_release(&answer);
    fixture_stop(&fixture);
}

static void a_stop_has_its_bound(void **state)
{
    (void)state;
    for (int i = 0; i < JUMPS; i++) {
        start((struct ota_server_options){.grace_ms = 500});
        int deaf = begin(REQUEST);
        uint64_t began_ms = clock_ms();
        assert_int_equal(write(fixture.stop, "x", 1), 1);
        atomic_store(&shift_s, jumps[i]);
        pthread_join(fixture.thread, NULL);
        assert_in_range(clock_ms() - began_ms, 400, 10000);
        assert_int_equal(fixture.logged[0].end, OTA_SERVER_STOPPED);
        close(deaf);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(no_download_is_cut, put_file_back),
        cmocka_unit_test_setup(a_new_file_is_served_and_the_old_one_ends,
                               put_file_back),
        cmocka_unit_test_setup(what_the_server_says_follows_the_clock,
                               put_file_back),
        cmocka_unit_test_setup(time_outs_come_when_they_should, put_file_back),
        cmocka_unit_test_setup(a_resume_by_date_is_never_of_another_file,
                               put_file_back),
        cmocka_unit_test_setup(a_stop_has_its_bound, put_file_back),
    };
    return cmocka_run_group_tests(tests, enter_scratch_folder, NULL);
}
