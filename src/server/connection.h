/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One client: the clock that bounds what it may take, and what really
 * reached it.
 *
 * The HTTP library calls an answer completed when the kernel has taken its
 * last byte, and the kernel takes a whole firmware for a device that has
 * vanished; and a byte now and then keeps its time-out from ever coming. So a
 * transfer ends here when the client's TCP has acknowledged all of it, and
 * time is counted here. When the library closes, a connection with something
 * on its way is kept until that has arrived.
 *
 * A connection is plain, and served by plain.c, until a request comes that only
 * the HTTP library can read; then it is the library's to its end.
 */
#ifndef OTATOOL_SERVER_CONNECTION_H
#define OTATOOL_SERVER_CONNECTION_H

#include "timers.h"
#include "transfer.h"

struct tls_credentials;
struct worker;
struct MHD_Connection;

struct connection {
    struct timer timer; /* first: the connection is found by it */
    struct worker *worker;
    struct connection *next; /* of the worker's */
    struct connection **link;
    struct MHD_Connection *http; /* NULL: it is ours */
    int fd;                      /* -1: none any more */
    struct asker asker;
    char name[INET6_ADDRSTRLEN]; /* of its address */
    struct tls_credentials *tls; /* a reference, or NULL */
    bool is_unwelcome;           /* its address has too many */
    bool is_readable;            /* there may be bytes that were not read */
    bool is_ended;               /* the client sends no more than that */
    bool is_waiting;             /* an answer waits for its time to go on */
    bool is_closing;             /* nothing more is read or answered */
    bool closes;                 /* behind the current answer */
    bool is_last;   /* closes when nothing more comes for a moment */
    bool has_asked; /* for something, ever */
    bool is_cut;    /* has to end, as it says in `end` */
    enum ota_server_end end;
    uint64_t since_ms; /* when it began to wait for a request */
    uint64_t begun_ms; /* when bytes of one were first seen; 0: not yet */
    uint64_t received; /* bytes of the requests before, when looked at */
    bool knows_received;
    uint64_t handed;    /* bytes of the answers so far, this one included */
    unsigned pause_ms;  /* between two looks for an acknowledgement */
    uint64_t wake_ms;   /* when to go on, when waiting */
    uint64_t looked_ms; /* when its progress was looked at */
    struct transfer *current; /* being asked or answered */
    struct transfer *pending; /* handed over, not acknowledged; oldest first */
};

/* Takes the socket. NULL: no memory. */
struct connection *connection_new(struct worker *worker, int fd,
                                  const struct in6_addr *address);

/* Its current answer is sent by plain.c. */
bool connection_is_plain(const struct connection *connection);

/* A request begins. NULL: no memory. */
struct transfer *connection_begin(struct connection *connection,
                                  const char *target);

/* Its answer is about to go out: so many bytes of header and body. Takes the
 * entry of reply. */
void connection_answer(struct connection *connection, struct reply *reply,
                       uint64_t header, uint64_t body);

/* All of the answer is handed to the kernel, or nothing more will be. */
void connection_finish(struct connection *connection, enum ota_server_end end);

/* The answer waits, until then or for room in the kernel. */
void connection_wait(struct connection *connection, uint64_t wake_ms);
void connection_wait_for_room(struct connection *connection);

/* It closes and nothing of it could be read: begins a request for the log if
 * anything came. */
void connection_unread(struct connection *connection);

/* The library closes its socket: ends it, or keeps it until all has arrived.
 */
void connection_closed(struct connection *connection);

/* The same for a plain one, which nothing more is to be read from. */
void connection_close(struct connection *connection);

/* There are so many that memory counts for more than speed. */
bool connections_are_many(const struct worker *worker);

/* epoll has events of a plain one. */
void connection_ready(struct connection *connection, uint32_t events);

/* Its timer went off. */
void connection_look(struct connection *connection);

/* Ends what runs on it. A plain one has to be settled afterwards. */
void connection_cut(struct connection *connection, enum ota_server_end end);

/* Frees it if it is at its end. */
void connection_settle(struct connection *connection);

/* True when no request is on its way. */
bool connection_is_idle(const struct connection *connection);

/* Tells what is still on its way as stopped, and frees. */
void connection_free(struct connection *connection);

#endif
