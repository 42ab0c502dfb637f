/* SPDX-License-Identifier: Apache-2.0 */
#include "talk.h"
#include "cmocka_all.h"
#include "fixture.h"
#include <gnutls/x509.h>
#include <string.h>
#include <unistd.h>

static gnutls_session_t open_session(struct talk *talk, int fd,
                                     gnutls_certificate_credentials_t own)
{
    gnutls_session_t session;
    assert_int_equal(gnutls_init(&session, GNUTLS_CLIENT), 0);
    assert_int_equal(
        gnutls_priority_set_direct(
            session, talk->priorities ? talk->priorities : "NORMAL", NULL),
        0);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, own);
    if (talk->record)
        assert_int_equal(gnutls_record_set_max_size(session, talk->record), 0);
    if (talk->session && talk->session->data)
        gnutls_session_set_data(session, talk->session->data,
                                talk->session->size);
    gnutls_transport_set_int(session, fd);
    return session;
}

static void note_name(gnutls_session_t session, struct talk *talk)
{
    unsigned count;
    size_t size = sizeof(talk->name);
    gnutls_x509_crt_t certificate;
    const gnutls_datum_t *chain = gnutls_certificate_get_peers(session, &count);
    if (!chain)
        return;
    gnutls_x509_crt_init(&certificate);
    gnutls_x509_crt_import(certificate, chain, GNUTLS_X509_FMT_DER);
    gnutls_x509_crt_get_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0,
                                  0, talk->name, &size);
    gnutls_x509_crt_deinit(certificate);
}

static void exchange(gnutls_session_t session, struct talk *talk,
                     const char *request)
{
    gnutls_record_send(session, request, strlen(request));
    ssize_t n;
    do {
        n = gnutls_record_recv(session, talk->answer + talk->size,
                               TALK_MOST - talk->size);
        talk->size += n > 0 ? (size_t)n : 0;
        /* A ticket interrupts the client. */
    } while ((n > 0 && talk->size < TALK_MOST) || n == GNUTLS_E_AGAIN);
}

bool talk_to(struct talk *talk, uint16_t port, const char *request)
{
    gnutls_certificate_credentials_t own;
    int fd = fixture_connect_to(port);
    gnutls_certificate_allocate_credentials(&own);
    if (talk->own)
        assert_int_equal(gnutls_certificate_set_x509_key_file(
                             own, talk->own, talk->own, GNUTLS_X509_FMT_PEM),
                         0);
    gnutls_session_t session = open_session(talk, fd, own);
    talk->size = 0;
    if (gnutls_handshake(session) == 0) {
        note_name(session, talk);
        talk->version = gnutls_protocol_get_version(session);
        talk->was_resumed = gnutls_session_is_resumed(session);
        exchange(session, talk, request);
        if (talk->session && !talk->session->data)
            gnutls_session_get_data2(session, talk->session);
    }
    talk->answer[talk->size] = '\0';
    gnutls_deinit(session);
    gnutls_certificate_free_credentials(own);
    close(fd);
    return talk->size > 0;
}
