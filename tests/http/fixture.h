/* SPDX-License-Identifier: Apache-2.0 */
/* A server on a free port in a thread of the test, and raw sockets to it. */
#ifndef OTATOOL_TESTS_FIXTURE_H
#define OTATOOL_TESTS_FIXTURE_H

#include "otatool/server.h"
#include <pthread.h>
#include <stddef.h>

enum { FIXTURE_LOG = 256 };

/* What the server told about one transfer. */
struct logged {
    char method[16];
    char target[128];
    unsigned status;
    int64_t began;
    uint64_t sent;
    uint64_t asked;
    uint64_t duration_ms;
    enum ota_server_end end;
    char family[16];
    char file[32];
    char reason[64];
};

struct fixture {
    struct ota_server *server;
    pthread_t thread;
    pthread_mutex_t lock;
    int stop; /* a byte written here is one request to stop */
    int stop_reader;
    int reload; /* a byte here has certificates read anew */
    int reload_reader;
    unsigned troubles; /* that were told */
    uint16_t tls_port;
    uint16_t port;
    size_t logged_count;
    struct logged logged[FIXTURE_LOG];
};

/* Bytes of which no part looks like another. */
void fixture_fill(uint8_t *firmware, size_t size);

/* Enters a scratch folder whose root/fw.bin is made of such bytes. */
bool fixture_offer(uint8_t *firmware, size_t size);

/* Serves the folder "root" of the scratch folder the test is in. */
void fixture_start(struct fixture *fixture, unsigned idle_timeout_ms,
                   unsigned grace_ms);

/* The same with these options; where and to whom it talks is filled in, and
 * what is 0 as usual, but 100 connections of the one address here, and one
 * worker, which accepts and tells in order. */
void fixture_start_with(struct fixture *fixture,
                        const struct ota_server_options *options);
void fixture_reload(struct fixture *fixture);
void fixture_stop(struct fixture *fixture); /* the log can still be read */

/* Waits until transfer number index has been told. */
struct logged fixture_logged(struct fixture *fixture, size_t index);

/* Waits until so many troubles have been told. */
void fixture_await_troubles(struct fixture *fixture, unsigned count);

/* Of the clock that nobody sets. */
uint64_t clock_ms(void);

/* A connected socket; receive_size > 0 sets a small receive buffer. */
int fixture_connect(const struct fixture *fixture, int receive_size);

/* The same to another of its ports. */
int fixture_connect_to(uint16_t port);

/* False when the server refuses connections. */
bool fixture_can_connect(const struct fixture *fixture);

void send_text(int fd, const char *text);
void send_bytes(int fd, const void *data, size_t size);

struct answer {
    char header[4096]; /* with the empty line; NUL at the end */
    unsigned status;
    size_t size; /* of the body */
    uint8_t *body;
};

/* Reads one answer; without has_body, its header alone. */
void read_answer(int fd, bool has_body, struct answer *answer);
void answer_release(struct answer *answer);

/* Reads an answer that has to be this file. */
void read_file(int fd, const uint8_t *expected, size_t size);

/* The value of a header of the answer, or NULL; static. */
const char *answer_header(const struct answer *answer, const char *name);

/* Sends text on a new connection and reads one answer. */
void ask(const struct fixture *fixture, const char *text,
         struct answer *answer);

/* True when the server has closed and nothing is left to read. */
bool is_at_end(int fd);

#endif
