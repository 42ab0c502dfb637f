/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP on the wire: the only file that knows libmicrohttpd is http.c.
 *
 * It runs on the caller's thread: wait until http_fd is readable or
 * http_wait_ms have passed, then call http_run.
 */
#ifndef OTATOOL_SERVER_HTTP_H
#define OTATOOL_SERVER_HTTP_H

#include "otatool/catalog.h"
#include "transfer.h"

struct http;

struct http_options {
    int listener; /* a listening socket, which http takes */
    unsigned connections;
    unsigned idle_timeout_ms;
    struct ota_catalog *catalog; /* borrowed */
    struct transfers *transfers; /* borrowed */
};

/* NULL when the library cannot start; then the listener is closed too. */
struct http *http_new(const struct http_options *options);
void http_free(struct http *http);

int http_fd(const struct http *http);

/* How long http_run can wait, at most `most`. */
int http_wait_ms(const struct http *http, int most);

bool http_run(struct http *http);

/* Accepts no more connections and ends each after its running answer. */
void http_quiesce(struct http *http);

#endif
