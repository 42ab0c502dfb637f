/* SPDX-License-Identifier: Apache-2.0 */
/* A client of the test that speaks TLS: one request a connection. */
#ifndef OTATOOL_TESTS_TALK_H
#define OTATOOL_TESTS_TALK_H

#include <gnutls/gnutls.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TALK_NAME = 64, TALK_MOST = 320 * 1024 };

/* What a client of the test wants, and what it gets. */
struct talk {
    const char *priorities;
    const char *own;         /* its certificate, or NULL */
    size_t record;           /* the largest record it takes; 0: any */
    gnutls_datum_t *session; /* to go on with, or to be filled */
    char name[TALK_NAME];    /* of the server's certificate */
    gnutls_protocol_t version;
    bool was_resumed;
    size_t size;
    uint8_t answer[TALK_MOST + 1]; /* header and body; NUL at the end */
};

/* Sends request to a port of this machine and reads until the end. False when
 * the server did not answer. */
bool talk_to(struct talk *talk, uint16_t port, const char *request);

#endif
