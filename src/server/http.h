/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HTTP on the wire: http*.c are the only files that know libmicrohttpd. Each
 * worker has one of these and runs it on its own thread.
 */
#ifndef OTATOOL_SERVER_HTTP_H
#define OTATOOL_SERVER_HTTP_H

#include <stdbool.h>

struct http;
struct tls;
struct worker;
struct MHD_Connection;

/* Takes the listener. NULL when the library cannot start. */
struct http *http_new(struct worker *worker, int listener, struct tls *tls);

/* Closes all connections; NULL is fine. */
void http_free(struct http *http);

/* Waits so long for something to do, at most, and does it. False when the
 * system fails. */
bool http_run(struct http *http, int wait_ms);

/* Accepts no more connections. */
void http_quiesce(struct http *http);

/* Lets an answer wait for its time, and go on. */
void http_suspend(struct MHD_Connection *client);
void http_resume(struct MHD_Connection *client);

#endif
