/* SPDX-License-Identifier: Apache-2.0 */
/* The command as systemd starts it, and as root does. */
#include "certificate.h"
#include "cmocka_all.h"
#include "fixture.h"
#include "otatool/file.h"
#include "sample_pack.h"
#include "scratch.h"
#include "talk.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 100 * 1000, FIRST = 3, MOST = 2, SAYS = 4096 };

#define REQUEST                                                                \
    "GET /fw.bin HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/7\r\n"                \
    "Connection: close\r\n\r\n"

static uint8_t firmware[SIZE];

/* --- sockets ------------------------------------------------------------- */

/* From 10 on, out of the way of those that are handed over. */
static int move_away(int fd)
{
    int moved = fcntl(fd, F_DUPFD_CLOEXEC, 10);
    assert_true(fd >= 0 && moved >= 0);
    close(fd);
    return moved;
}

static int listen_at(uint16_t *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    int fd = move_away(socket(AF_INET, SOCK_STREAM, 0));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, 16), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    *port = ntohs(address.sin_port);
    return fd;
}

/* Where the state is told. */
static int open_notify(void)
{
    struct timeval limit = {.tv_sec = 5};
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "notify"};
    int fd = move_away(socket(AF_UNIX, SOCK_DGRAM, 0));
    unlink(address.sun_path);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    assert_int_equal(chmod(address.sun_path, 0777), 0); /* as systemd's is */
    return fd;
}

/* --- the process ------------------------------------------------------------
 */

struct process {
    pid_t pid;
    int says; /* what it prints, both ways */
    int notify;
};

static void set_number(const char *name, long number)
{
    char text[32];
    snprintf(text, sizeof(text), "%ld", number);
    setenv(name, text, 1);
}

static void hand_over(const int *fds, int count, const char *names)
{
    for (int i = 0; i < count; i++)
        dup2(fds[i], FIRST + i);
    if (count == 0)
        return;
    set_number("LISTEN_PID", getpid());
    set_number("LISTEN_FDS", count);
    setenv("LISTEN_FDNAMES", names, 1);
}

/* Starts otatool serve with these arguments, up to NULL. */
static struct process start(const int *fds, int count, const char *names,
                            const char *const *arguments)
{
    struct process process = {.notify = open_notify()};
    const char *argv[16] = {OTATOOL, "serve"};
    int says[2];
    char path[256];
    assert_non_null(getcwd(path, sizeof(path) - 8));
    strcat(path, "/notify");
    assert_int_equal(pipe(says), 0);
    for (int i = 0; arguments[i]; i++)
        argv[2 + i] = arguments[i];
    process.says = move_away(says[0]);
    int out = move_away(says[1]);
    process.pid = fork();
    if (process.pid == 0) {
        dup2(out, STDOUT_FILENO);
        dup2(out, STDERR_FILENO);
        setenv("NOTIFY_SOCKET", path, 1);
        hand_over(fds, count, names);
        execv(OTATOOL, (char *const *)argv);
        _exit(127);
    }
    close(out);
    return process;
}

/* All it says until its end. */
static void read_all(const struct process *process, char text[SAYS])
{
    size_t size = 0;
    ssize_t n;
    while ((n = read(process->says, text + size, SAYS - 1 - size)) > 0)
        size += (size_t)n;
    text[size] = '\0';
}

/* How it ended. */
static int wait_for_end(struct process *process, char text[SAYS])
{
    int status;
    read_all(process, text);
    assert_int_equal(waitpid(process->pid, &status, 0), process->pid);
    assert_true(WIFEXITED(status));
    close(process->says);
    close(process->notify);
    return WEXITSTATUS(status);
}

static void expect_told(struct process *process, const char *expected)
{
    char told[256];
    char text[SAYS];
    ssize_t size = recv(process->notify, told, sizeof(told) - 1, 0);
    told[size < 0 ? 0 : size] = '\0';
    told[strcspn(told, "\n")] = '\0';
    if (strcmp(told, expected) == 0)
        return;
    kill(process->pid, SIGKILL);
    read_all(process, text);
    fail_msg("told '%s' and not '%s'; it said: %s", told, expected, text);
}

static void stop(struct process *process)
{
    char text[SAYS];
    kill(process->pid, SIGTERM);
    assert_int_equal(wait_for_end(process, text), 0);
}

/* It ends with this sentence and was never ready. */
static void expect_refusal(struct process *process, const char *sentence)
{
    char text[SAYS];
    char told[64];
    int notify = dup(process->notify);
    assert_int_equal(wait_for_end(process, text), 1);
    if (!strstr(text, sentence))
        fail_msg("not said: %s\nbut: %s", sentence, text);
    assert_null(strstr(text, "serving"));
    assert_true(recv(notify, told, sizeof(told), MSG_DONTWAIT) < 0);
    close(notify);
}

static void check_plain(uint16_t port)
{
    struct answer answer;
    int fd = fixture_connect_to(port);
    send_text(fd, REQUEST);
    read_answer(fd, true, &answer);
    assert_int_equal(answer.status, 200);
    assert_memory_equal(answer.body, firmware, SIZE);
    answer_release(&answer);
    close(fd);
}

static void check_secure(uint16_t port)
{
    static struct talk talk;
    talk = (struct talk){0};
    assert_true(talk_to(&talk, port, REQUEST));
    assert_string_equal(talk.name, "server");
    assert_true(talk.size > SIZE);
    assert_memory_equal(talk.answer + talk.size - SIZE, firmware, SIZE);
}

/* --- the tests
 * ---------------------------------------------------------------- */

static int enter_scratch_folder(void **state)
{
    struct sample_pack sample;
    struct ota_error err;
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    umask(022);
    fixture_fill(firmware, SIZE);
    if (!scratch_enter() || mkdir("root", 0755) < 0)
        return -1;
    certificate_make("server.pem", "server", NULL);
    sample_pack_init(&sample, 2);
    bool ok = ota_file_save("root/fw.bin", firmware, SIZE, &err) &&
              ota_file_save("old.bin", sample.data, sample.size, &err);
    sample_pack_release(&sample);
    return ok ? 0 : -1;
}

static void systemd_hands_over_both_ports(void **state)
{
    static const struct {
        const char *names;
        bool is_tls_first;
    } cases[] = {{"http:https", false},
                 {"https:http", true},
                 {"otatool.socket:otatool.socket", false}};
    static const char *const arguments[] = {"--tls-cert", "server.pem", "root",
                                            NULL};
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint16_t ports[MOST];
        int fds[MOST] = {listen_at(&ports[0]), listen_at(&ports[1])};
        int tls = cases[i].is_tls_first ? 0 : 1;
        struct process process = start(fds, MOST, cases[i].names, arguments);
        expect_told(&process, "READY=1");
        check_plain(ports[1 - tls]);
        check_secure(ports[tls]);
        kill(process.pid, SIGHUP);
        expect_told(&process, "RELOADING=1");
        expect_told(&process, "READY=1");
        check_secure(ports[tls]);
        stop(&process);
        close(fds[0]);
        close(fds[1]);
    }
}

static void https_alone_may_be_handed_over(void **state)
{
    static const char *const arguments[] = {"--no-plain", "--tls-cert",
                                            "server.pem", "root", NULL};
    (void)state;
    uint16_t port;
    int fd = listen_at(&port);
    struct process process = start(&fd, 1, "https", arguments);
    expect_told(&process, "READY=1");
    check_secure(port);
    stop(&process);
    close(fd);
}

/* Devices would connect to it and wait. */
static void a_socket_that_nobody_would_serve_is_refused(void **state)
{
    static const char *const without_tls[] = {"root", NULL};
    static const char *const without_plain[] = {"--no-plain", "--tls-cert",
                                                "server.pem", "root", NULL};
    (void)state;
    uint16_t port;
    int fd = listen_at(&port);
    struct process process = start(&fd, 1, "https", without_tls);
    expect_refusal(&process, "it is for HTTPS, which is not served");
    process = start(&fd, 1, "http", without_plain);
    expect_refusal(&process, "it is for HTTP, which is not served");
    close(fd);
}

static void need_root(void)
{
    if (geteuid() != 0 || !getpwnam("nobody"))
        skip();
}

static void who_may_not_read_the_files_does_not_start(void **state)
{
    static const struct {
        const char *path;
        const char *arguments[8];
    } cases[] = {
        {"root", {"root"}},
        {"root/fw.bin", {"root/fw.bin"}},
        {"old.bin", {"--old", "old.bin", "root"}},
    };
    (void)state;
    need_root();
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *arguments[12] = {"--user",    "nobody", "--bind",
                                     "127.0.0.1", "--port", "0"};
        char sentence[128];
        struct stat st;
        for (size_t k = 0; cases[i].arguments[k]; k++)
            arguments[6 + k] = cases[i].arguments[k];
        snprintf(sentence, sizeof(sentence),
                 "%s: what is to be served cannot be read", cases[i].path);
        assert_int_equal(stat(cases[i].path, &st), 0);
        assert_int_equal(chmod(cases[i].path, 0700), 0);
        struct process process = start(NULL, 0, NULL, arguments);
        expect_refusal(&process, sentence);
        assert_int_equal(chmod(cases[i].path, st.st_mode & 0777), 0);
    }
}

static void a_user_who_may_read_them_serves(void **state)
{
    static const char *const arguments[] = {"--user", "nobody", "root", NULL};
    (void)state;
    need_root();
    uint16_t port;
    int fd = listen_at(&port);
    struct process process = start(&fd, 1, "http", arguments);
    expect_told(&process, "READY=1");
    sleep(3); /* whoever does not own a file waits until it has been quiet */
    check_plain(port);
    stop(&process);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(systemd_hands_over_both_ports),
        cmocka_unit_test(https_alone_may_be_handed_over),
        cmocka_unit_test(a_socket_that_nobody_would_serve_is_refused),
        cmocka_unit_test(who_may_not_read_the_files_does_not_start),
        cmocka_unit_test(a_user_who_may_read_them_serves),
    };
    return cmocka_run_group_tests(tests, enter_scratch_folder, NULL);
}
