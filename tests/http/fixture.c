/* SPDX-License-Identifier: Apache-2.0 */
#include "fixture.h"
#include "cmocka_all.h"
#include "otatool/file.h"
#include "scratch.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

void fixture_fill(uint8_t *firmware, size_t size)
{
    for (size_t i = 0; i < size; i++)
        firmware[i] = (uint8_t)(i * 2654435761 >> 13);
}

bool fixture_offer(uint8_t *firmware, size_t size)
{
    struct ota_error err;
    fixture_fill(firmware, size);
    return scratch_enter() && mkdir("root", 0755) == 0 &&
           ota_file_save("root/fw.bin", firmware, size, &err);
}

uint64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void *run_server(void *context)
{
    struct fixture *fixture = context;
    struct ota_error err;
    if (!ota_server_run(fixture->server, &err))
        abort();
    /* As a process does when it ends: what still runs is cut. */
    ota_server_free(fixture->server);
    return NULL;
}

static void log_transfer(const struct ota_server_transfer *transfer,
                         void *context)
{
    struct fixture *fixture = context;
    pthread_mutex_lock(&fixture->lock);
    struct logged *logged =
        &fixture->logged[fixture->logged_count % FIXTURE_LOG];
    snprintf(logged->method, sizeof(logged->method), "%s", transfer->method);
    snprintf(logged->target, sizeof(logged->target), "%s", transfer->target);
    snprintf(logged->family, sizeof(logged->family), "%s", transfer->family);
    snprintf(logged->file, sizeof(logged->file), "%s", transfer->file);
    snprintf(logged->reason, sizeof(logged->reason), "%s", transfer->reason);
    logged->status = transfer->status;
    logged->began = transfer->began;
    logged->sent = transfer->sent;
    logged->asked = transfer->asked;
    logged->duration_ms = transfer->duration_ms;
    logged->end = transfer->end;
    fixture->logged_count++;
    pthread_mutex_unlock(&fixture->lock);
}

static void note_trouble(const struct ota_error *err, void *context)
{
    struct fixture *fixture = context;
    pthread_mutex_lock(&fixture->lock);
    fixture->troubles += err->code != OTA_OK;
    pthread_mutex_unlock(&fixture->lock);
}

static void open_pipe(int *reader, int *writer)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    *reader = ends[0];
    *writer = ends[1];
}

static uint16_t port_of(const char *url)
{
    const char *colon = strrchr(url, ':');
    return colon ? (uint16_t)atoi(colon + 1) : 0;
}

void fixture_start_with(struct fixture *fixture,
                        const struct ota_server_options *wanted)
{
    struct ota_error err;
    struct ota_server_options options = *wanted;
    *fixture = (struct fixture){0};
    pthread_mutex_init(&fixture->lock, NULL);
    open_pipe(&fixture->stop_reader, &fixture->stop);
    open_pipe(&fixture->reload_reader, &fixture->reload);
    options.path = "root";
    options.address = "127.0.0.1";
    options.stop_fd = fixture->stop_reader;
    options.reload_fd = fixture->reload_reader;
    options.on_transfer = log_transfer;
    options.on_trouble = note_trouble;
    options.context = fixture;
    if (!options.workers)
        options.workers = 1;
    if (!options.connections)
        options.connections = 100;
    if (!options.connections_per_address)
        options.connections_per_address = options.connections;
    assert_true(ota_server_new(&fixture->server, &options, &err));
    fixture->port = port_of(ota_server_url(fixture->server));
    fixture->tls_port = port_of(ota_server_tls_url(fixture->server));
    assert_int_equal(
        pthread_create(&fixture->thread, NULL, run_server, fixture), 0);
}

void fixture_start(struct fixture *fixture, unsigned idle_timeout_ms,
                   unsigned grace_ms)
{
    fixture_start_with(
        fixture, &(struct ota_server_options){
                     .idle_timeout_ms = idle_timeout_ms, .grace_ms = grace_ms});
}

void fixture_reload(struct fixture *fixture)
{
    assert_int_equal(write(fixture->reload, "x", 1), 1);
}

void fixture_stop(struct fixture *fixture)
{
    assert_int_equal(write(fixture->stop, "x", 1), 1);
    pthread_join(fixture->thread, NULL);
    close(fixture->stop);
    close(fixture->stop_reader);
    close(fixture->reload);
    close(fixture->reload_reader);
}

struct logged fixture_logged(struct fixture *fixture, size_t index)
{
    for (int i = 0; i < 1000; i++) {
        pthread_mutex_lock(&fixture->lock);
        bool is_there = fixture->logged_count > index;
        struct logged logged = fixture->logged[index % FIXTURE_LOG];
        pthread_mutex_unlock(&fixture->lock);
        if (is_there)
            return logged;
        usleep(10 * 1000);
    }
    fail_msg("transfer %zu was never told", index);
    return (struct logged){0};
}

void fixture_await_troubles(struct fixture *fixture, unsigned count)
{
    for (int i = 0; i < 500; i++) {
        pthread_mutex_lock(&fixture->lock);
        bool is_there = fixture->troubles == count;
        pthread_mutex_unlock(&fixture->lock);
        if (is_there)
            return;
        usleep(10 * 1000);
    }
    fail_msg("no trouble was told");
}

static int try_connect(uint16_t port, int receive_size)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct timeval limit = {.tv_sec = 20};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    if (receive_size)
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_size,
                   sizeof(receive_size));
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
        return fd;
    close(fd);
    return -1;
}

int fixture_connect(const struct fixture *fixture, int receive_size)
{
    int fd = try_connect(fixture->port, receive_size);
    assert_true(fd >= 0);
    return fd;
}

int fixture_connect_to(uint16_t port)
{
    int fd = try_connect(port, 0);
    assert_true(fd >= 0);
    return fd;
}

bool fixture_can_connect(const struct fixture *fixture)
{
    int fd = try_connect(fixture->port, 0);
    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

void send_bytes(int fd, const void *data, size_t size)
{
    assert_int_equal(send(fd, data, size, MSG_NOSIGNAL), size);
}

void send_text(int fd, const char *text)
{
    send_bytes(fd, text, strlen(text));
}

static void read_header(int fd, struct answer *answer)
{
    size_t size = 0;
    while (size < 4 || memcmp(answer->header + size - 4, "\r\n\r\n", 4) != 0) {
        assert_true(size < sizeof(answer->header) - 1);
        assert_int_equal(recv(fd, answer->header + size, 1, 0), 1);
        size++;
    }
    answer->header[size] = '\0';
    assert_int_equal(sscanf(answer->header, "HTTP/1.1 %u ", &answer->status),
                     1);
}

void read_answer(int fd, bool has_body, struct answer *answer)
{
    *answer = (struct answer){0};
    read_header(fd, answer);
    const char *length = answer_header(answer, "Content-Length");
    if (!has_body || !length)
        return;
    answer->size = strtoul(length, NULL, 10);
    answer->body = malloc(answer->size + 1);
    for (size_t done = 0; done < answer->size;) {
        ssize_t n = recv(fd, answer->body + done, answer->size - done, 0);
        assert_true(n > 0);
        done += (size_t)n;
    }
    answer->body[answer->size] = '\0';
}

void answer_release(struct answer *answer)
{
    free(answer->body);
    answer->body = NULL;
}

void read_file(int fd, const uint8_t *expected, size_t size)
{
    struct answer answer;
    read_answer(fd, true, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(answer.size, size);
    assert_memory_equal(answer.body, expected, size);
    answer_release(&answer);
}

const char *answer_header(const struct answer *answer, const char *name)
{
    static char value[512];
    char line[64];
    snprintf(line, sizeof(line), "\r\n%s: ", name);
    const char *found = strstr(answer->header, line); /* exact case */
    if (!found)
        return NULL;
    found += strlen(line);
    snprintf(value, sizeof(value), "%.*s", (int)strcspn(found, "\r"), found);
    return value;
}

void ask(const struct fixture *fixture, const char *text, struct answer *answer)
{
    int fd = fixture_connect(fixture, 0);
    send_text(fd, text);
    read_answer(fd, strncmp(text, "HEAD", 4) != 0, answer);
    close(fd);
}

bool is_at_end(int fd)
{
    char byte;
    return recv(fd, &byte, 1, 0) <= 0;
}
