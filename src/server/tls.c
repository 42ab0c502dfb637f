/* SPDX-License-Identifier: Apache-2.0 */
#include "tls.h"
#include "otatool/file.h"
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

const char tls_priorities[] =
    "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE";

enum { PEM_CEILING = 1024 * 1024 };

struct tls_credentials {
    gnutls_certificate_credentials_t library;
    bool wants_certificate; /* of the client */
    atomic_uint references;
};

struct tls {
    const char *certificate;
    const char *key;
    const char *authority;  /* or NULL */
    gnutls_datum_t tickets; /* the key that tickets are sealed with */
    char *first_certificate;
    char *first_key;
    pthread_mutex_t lock; /* around current */
    struct tls_credentials *current;
};

static bool fail(struct ota_error *err, const char *subject, int code)
{
    return ota_fail(err, OTA_E_CERTIFICATE, .subject = subject,
                    .detail = gnutls_strerror(code));
}

/* 0, or why this is no chain. */
static int check_chain(const gnutls_datum_t *pem)
{
    gnutls_x509_crt_t *list;
    unsigned count;
    int code = gnutls_x509_crt_list_import2(&list, &count, pem,
                                            GNUTLS_X509_FMT_PEM, 0);
    if (code < 0)
        return code;
    for (unsigned i = 0; i < count; i++)
        gnutls_x509_crt_deinit(list[i]);
    gnutls_free(list);
    return 0;
}

static gnutls_datum_t datum_of(const struct ota_file *file)
{
    return (gnutls_datum_t){file->data, (unsigned)file->size};
}

void tls_end(struct tls_credentials *credentials)
{
    if (!credentials || atomic_fetch_sub(&credentials->references, 1) > 1)
        return;
    gnutls_certificate_free_credentials(credentials->library);
    free(credentials);
}

static struct tls_credentials *credentials_new(void)
{
    struct tls_credentials *credentials = calloc(1, sizeof(*credentials));
    if (!credentials)
        return NULL;
    atomic_init(&credentials->references, 1);
    if (gnutls_certificate_allocate_credentials(&credentials->library) == 0)
        return credentials;
    free(credentials);
    return NULL;
}

static bool set_pair(const struct tls *tls, struct tls_credentials *credentials,
                     const struct ota_file *certificate,
                     const struct ota_file *key, struct ota_error *err)
{
    gnutls_datum_t public = datum_of(certificate);
    gnutls_datum_t secret = datum_of(key);
    int code = check_chain(&public);
    if (code != 0)
        return fail(err, tls->certificate, code);
    code = gnutls_certificate_set_x509_key_mem(credentials->library, &public,
                                               &secret, GNUTLS_X509_FMT_PEM);
    return code == 0 ||
           ota_fail(err, OTA_E_CERTIFICATE_KEY, .subject = tls->key,
                    .detail = gnutls_strerror(code));
}

static bool set_authority(const struct tls *tls,
                          struct tls_credentials *credentials,
                          struct ota_error *err)
{
    struct ota_file file;
    if (!tls->authority)
        return true;
    if (!ota_file_load(&file, tls->authority, PEM_CEILING, err))
        return false;
    gnutls_datum_t trusted = datum_of(&file);
    int count = gnutls_certificate_set_x509_trust_mem(
        credentials->library, &trusted, GNUTLS_X509_FMT_PEM);
    ota_file_release(&file);
    credentials->wants_certificate = true;
    return count > 0 || fail(err, tls->authority,
                             count < 0 ? count : GNUTLS_E_NO_CERTIFICATE_FOUND);
}

static bool load_pair(const struct tls *tls, struct ota_file *certificate,
                      struct ota_file *key, struct ota_error *err)
{
    if (!ota_file_load(certificate, tls->certificate, PEM_CEILING, err))
        return false;
    if (ota_file_load(key, tls->key, PEM_CEILING, err))
        return true;
    ota_file_release(certificate);
    return false;
}

/* The HTTP library wants a pair of its own at the start. */
static bool note_first(struct tls *tls, const struct ota_file *certificate,
                       const struct ota_file *key, struct ota_error *err)
{
    if (tls->first_key)
        return true;
    tls->first_certificate =
        strndup((const char *)certificate->data, certificate->size);
    tls->first_key = strndup((const char *)key->data, key->size);
    return (tls->first_certificate && tls->first_key) ||
           ota_fail(err, OTA_E_MEMORY);
}

static struct tls_credentials *load(struct tls *tls, struct ota_error *err)
{
    struct ota_file certificate;
    struct ota_file key;
    if (!load_pair(tls, &certificate, &key, err))
        return NULL;
    struct tls_credentials *credentials = credentials_new();
    bool ok = credentials || ota_fail(err, OTA_E_MEMORY);
    ok = ok && set_pair(tls, credentials, &certificate, &key, err) &&
         set_authority(tls, credentials, err) &&
         note_first(tls, &certificate, &key, err);
    ota_file_release(&certificate);
    ota_file_release(&key);
    if (ok)
        return credentials;
    tls_end(credentials);
    return NULL;
}

bool tls_reload(struct tls *tls, struct ota_error *err)
{
    struct tls_credentials *fresh = load(tls, err);
    if (!fresh)
        return false;
    pthread_mutex_lock(&tls->lock);
    struct tls_credentials *old = tls->current;
    tls->current = fresh;
    pthread_mutex_unlock(&tls->lock);
    tls_end(old);
    return true;
}

bool tls_new(struct tls **tls, const char *certificate, const char *key,
             const char *authority, struct ota_error *err)
{
    struct tls *made = *tls = calloc(1, sizeof(*made));
    if (!made)
        return ota_fail(err, OTA_E_MEMORY);
    made->certificate = certificate;
    made->key = key ? key : certificate;
    made->authority = authority;
    pthread_mutex_init(&made->lock, NULL);
    gnutls_session_ticket_key_generate(&made->tickets);
    if (tls_reload(made, err))
        return true;
    tls_free(made);
    *tls = NULL;
    return false;
}

void tls_free(struct tls *tls)
{
    if (!tls)
        return;
    tls_end(tls->current);
    gnutls_free(tls->tickets.data);
    free(tls->first_certificate);
    free(tls->first_key);
    pthread_mutex_destroy(&tls->lock);
    free(tls);
}

const char *tls_first_certificate(const struct tls *tls)
{
    return tls->first_certificate;
}

const char *tls_first_key(const struct tls *tls)
{
    return tls->first_key;
}

/* A ticket would spare a client the check of its certificate. */
static void offer_tickets(const struct tls *tls, gnutls_session_t session,
                          const struct tls_credentials *credentials)
{
    if (tls->tickets.data && !credentials->wants_certificate)
        gnutls_session_ticket_enable_server(session, &tls->tickets);
}

struct tls_credentials *tls_begin(struct tls *tls, void *session)
{
    pthread_mutex_lock(&tls->lock);
    struct tls_credentials *credentials = tls->current;
    atomic_fetch_add(&credentials->references, 1);
    pthread_mutex_unlock(&tls->lock);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
                           credentials->library);
    offer_tickets(tls, session, credentials);
    if (credentials->wants_certificate) {
        gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
        gnutls_session_set_verify_cert(session, NULL, 0);
    }
    return credentials;
}

void tls_settle(void *session)
{
    (void)gnutls_record_set_max_size(session,
                                     gnutls_record_get_max_size(session));
}
