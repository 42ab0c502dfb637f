/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Serves the pages of the server itself over downloads that are made up, for
 * tests with a browser: no files, one request a connection, loopback only.
 *
 *   status_serve DOWNLOADS
 *
 * Prints its URL, and ends when its standard input does.
 */
#include "../../src/server/service_stream.h"
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { VIEWERS = 8, SIZE = 409600, STEP = 20480 };

#define EVIL "/<script>document.title='owned'</script>\"><img src=x onerror=1>"

struct world {
    struct metrics metrics;
    struct service_facts facts;
    unsigned tickets[STATUS_DOWNLOADS];
    unsigned count;
    int viewers[VIEWERS]; /* event streams; 0: none */
};

static void fail_once(struct world *world, unsigned i)
{
    static const struct ota_server_transfer failures[] = {
        {.client = "2001:db8:1234:5678:9abc:def0:1234:5678",
         .family = "unknown",
         .file = "-",
         .target = EVIL,
         .status = 404,
         .reason = "nothing tells what is safe"},
        {.client = "192.0.2.99",
         .family = "rtos2",
         .file = "pack",
         .target = "/firmware.v2_to_v3.ota.bin",
         .status = 200,
         .asked = SIZE,
         .sent = 81920,
         .end = OTA_SERVER_CLIENT_CLOSED,
         .reason = "a pack"},
    };
    struct ota_server_transfer failure = failures[i % 2];
    failure.began = world->facts.now - 360 + 60 * i;
    status_refused(world->facts.status, &failure);
}

static void begin_downloads(struct world *world, unsigned count)
{
    static const char *const families[] = {"nonos", "at", "rtos2", "v3",
                                           "agent"};
    char client[32];
    for (unsigned i = 0; i < count && i < STATUS_DOWNLOADS; i++) {
        snprintf(client, sizeof(client), "192.0.2.%u", i + 1);
        struct ota_server_transfer transfer = {
            .began = world->facts.now,
            .client = client,
            .family = families[i % 5],
            .file = i % 5 < 3 ? "pack for user2" : "app of the pack",
            .target = i == 1 ? EVIL : "/user2.4096.new.6.bin",
            .asked = SIZE};
        status_begin(world->facts.status);
        world->tickets[world->count++] =
            status_show(world->facts.status, &transfer, world->facts.now_ms);
    }
    for (unsigned i = 0; i < 6; i++)
        fail_once(world, i);
}

/* A second goes by. */
static void go_on(struct world *world)
{
    world->facts.now++;
    world->facts.now_ms += SERVICE_EVENT_MS;
    for (unsigned i = 0; i < world->count; i++) {
        uint64_t sent = (world->facts.now_ms / 1000 + i) % 20 * STEP;
        status_progress(world->facts.status, world->tickets[i], sent);
    }
}

static void keep_viewer(struct world *world, int fd)
{
    for (int i = 0; i < VIEWERS; i++) {
        if (world->viewers[i])
            continue;
        world->viewers[i] = fd;
        return;
    }
    close(fd);
}

static void send_events(struct world *world)
{
    size_t size;
    char *event = service_event(&world->facts, &size);
    for (int i = 0; event && i < VIEWERS; i++) {
        int fd = world->viewers[i];
        if (!fd || send(fd, event, size, MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
            continue;
        close(fd);
        world->viewers[i] = 0;
    }
    free(event);
}

static void send_answer(int fd, const struct service_answer *answer)
{
    dprintf(fd, "HTTP/1.1 %u -\r\nConnection: close\r\n", answer->status);
    for (const struct service_header *line = answer->headers; line->name;
         line++)
        dprintf(fd, "%s: %s\r\n", line->name, line->value);
    dprintf(fd, "\r\n");
    if (answer->body)
        (void)send(fd, answer->body, answer->size, MSG_NOSIGNAL);
}

static void answer_one(struct world *world, int fd)
{
    static const struct ota_service all = {OTA_AUDIENCE_ALL, OTA_AUDIENCE_ALL,
                                           OTA_AUDIENCE_ALL, NULL};
    char text[4096];
    char path[64] = "";
    ssize_t size = recv(fd, text, sizeof(text) - 1, 0);
    text[size < 0 ? 0 : size] = '\0';
    sscanf(text, "GET /%63[^ ?]", path);
    struct service_request request = {.path = path};
    struct service_answer answer;
    enum service_page page = service_route(&all, &request);
    if (page == SERVICE_NONE) {
        dprintf(fd, "HTTP/1.1 404 -\r\nConnection: close\r\n\r\n");
    } else if (service_answer(page, &world->facts, &answer)) {
        send_answer(fd, &answer);
        free(answer.body);
        if (answer.is_stream) {
            keep_viewer(world, fd);
            return;
        }
    }
    close(fd);
}

static int listen_on_loopback(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) < 0 ||
        listen(fd, 16) < 0 ||
        getsockname(fd, (struct sockaddr *)&address, &size) < 0)
        exit(1);
    printf("http://127.0.0.1:%u/\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

int main(int argc, char **argv)
{
    static struct world world;
    world.facts = (struct service_facts){.metrics = &world.metrics,
                                         .status = status_new(),
                                         .path = "/",
                                         .now = 1700000000};
    begin_downloads(&world, argc > 1 ? (unsigned)atoi(argv[1]) : 0);
    go_on(&world);
    struct pollfd fds[] = {{.fd = listen_on_loopback(), .events = POLLIN},
                           {.fd = STDIN_FILENO, .events = POLLIN}};
    while (!(fds[1].revents & (POLLIN | POLLHUP))) {
        int ready = poll(fds, 2, SERVICE_EVENT_MS / 4);
        if (ready == 0) {
            go_on(&world);
            send_events(&world);
        } else if (fds[0].revents & POLLIN) {
            answer_one(&world, accept4(fds[0].fd, NULL, NULL, SOCK_CLOEXEC));
        }
    }
    status_free(world.facts.status);
    return 0;
}
