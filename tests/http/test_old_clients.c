/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The old clients of firmware/old against the server, each handed what came
 * segment by segment, as TCP cut it. A file arrives in the device's flash and
 * its CRC is right, or the server has done something they cannot bear.
 */
#include "capture.h"
#include "cmocka_all.h"
#include "fixture.h"
#include "old_world.h"
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

enum { WAIT_MS = 3000, OPTIONS = 12 /* bytes that time stamps take */ };

/* A device on a real network. */
struct line {
    struct fixture server;
    struct capture capture;
    int fd;
    int segment; /* the most it takes at once */
    uint32_t now_ms;
};

static struct line line;

static bool open_line(void *context, const char *host, uint16_t port,
                      uint32_t timeout_ms, struct ota_error *err)
{
    struct line *self = context;
    struct sockaddr_in here;
    socklen_t size = sizeof(here);
    struct sockaddr_in there = {.sin_family = AF_INET,
                                .sin_port = htons(self->server.port),
                                .sin_addr = {htonl(INADDR_LOOPBACK)}};
    (void)host, (void)port, (void)timeout_ms, (void)err;
    self->fd = socket(AF_INET, SOCK_STREAM, 0);
    int segment = self->segment + OPTIONS;
    setsockopt(self->fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof(segment));
    struct sockaddr_in any = {.sin_family = AF_INET,
                              .sin_addr = {htonl(INADDR_LOOPBACK)}};
    assert_int_equal(bind(self->fd, (void *)&any, sizeof(any)), 0);
    assert_int_equal(getsockname(self->fd, (void *)&here, &size), 0);
    capture_begin(&self->capture, ntohs(here.sin_port));
    return connect(self->fd, (void *)&there, sizeof(there)) == 0;
}

static bool send_line(void *context, const void *data, uint32_t size,
                      struct ota_error *err)
{
    struct line *self = context;
    (void)err;
    return send(self->fd, data, size, MSG_NOSIGNAL) == (ssize_t)size;
}

static bool receive_line(void *context, void *data, uint32_t size,
                         uint32_t timeout_ms, uint32_t *got,
                         struct ota_error *err)
{
    struct line *self = context;
    struct capture_segment segment;
    char drop[65536];
    *got = 0;
    bool ok = capture_next(&self->capture, &segment, WAIT_MS);
    while (recv(self->fd, drop, sizeof(drop), MSG_DONTWAIT) > 0)
        ;
    if (!ok) {
        self->now_ms += timeout_ms;
        return ota_fail(err, OTA_E_TIMEOUT, .part = "server");
    }
    if (segment.is_end)
        return true;
    assert_true(segment.size <= size);
    memcpy(data, segment.data, segment.size);
    *got = (uint32_t)segment.size;
    return true;
}

static void close_line(void *context)
{
    struct line *self = context;
    if (self->fd >= 0)
        close(self->fd);
    self->fd = -1;
}

static uint32_t clock_of_line(void *context)
{
    return ((struct line *)context)->now_ms;
}

static void sleep_on_line(void *context, uint32_t ms)
{
    ((struct line *)context)->now_ms += ms;
}

/* On two processors packets may overtake each other. */
static void use_one_processor(void)
{
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET((size_t)sched_getcpu(), &set);
    sched_setaffinity(0, sizeof(set), &set);
}

static int start(void **state)
{
    use_one_processor();
    (void)state;
    if (!scratch_enter() || mkdir("root", 0755) < 0)
        return -1;
    fixture_start(&line.server, 60 * 1000, 1000);
    line.fd = -1;
    if (capture_open(&line.capture, line.server.port))
        return 0;
    print_message("no raw sockets here: this test needs the right to\n");
    fixture_stop(&line.server);
    exit(77);
}

static int stop(void **state)
{
    (void)state;
    capture_close(&line.capture);
    fixture_stop(&line.server);
    return 0;
}

static const enum ota_client kinds[] = {OTA_CLIENT_N20, OTA_CLIENT_N21,
                                        OTA_CLIENT_N22, OTA_CLIENT_N30,
                                        OTA_CLIENT_R21};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* Lets a device of user1 fetch the file by this name. */
static void fetch_as(struct old_world *world, enum ota_client kind,
                     const char *name)
{
    char path[64];
    struct ota_error err;
    const struct agent_net net = {open_line, send_line, receive_line,
                                  close_line, &line};
    const struct agent_clock clock = {clock_of_line, sleep_on_line, NULL,
                                      &line};
    snprintf(path, sizeof(path), "root/%s", name);
    assert_true(ota_file_save(path, world->file, world->file_size, &err));
    snprintf(path, sizeof(path), "/%s", name);
    use(world, kind);
    world->client.path = path;
    world->client.net = &net;
    world->client.clock = &clock;
    line.now_ms = 0;
    check(world, OLD_CLIENT_DONE);
}

static void fetch_with_all(const char *name,
                           void (*change)(struct old_world *world),
                           uint32_t size, int segment)
{
    for (size_t i = 0; i < KINDS; i++) {
        void *fresh;
        set_up(&fresh);
        struct old_world *world = fresh;
        make_file(world, size);
        if (change)
            change(world);
        seal(world);
        line.segment = segment;
        fetch_as(world, kinds[i], name);
        tear_down(&fresh);
    }
}

static const int segments[] = {536, 1460, 1400, 1439, 777};

enum { SEGMENTS = sizeof(segments) / sizeof(segments[0]) };

static void a_stamped_file_arrives(void **state)
{
    (void)state;
    for (size_t i = 0; i < SEGMENTS; i++)
        fetch_with_all("user2.bin", NULL, FILE_SIZE, segments[i]);
}

static void be_a_bootloader(struct old_world *world)
{
    world->file[3] = 0x40;
}

static void an_unstamped_file_arrives(void **state)
{
    (void)state;
    for (size_t i = 0; i < SEGMENTS; i++) {
        fetch_with_all("user2.bin", be_a_bootloader, FILE_SIZE, segments[i]);
        fetch_with_all("fw.bin", be_a_bootloader, FILE_SIZE, segments[i]);
    }
}

static void no_size_leaves_too_little_for_the_last_segment(void **state)
{
    (void)state;
    for (uint32_t rest = 0; rest < 8; rest += 4)
        for (size_t i = 0; i < SEGMENTS; i++) {
            uint32_t size = 20u * (uint32_t)segments[i] / 4 * 4 + rest;
            fetch_with_all("user2.bin", NULL, size, segments[i]);
            fetch_with_all("fw.bin", NULL, size, segments[i]);
        }
}

/* Files of the NonOS clients may have any length. */
static void a_length_that_is_no_multiple_of_4_arrives(void **state)
{
    (void)state;
    for (uint32_t rest = 1; rest < 4; rest++)
        for (size_t i = 0; i + 1 < KINDS; i++) {
            void *fresh;
            set_up(&fresh);
            struct old_world *world = fresh;
            line.segment = 1460;
            make_file(world, 20 * 1460 + rest);
            seal(world);
            fetch_as(world, kinds[i], "fw.bin");
            tear_down(&fresh);
        }
}

static const char status_text[] = "\0a web server says HTTP/1.1 200 OK\r\n";

/* At the beginning of segments, wherever the first one ends. */
static void hold_status_texts(struct old_world *world)
{
    uint32_t step = (uint32_t)line.segment;
    for (uint32_t at = step; at + 100 < world->file_size; at += 3 * step)
        memcpy(world->file + at - 10, status_text, sizeof(status_text));
}

static void a_web_server_within_the_file_does_not_stop_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < SEGMENTS; i++) {
        line.segment = segments[i];
        fetch_with_all("fw.bin", hold_status_texts, FILE_SIZE, segments[i]);
        fetch_with_all("user2.bin", hold_status_texts, FILE_SIZE, segments[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stamped_file_arrives),
        cmocka_unit_test(an_unstamped_file_arrives),
        cmocka_unit_test(no_size_leaves_too_little_for_the_last_segment),
        cmocka_unit_test(a_length_that_is_no_multiple_of_4_arrives),
        cmocka_unit_test(a_web_server_within_the_file_does_not_stop_it),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
