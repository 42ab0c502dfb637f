/* SPDX-License-Identifier: Apache-2.0 */
#include "bearssl_hash.h"
#include "port.h"

static br_sha256_context state;

static void start(void *context)
{
    br_sha256_init(context);
}

static void update(void *context, const void *data, uint32_t size)
{
    br_sha256_update(context, data, size);
}

static void finish(void *context, uint8_t digest[32])
{
    br_sha256_out(context, digest);
}

const struct agent_sha256 port_sha256 = {
    .start = start,
    .update = update,
    .finish = finish,
    .context = &state,
};
