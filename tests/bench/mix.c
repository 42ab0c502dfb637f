/* SPDX-License-Identifier: Apache-2.0 */
/*
 * All families of clients at once on one server that offers a pack and an app.
 *
 *   bench_mix [--clients COUNT] [--rounds COUNT] ADDRESS:PORT
 *             PACK USER1 USER2 APP
 *
 * The files are what the server has to give: the pack, the pack as it is
 * stamped for either slot, and the app. Each client asks as its family does,
 * again and again, and compares every byte; now and then one breaks off in the
 * middle and begins anew. Prints one line of results; fails when any client
 * got anything else than what is meant for it.
 */
#include "answer.h"
#include "firmware_file.h"
#include "net.h"
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    MOST_CLIENTS = 512,
    SLICE = 1460,    /* read at a time, as a device does */
    RANGE = 4096,    /* asked for at a time */
    PAUSE_US = 200,  /* between two slices: all are at it at once */
    BREAKS_OFF = 5,  /* one in so many downloads */
    PATIENCE_S = 30, /* where nothing comes */
    REQUEST = 1024,
};

enum file { PACK, USER1, USER2, APP, FILES, NOTHING };

/* How a family asks. %s: the host. */
struct family {
    const char *name;
    const char *request;
    enum file gets;
    bool heads_first; /* HEAD on a connection of its own, then GET */
    bool ranges;      /* piece by piece on one connection */
    bool sends_nul;   /* behind the request */
};

#define NONOS                                                                  \
    "Host: %s\r\nConnection: keep-alive\r\nCache-Control: no-cache\r\n"        \
    "User-Agent: old app\r\nAccept: */*\r\nAccept-Encoding: gzip,deflate\r\n"

static const struct family families[] = {
    {"nonos in slot 2", "GET /user1.4096.new.4.bin HTTP/1.1\r\n" NONOS,
     .gets = USER1, .heads_first = true},
    {"nonos in slot 1", "GET /user2.4096.new.4.bin HTTP/1.1\r\n" NONOS,
     .gets = USER2, .heads_first = true},
    {"at",
     "GET /v1/device/rom/?action=download_rom&version=v9.99"
     "&filename=user2.2048.new.5.bin HTTP/1.1\r\nHost: %s\r\n"
     "Connection: keep-alive\r\nAuthorization: token 0123456789\r\n",
     .gets = USER2, .heads_first = true},
    {"rtos 2",
     "GET update.bin HTTP/1.0\r\nHost: %s\r\n"
     "Accept: application/octet-stream\r\nAccept-Encoding: identity\r\n",
     .gets = PACK, .sends_nul = true},
    {"example of the SDK 3",
     "GET /update.bin HTTP/1.0\r\nHost: %s\r\n"
     "User-Agent: esp-idf/1.0 esp32\r\n",
     .gets = PACK},
    {"esp_https_ota",
     "GET /update.bin HTTP/1.1\r\nHost: %s\r\n"
     "User-Agent: ESP32 HTTP Client/1.0\r\n",
     .gets = APP},
    {"esp_https_ota by ranges",
     "GET /update.bin HTTP/1.1\r\nHost: %s\r\n"
     "User-Agent: ESP32 HTTP Client/1.0\r\n",
     .gets = APP, .ranges = true},
    {"agent",
     "GET /update.bin HTTP/1.1\r\nHost: %s\r\nUser-Agent: otatool-agent\r\n",
     .gets = APP},
    {"arduino",
     "GET /update.bin HTTP/1.0\r\nHost: %s\r\n"
     "User-Agent: ESP8266-http-Update\r\nx-ESP8266-mode: sketch\r\n",
     .gets = NOTHING},
    {"nobody known", "GET /update.bin HTTP/1.1\r\nHost: %s\r\n",
     .gets = NOTHING},
};

enum { FAMILIES = sizeof(families) / sizeof(families[0]) };

struct mix {
    struct sockaddr_in server;
    const char *host;
    struct firmware_file files[FILES];
    unsigned clients;
    unsigned rounds;
    atomic_uint downloads;
    atomic_uint refusals; /* as they should be */
    atomic_uint broken_off;
    atomic_uint failures;
};

struct client {
    struct mix *mix;
    const struct family *family;
    pthread_t thread;
    unsigned index;
    unsigned turn;
};

/* --- one connection ---------------------------------------------------------
 */

static int connect_client(const struct client *client)
{
    struct timeval patience = {.tv_sec = PATIENCE_S};
    int fd = net_connect(&client->mix->server,
                         net_client_address(client->index), true);
    struct pollfd ready = {.fd = fd, .events = POLLOUT};
    if (fd < 0 || poll(&ready, 1, PATIENCE_S * 1000) != 1 ||
        fcntl(fd, F_SETFL, 0) < 0) {
        close(fd);
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    return fd;
}

static bool send_request(const struct client *client, int fd, bool is_head,
                         const char *more)
{
    const struct family *family = client->family;
    char text[REQUEST];
    char method[REQUEST];
    snprintf(text, sizeof(text), family->request, client->mix->host);
    size_t size = (size_t)snprintf(method, sizeof(method), "%s%s%s\r\n",
                                   is_head ? "HEAD" : "GET", text + 3, more);
    size += family->sends_nul;
    return send(fd, method, size, MSG_NOSIGNAL) == (ssize_t)size;
}

/* The header, and how much of the body came with it. */
static bool read_header(int fd, struct answer *answer, uint8_t *body,
                        size_t *got)
{
    uint8_t bytes[SLICE];
    answer_init(answer);
    while (!answer->is_whole) {
        ssize_t n = recv(fd, bytes, sizeof(bytes), 0);
        if (n <= 0)
            return false;
        size_t used = answer_feed(answer, bytes, (size_t)n);
        *got = (size_t)n - used;
        memcpy(body, bytes + used, *got);
    }
    return answer->status != 0;
}

/* Reads size bytes that have to be these; fewer when it breaks off. */
static bool compare_body(int fd, const uint8_t *expected, size_t size,
                         const uint8_t *first, size_t got)
{
    uint8_t bytes[SLICE];
    if (got > size || memcmp(first, expected, got) != 0)
        return false;
    while (got < size) {
        size_t want = size - got < SLICE ? size - got : SLICE;
        ssize_t n = recv(fd, bytes, want, 0);
        if (n <= 0 || memcmp(bytes, expected + got, (size_t)n) != 0)
            return false;
        got += (size_t)n;
        usleep(PAUSE_US);
    }
    return true;
}

/* --- what a family does -----------------------------------------------------
 */

static bool ask_for_head(const struct client *client, uint64_t size)
{
    struct answer answer;
    uint8_t body[SLICE];
    size_t got = 0;
    int fd = connect_client(client);
    bool ok = fd >= 0 && send_request(client, fd, true, "") &&
              read_header(fd, &answer, body, &got) && answer.status == 200 &&
              answer.length == size && got == 0;
    close(fd);
    return ok;
}

static bool get_whole(struct client *client, const struct firmware_file *file,
                      size_t most)
{
    struct answer answer;
    uint8_t body[SLICE];
    size_t got = 0;
    int fd = connect_client(client);
    bool ok = fd >= 0 && send_request(client, fd, false, "") &&
              read_header(fd, &answer, body, &got) && answer.status == 200 &&
              answer.length == file->size &&
              (got > most || compare_body(fd, file->data, most, body, got));
    close(fd);
    return ok;
}

static bool get_range(const struct client *client, int fd,
                      const struct firmware_file *file, size_t first)
{
    struct answer answer;
    uint8_t body[SLICE];
    char range[64];
    size_t got = 0;
    size_t size = file->size - first < RANGE ? file->size - first : RANGE;
    snprintf(range, sizeof(range), "Range: bytes=%zu-%zu\r\n", first,
             first + size - 1);
    return send_request(client, fd, false, range) &&
           read_header(fd, &answer, body, &got) && answer.status == 206 &&
           answer.length == size && answer.first == first &&
           compare_body(fd, file->data + first, size, body, got);
}

static bool get_ranges(const struct client *client,
                       const struct firmware_file *file, size_t most)
{
    int fd = connect_client(client);
    bool ok = fd >= 0;
    for (size_t at = 0; ok && at < most; at += RANGE)
        ok = get_range(client, fd, file, at);
    close(fd);
    return ok;
}

static bool get_nothing(const struct client *client)
{
    struct answer answer;
    uint8_t body[SLICE];
    size_t got;
    int fd = connect_client(client);
    bool ok = fd >= 0 && send_request(client, fd, false, "") &&
              read_header(fd, &answer, body, &got) && answer.status == 404;
    close(fd);
    return ok;
}

static bool get_file(struct client *client, bool breaks_off)
{
    const struct family *family = client->family;
    const struct firmware_file *file = &client->mix->files[family->gets];
    size_t most = breaks_off ? file->size / 3 : file->size;
    if (family->heads_first && !ask_for_head(client, file->size))
        return false;
    return family->ranges ? get_ranges(client, file, most)
                          : get_whole(client, file, most);
}

static void take_turn(struct client *client)
{
    struct mix *mix = client->mix;
    bool gets_none = client->family->gets == NOTHING;
    bool breaks_off = (client->index + client->turn) % BREAKS_OFF == 0;
    bool ok = gets_none ? get_nothing(client) : get_file(client, breaks_off);
    if (!ok) {
        fprintf(stderr, "%s: not what it should get\n", client->family->name);
        atomic_fetch_add(&mix->failures, 1);
    } else if (gets_none) {
        atomic_fetch_add(&mix->refusals, 1);
    } else {
        atomic_fetch_add(breaks_off ? &mix->broken_off : &mix->downloads, 1);
    }
}

static void *run(void *context)
{
    struct client *client = context;
    for (client->turn = 0; client->turn < client->mix->rounds; client->turn++)
        take_turn(client);
    return NULL;
}

/* --- the command -------------------------------------------------------------
 */

static void usage(void)
{
    fprintf(stderr, "Usage: bench_mix [--clients COUNT] [--rounds COUNT] "
                    "ADDRESS:PORT PACK USER1 USER2 APP\n");
    exit(2);
}

static unsigned number(const char *text, unsigned most)
{
    char *end;
    unsigned long value = strtoul(text, &end, 10);
    if (*end || value == 0 || value > most)
        usage();
    return (unsigned)value;
}

static void parse(int argc, char **argv, struct mix *mix)
{
    static const struct option rows[] = {
        {"clients", required_argument, NULL, 'c'},
        {"rounds", required_argument, NULL, 'r'},
        {0},
    };
    int key;
    while ((key = getopt_long(argc, argv, "", rows, NULL)) != -1) {
        if (key == 'c')
            mix->clients = number(optarg, MOST_CLIENTS);
        else if (key == 'r')
            mix->rounds = number(optarg, 1000);
        else
            usage();
    }
    if (argc - optind != 1 + FILES || !net_parse(argv[optind], &mix->server))
        usage();
    mix->host = argv[optind];
    for (int i = 0; i < FILES; i++)
        if (!firmware_file_open(&mix->files[i], argv[optind + 1 + i]))
            exit(2);
}

int main(int argc, char **argv)
{
    static struct client clients[MOST_CLIENTS];
    struct mix mix = {.clients = 100, .rounds = 5};
    parse(argc, argv, &mix);
    for (unsigned i = 0; i < mix.clients; i++) {
        clients[i] = (struct client){
            .mix = &mix, .family = &families[i % FAMILIES], .index = i};
        if (pthread_create(&clients[i].thread, NULL, run, &clients[i]) != 0)
            abort();
    }
    for (unsigned i = 0; i < mix.clients; i++)
        pthread_join(clients[i].thread, NULL);
    printf("downloads=%u refusals=%u broken_off=%u failures=%u\n",
           mix.downloads, mix.refusals, mix.broken_off, mix.failures);
    return mix.downloads > 0 && mix.failures == 0 ? 0 : 1;
}
