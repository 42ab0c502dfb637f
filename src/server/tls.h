/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Certificates, and who may see which.
 *
 * Each connection gets the credentials that are current when it begins and
 * keeps them, so they can be loaded anew at any time.
 */
#ifndef OTATOOL_SERVER_TLS_H
#define OTATOOL_SERVER_TLS_H

#include "otatool/error.h"

struct tls;
struct tls_credentials;

/* TLS 1.2 and 1.3. */
extern const char tls_priorities[];

/* Reads the certificate chain and its key (PEM); with an authority, clients
 * have to show a certificate of it. The texts are borrowed. */
OTA_CHECKED bool tls_new(struct tls **tls, const char *certificate,
                         const char *key, const char *authority,
                         struct ota_error *err);
void tls_free(struct tls *tls);

/* Reads them anew; on failure those that were there go on. */
OTA_CHECKED bool tls_reload(struct tls *tls, struct ota_error *err);

/* Prepares a session of the TLS library; the credentials must be given back
 * when it has ended. */
struct tls_credentials *tls_begin(struct tls *tls, void *session);
void tls_end(struct tls_credentials *credentials);

/* To be called when the handshake is over: small devices agree on small
 * records then, and the library would go on with large ones. */
void tls_settle(void *session);

/* The texts of the first pair, which the HTTP library asks for. */
const char *tls_first_certificate(const struct tls *tls);
const char *tls_first_key(const struct tls *tls);

#endif
