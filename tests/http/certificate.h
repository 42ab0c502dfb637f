/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates and keys for tests, made on the spot. */
#ifndef OTATOOL_TESTS_CERTIFICATE_H
#define OTATOOL_TESTS_CERTIFICATE_H

/*
 * Writes a certificate for 127.0.0.1 and its key, PEM, both into one file.
 * Signed by the pair in the file `authority`, or by itself when that is NULL;
 * then it is an authority. The name tells it from others.
 */
void certificate_make(const char *path, const char *name,
                      const char *authority);

#endif
