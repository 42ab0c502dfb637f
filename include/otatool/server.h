/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The update server: threads that serve a catalog over HTTP.
 *
 * ota_server_new opens everything, so that what is wrong is said at once;
 * ota_server_run serves until it is told to stop. Every transfer is told to
 * a function of the caller when it has ended, by one thread at a time.
 */
#ifndef OTATOOL_SERVER_H
#define OTATOOL_SERVER_H

#include "otatool/error.h"
#include "otatool/service.h"
#include <stddef.h>

struct ota_server;

enum ota_server_end {
    OTA_SERVER_COMPLETE,      /* all bytes were acknowledged by the client */
    OTA_SERVER_CLIENT_CLOSED, /* the connection broke or was closed */
    OTA_SERVER_TIMED_OUT,     /* nothing moved for the idle time-out */
    OTA_SERVER_STOPPED,       /* cut when the grace period ended */
};

/* One request and its answer. Texts live for the call only. */
struct ota_server_transfer {
    int64_t began;      /* seconds since 1970 */
    const char *client; /* numeric address */
    const char *method; /* these three as sent: anything may be in them */
    const char *target;
    const char *range; /* the Range header, or NULL */
    unsigned status;   /* 0: the request never became whole */
    uint64_t sent;     /* bytes of the body the client acknowledged */
    uint64_t asked;    /* bytes of the body in all */
    uint64_t duration_ms;
    enum ota_server_end end;
    const char *family;  /* of the client: "nonos", "arduino", "unknown" */
    const char *told_by; /* what of the request told that */
    const char *file;    /* what was given: "pack for user2", "app", "-" */
    const char *reason;  /* why just that */
};

/* Where a server is in its life. */
enum ota_server_life {
    OTA_SERVER_READY, /* also when it has reloaded */
    OTA_SERVER_ALIVE, /* about once a second, while all threads are */
    OTA_SERVER_RELOADING,
    OTA_SERVER_STOPPING,
};

struct ota_server_options {
    const char *path;             /* directory or file to serve */
    const char *old;              /* a pack for all old devices, or NULL */
    const char *new;              /* an app for all of the SDK 3, or NULL */
    const char *address;          /* to listen on; NULL: every address */
    uint16_t port;                /* 0: any that is free */
    bool has_no_plain;            /* no HTTP without TLS */
    bool old_only_plain;          /* without TLS packs and user images alone */
    const char *certificate;      /* PEM, turns TLS on; NULL: no TLS */
    const char *key;              /* PEM; NULL: in the certificate's file */
    const char *client_authority; /* PEM, of clients' certificates; NULL: they
                                   * need none */
    uint16_t tls_port;            /* 0: any that is free */
    /* Of the numbers that follow, 0 is the usual one. */
    unsigned workers;                 /* threads [2; 1 with one processor] */
    unsigned connections;             /* at most this many at a time [1020] */
    unsigned connections_per_address; /* [half of them] */
    unsigned downloads;               /* at a time [no limit] */
    uint64_t rate;                    /* bytes a second in all [no limit] */
    uint64_t rate_per_download;       /* bytes a second [no limit] */
    unsigned idle_timeout_ms;         /* where nothing moves [60 s] */
    unsigned header_timeout_ms;       /* for a whole request [20 s] */
    unsigned total_timeout_ms;        /* for a whole answer [1 h] */
    unsigned grace_ms;                /* for running transfers when stopping */
    /*
     * Becomes readable when the server shall stop: a signalfd or a pipe. A
     * first read stops politely, a second one at once.
     */
    int stop_fd;
    /* Becomes readable when certificates shall be read anew. 0: none. */
    int reload_fd;
    int listener; /* a socket to take instead of address and port; 0: none */
    int tls_listener;           /* the same for HTTPS */
    struct ota_service service; /* the pages about the server itself */
    void (*on_transfer)(const struct ota_server_transfer *transfer,
                        void *context); /* may be NULL */
    /* Some were told, and there is a moment to write them down; or NULL. */
    void (*on_told)(void *context);
    /* What went wrong while the server goes on; may be NULL. */
    void (*on_trouble)(const struct ota_error *err, void *context);
    void (*on_life)(enum ota_server_life life, void *context); /* or NULL */
    void *context;
};

/*
 * Starts to listen. The texts of options are borrowed for the server's life.
 */
OTA_CHECKED bool ota_server_new(struct ota_server **server,
                                const struct ota_server_options *options,
                                struct ota_error *err);

/*
 * Can everything that is to be served be read by the user the process is now?
 * To be asked when rights were given up after the server was made.
 */
OTA_CHECKED bool ota_server_check(const struct ota_server *server,
                                  struct ota_error *err);

/* "http://192.0.2.1:8070/"; lives as long as the server. Of one that listens on
 * every address it has that by which this machine reaches the world. */
const char *ota_server_url(const struct ota_server *server);

/* The same with https; both are empty when that is not served. */
const char *ota_server_tls_url(const struct ota_server *server);

/*
 * Packs for old devices, or, with is_new, apps for new ones, of which that is
 * on offer for any name in .bin which there is just one of, or which options
 * name. Is their count; name holds size bytes and gets the name of one.
 */
unsigned ota_server_offers(struct ota_server *server, bool is_new, char *name,
                           size_t size);

/* Serves until stopped; false when the system fails. */
OTA_CHECKED bool ota_server_run(struct ota_server *server,
                                struct ota_error *err);

/* Cuts what still runs. NULL is fine. */
void ota_server_free(struct ota_server *server);

/* "complete", "client closed", "timed out", "server stopped". */
const char *ota_server_end_name(enum ota_server_end end);

#endif
