/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/systemd.h"
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void set_number(const char *name, long number)
{
    char text[32];
    snprintf(text, sizeof(text), "%ld", number);
    setenv(name, text, 1);
}

static struct ota_systemd begin(void)
{
    struct ota_systemd systemd;
    struct ota_error err;
    assert_true(ota_systemd_init(&systemd, &err));
    return systemd;
}

static void without_systemd_nothing_happens(void **state)
{
    (void)state;
    struct ota_systemd systemd = begin();
    assert_int_equal(systemd.socket, -1);
    assert_int_equal(systemd.tls_socket, -1);
    assert_int_equal(systemd.watchdog_ms, 0);
    assert_int_equal(systemd.notify, -1);
    ota_systemd_ready(&systemd);
    ota_systemd_release(&systemd);
}

/* --- sockets ----------------------------------------------------------------
 */

enum { FIRST = 3, MOST = 3 };

/* The descriptors from 3 on are those in fds, where they are not -1. */
static void hand_over(const int *fds, int count)
{
    for (int i = 0; i < MOST; i++)
        close(FIRST + i);
    for (int i = 0; i < count; i++)
        if (fds[i] >= 0)
            dup2(fds[i], FIRST + i);
    set_number("LISTEN_PID", getpid());
    set_number("LISTEN_FDS", count);
}

/* In a process of its own. The fds are from 10 on, see open_socket. */
static int in_child(int (*body)(void), const int *fds, int count)
{
    pid_t pid = fork();
    if (pid == 0) {
        hand_over(fds, count);
        _exit(body());
    }
    int status;
    assert_true(pid > 0);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int is_taken(void)
{
    struct ota_systemd systemd;
    if (!ota_systemd_init(&systemd, NULL) || systemd.socket != 3 ||
        systemd.tls_socket != -1)
        return 1;
    if (getenv("LISTEN_PID") || getenv("LISTEN_FDS"))
        return 2;
    return fcntl(3, F_GETFD) == FD_CLOEXEC && (fcntl(3, F_GETFL) & O_NONBLOCK)
               ? 0
               : 3;
}

static int is_refused(void)
{
    struct ota_systemd systemd;
    struct ota_error err;
    return ota_systemd_init(&systemd, &err) || err.code != OTA_E_SOCKET_GIVEN ||
           !err.detail;
}

static int is_not_meant(void)
{
    struct ota_systemd systemd;
    set_number("LISTEN_PID", getppid());
    return !ota_systemd_init(&systemd, NULL) || systemd.socket != -1;
}

static int is_overlooked(void)
{
    struct ota_systemd systemd;
    setenv("LISTEN_FDS", "1x", 1);
    return !ota_systemd_init(&systemd, NULL) || systemd.socket != -1;
}

/* From 10 on, out of the way of what is handed over. */
static int move_away(int fd)
{
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, 10);
    assert_true(fd >= 0 && moved >= 0);
    close(fd);
    return moved;
}

static int open_socket(int domain, int type, bool listens)
{
    int fd = move_away(socket(domain, type, 0));
    if (listens)
        assert_int_equal(listen(fd, 1), 0);
    return fd;
}

static void a_listening_socket_is_taken(void **state)
{
    (void)state;
    int fd = open_socket(AF_INET, SOCK_STREAM, true);
    assert_int_equal(in_child(is_taken, &fd, 1), 0);
    assert_int_equal(in_child(is_not_meant, &fd, 1), 0);
    assert_int_equal(in_child(is_overlooked, &fd, 1), 0);
    close(fd);
}

static int are_plain_then_tls(void)
{
    struct ota_systemd systemd;
    return !ota_systemd_init(&systemd, NULL) || systemd.socket != 3 ||
           systemd.tls_socket != 4 || getenv("LISTEN_FDNAMES");
}

static int are_tls_then_plain(void)
{
    struct ota_systemd systemd;
    return !ota_systemd_init(&systemd, NULL) || systemd.socket != 4 ||
           systemd.tls_socket != 3;
}

static int is_tls_alone(void)
{
    struct ota_systemd systemd;
    return !ota_systemd_init(&systemd, NULL) || systemd.socket != -1 ||
           systemd.tls_socket != 3;
}

static void a_name_tells_what_a_socket_is_for_else_its_place(void **state)
{
    static const struct {
        const char *names;
        int count;
        int (*expected)(void);
    } cases[] = {
        {NULL, 2, are_plain_then_tls},
        {"", 2, are_plain_then_tls},
        {"otatool.socket:otatool.socket", 2, are_plain_then_tls},
        {"http:https", 2, are_plain_then_tls},
        {"https:http", 2, are_tls_then_plain},
        {"https:otatool.socket", 2, are_tls_then_plain},
        {"http:other", 2, are_plain_then_tls},
        {"https", 1, is_tls_alone},
        {"https:http", 1, is_tls_alone},
        {"HTTPS", 1, is_taken},
        {"httpsx", 1, is_taken},
        {"http:http", 2, is_refused},
        {"https:https", 2, is_refused},
        {"one:two:three", 3, is_refused},
    };
    (void)state;
    int fds[MOST];
    for (int i = 0; i < MOST; i++)
        fds[i] = open_socket(AF_INET, SOCK_STREAM, true);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (cases[i].names)
            setenv("LISTEN_FDNAMES", cases[i].names, 1);
        print_message("%s\n", cases[i].names ? cases[i].names : "no names");
        assert_int_equal(in_child(cases[i].expected, fds, cases[i].count), 0);
    }
    unsetenv("LISTEN_FDNAMES");
    for (int i = 0; i < MOST; i++)
        close(fds[i]);
}

static void what_cannot_be_served_is_refused(void **state)
{
    (void)state;
    const int good = open_socket(AF_INET, SOCK_STREAM, true);
    const int bad[] = {
        open_socket(AF_INET, SOCK_STREAM, false),
        open_socket(AF_INET, SOCK_DGRAM, false),
        open_socket(AF_UNIX, SOCK_STREAM, false),
        move_away(open("/dev/null", O_RDONLY | O_CLOEXEC)),
        -1,
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const int second[] = {good, bad[i]};
        assert_int_equal(in_child(is_refused, &bad[i], 1), 0);
        assert_int_equal(in_child(is_refused, second, 2), 0);
        close(bad[i]);
    }
    close(good);
}

/* --- messages ---------------------------------------------------------------
 */

/* A socket as systemd's, by a name as in NOTIFY_SOCKET. */
static int listen_at(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, name, strlen(name));
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    socklen_t size =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static const char *receive(int fd)
{
    static char text[512];
    ssize_t size = recv(fd, text, sizeof(text) - 1, 0);
    text[size < 0 ? 0 : size] = '\0';
    return text;
}

static void expect_life(const char *name)
{
    int fd = listen_at(name);
    struct ota_systemd systemd = begin();
    assert_null(getenv("NOTIFY_SOCKET"));
    ota_systemd_ready(&systemd);
    assert_string_equal(receive(fd), "READY=1");
    ota_systemd_reloading(&systemd);
    uint64_t when;
    assert_int_equal(
        sscanf(receive(fd), "RELOADING=1\nMONOTONIC_USEC=%lu", &when), 1);
    assert_true(when > 0);
    ota_systemd_alive(&systemd);
    assert_string_equal(receive(fd), "WATCHDOG=1");
    ota_systemd_status(&systemd, "3 downloads\nREADY=0");
    assert_string_equal(receive(fd), "STATUS=3 downloads");
    ota_systemd_stopping(&systemd);
    assert_string_equal(receive(fd), "STOPPING=1");
    close(fd);
    ota_systemd_alive(&systemd); /* nobody listens: no matter */
    ota_systemd_release(&systemd);
    ota_systemd_release(&systemd);
}

static void the_state_is_told_through_a_path_or_a_name(void **state)
{
    (void)state;
    char path[] = "/tmp/otatool_notify_XXXXXX";
    char name[64];
    assert_non_null(mkdtemp(path));
    snprintf(name, sizeof(name), "%s/s", path);
    expect_life(name);
    unlink(name);
    rmdir(path);
    snprintf(name, sizeof(name), "@otatool-test-%d", (int)getpid());
    expect_life(name);
}

static void other_names_are_not_followed(void **state)
{
    (void)state;
    char longest[256];
    memset(longest, 'a', sizeof(longest) - 1);
    longest[0] = '/';
    longest[sizeof(longest) - 1] = '\0';
    const char *const names[] = {"",         "/",         "@",
                                 "relative", "vsock:2:1", longest};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        setenv("NOTIFY_SOCKET", names[i], 1);
        struct ota_systemd systemd = begin();
        assert_int_equal(systemd.notify, -1);
        ota_systemd_ready(&systemd);
    }
}

static void the_watchdog_is_fed_twice_as_often_as_asked(void **state)
{
    (void)state;
    static const struct {
        const char *usec;
        unsigned expected_ms;
    } cases[] = {
        {"30000000", 15000},
        {"1", 1},
        {"0", 0},
        {"", 0},
        {"-1", 0},
        {"x", 0},
        {"1s", 0},
        {"18446744073709551615", INT32_MAX},
        {"18446744073709551616", 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        setenv("WATCHDOG_USEC", cases[i].usec, 1);
        assert_int_equal(begin().watchdog_ms, cases[i].expected_ms);
        assert_null(getenv("WATCHDOG_USEC"));
    }
    setenv("WATCHDOG_USEC", "2000000", 1);
    set_number("WATCHDOG_PID", getpid());
    assert_int_equal(begin().watchdog_ms, 1000);
    setenv("WATCHDOG_USEC", "2000000", 1);
    set_number("WATCHDOG_PID", getppid());
    assert_int_equal(begin().watchdog_ms, 0);
}

int main(void)
{
    static const char *const names[] = {"LISTEN_PID", "LISTEN_FDNAMES",
                                        "NOTIFY_SOCKET", "WATCHDOG_USEC",
                                        "WATCHDOG_PID"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unsetenv(names[i]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_systemd_nothing_happens),
        cmocka_unit_test(a_listening_socket_is_taken),
        cmocka_unit_test(a_name_tells_what_a_socket_is_for_else_its_place),
        cmocka_unit_test(what_cannot_be_served_is_refused),
        cmocka_unit_test(the_state_is_told_through_a_path_or_a_name),
        cmocka_unit_test(other_names_are_not_followed),
        cmocka_unit_test(the_watchdog_is_fed_twice_as_often_as_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
