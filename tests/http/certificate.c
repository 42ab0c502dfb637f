/* SPDX-License-Identifier: Apache-2.0 */
#include "certificate.h"
#include "cmocka_all.h"
#include "otatool/file.h"
#include <gnutls/x509.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY = 24 * 60 * 60 };

struct pair {
    gnutls_x509_crt_t certificate;
    gnutls_x509_privkey_t key;
};

static void pair_init(struct pair *pair)
{
    assert_int_equal(gnutls_x509_crt_init(&pair->certificate), 0);
    assert_int_equal(gnutls_x509_privkey_init(&pair->key), 0);
}

static void pair_release(struct pair *pair)
{
    gnutls_x509_crt_deinit(pair->certificate);
    gnutls_x509_privkey_deinit(pair->key);
}

static void pair_load(struct pair *pair, const char *path)
{
    struct ota_file file;
    struct ota_error err;
    pair_init(pair);
    assert_true(ota_file_load(&file, path, 65536, &err));
    gnutls_datum_t data = {file.data, (unsigned)file.size};
    assert_int_equal(
        gnutls_x509_crt_import(pair->certificate, &data, GNUTLS_X509_FMT_PEM),
        0);
    assert_int_equal(
        gnutls_x509_privkey_import(pair->key, &data, GNUTLS_X509_FMT_PEM), 0);
    ota_file_release(&file);
}

static void describe(gnutls_x509_crt_t certificate, const char *name,
                     bool is_authority)
{
    static const unsigned char address[] = {127, 0, 0, 1};
    static unsigned char serial = 1;
    time_t now = time(NULL);
    gnutls_x509_crt_set_version(certificate, 3);
    gnutls_x509_crt_set_serial(certificate, &serial, 1);
    serial++;
    gnutls_x509_crt_set_activation_time(certificate, now - DAY);
    gnutls_x509_crt_set_expiration_time(certificate, now + DAY);
    gnutls_x509_crt_set_dn_by_oid(certificate, GNUTLS_OID_X520_COMMON_NAME, 0,
                                  name, (unsigned)strlen(name));
    gnutls_x509_crt_set_subject_alt_name(certificate, GNUTLS_SAN_IPADDRESS,
                                         address, sizeof(address),
                                         GNUTLS_FSAN_SET);
    gnutls_x509_crt_set_ca_status(certificate, is_authority);
}

static void save(const struct pair *pair, const char *path)
{
    static char text[65536];
    struct ota_error err;
    size_t size = sizeof(text);
    assert_int_equal(gnutls_x509_crt_export(pair->certificate,
                                            GNUTLS_X509_FMT_PEM, text, &size),
                     0);
    size_t rest = sizeof(text) - size;
    assert_int_equal(gnutls_x509_privkey_export(pair->key, GNUTLS_X509_FMT_PEM,
                                                text + size, &rest),
                     0);
    assert_true(ota_file_save(path, text, size + rest, &err));
}

void certificate_make(const char *path, const char *name, const char *authority)
{
    struct pair made;
    struct pair signer;
    pair_init(&made);
    assert_int_equal(gnutls_x509_privkey_generate(
                         made.key, GNUTLS_PK_ECDSA,
                         GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0),
                     0);
    describe(made.certificate, name, !authority);
    assert_int_equal(gnutls_x509_crt_set_key(made.certificate, made.key), 0);
    if (authority)
        pair_load(&signer, authority);
    const struct pair *by = authority ? &signer : &made;
    assert_int_equal(gnutls_x509_crt_sign2(made.certificate, by->certificate,
                                           by->key, GNUTLS_DIG_SHA256, 0),
                     0);
    save(&made, path);
    pair_release(&made);
    if (authority)
        pair_release(&signer);
}
