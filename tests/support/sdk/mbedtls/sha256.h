/* SPDX-License-Identifier: Apache-2.0 */
#ifndef MBEDTLS_SHA256_H
#define MBEDTLS_SHA256_H

#include <nettle/sha2.h>

typedef struct {
    struct sha256_ctx state;
} mbedtls_sha256_context;

void mbedtls_sha256_init(mbedtls_sha256_context *context);
void mbedtls_sha256_free(mbedtls_sha256_context *context);
int mbedtls_sha256_starts_ret(mbedtls_sha256_context *context, int is224);
int mbedtls_sha256_update_ret(mbedtls_sha256_context *context,
                              const unsigned char *input, size_t size);
int mbedtls_sha256_finish_ret(mbedtls_sha256_context *context,
                              unsigned char digest[32]);

#endif
