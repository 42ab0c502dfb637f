/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a service says to systemd, and gets from it.
 *
 * All of it is in the environment: sockets that are open already
 * (LISTEN_FDS), where to tell the state (NOTIFY_SOCKET), how often to give a
 * sign of life (WATCHDOG_USEC). Without these variables each function does
 * nothing, so a service needs not know who started it. sd_listen_fds(3) and
 * sd_notify(3) describe the protocol.
 */
#ifndef OTATOOL_SYSTEMD_H
#define OTATOOL_SYSTEMD_H

#include "otatool/error.h"
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

struct ota_systemd {
    int socket; /* that listens for HTTP, now the caller's; -1: none given */
    int tls_socket;       /* the same for HTTPS */
    unsigned watchdog_ms; /* a sign of life at least so often; 0: never */
    int notify;           /* a socket to tell the state through; -1: none */
    struct sockaddr_un address; /* of systemd's side of it */
    socklen_t address_size;
};

/*
 * Reads the environment and clears these variables from it, for children
 * would be misled. Call it before there are threads.
 *
 * Of the sockets handed over the one named "http" (LISTEN_FDNAMES) is for HTTP
 * and that named "https" for HTTPS; any other name says nothing, and the first
 * such one is for HTTP. Fails when one cannot be served: a third, a second for
 * the same, not TCP, not listening.
 */
OTA_CHECKED bool ota_systemd_init(struct ota_systemd *systemd,
                                  struct ota_error *err);
void ota_systemd_release(struct ota_systemd *systemd);

/*
 * These tell where the service is in its life. Any thread may call them; none
 * waits or fails, as a service runs on when nobody listens.
 */
void ota_systemd_ready(const struct ota_systemd *systemd);
void ota_systemd_reloading(const struct ota_systemd *systemd); /* then ready */
void ota_systemd_stopping(const struct ota_systemd *systemd);
void ota_systemd_alive(const struct ota_systemd *systemd); /* the watchdog */

/* A line for people in systemctl status; without line ends. */
void ota_systemd_status(const struct ota_systemd *systemd, const char *text);

#endif
