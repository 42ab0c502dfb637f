/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the HTTP library serves: TLS, and what is not plain. http*.c are the
 * only files that know libmicrohttpd. Each worker has one of these and runs it
 * on its own thread.
 */
#ifndef OTATOOL_SERVER_HTTP_H
#define OTATOOL_SERVER_HTTP_H

#include <stdbool.h>

struct http;
struct connection;
struct tls;
struct worker;
struct MHD_Connection;

/* NULL when the library cannot start. tls is borrowed, or NULL. */
struct http *http_new(struct worker *worker, struct tls *tls);

/* Closes all connections; NULL is fine. */
void http_free(struct http *http);

/* Has the library go on with a connection, and read what was not read yet.
 * False: it cannot, and has closed the socket. */
bool http_adopt(struct http *http, struct connection *connection);

/* Is readable when there is something to do; stays the library's. */
int http_epoll(const struct http *http);

/* How long it may be let alone, at most `most`. */
int http_wait_ms(const struct http *http, int most);

/* Does what there is to do. False when the system fails. */
bool http_run(struct http *http);

/* Lets an answer wait for its time, and go on. */
void http_suspend(struct MHD_Connection *client);
void http_resume(struct MHD_Connection *client);

#endif
