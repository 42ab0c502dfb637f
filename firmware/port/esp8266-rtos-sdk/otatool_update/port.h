/* SPDX-License-Identifier: Apache-2.0 */
/* The update client's tables, filled with what the SDK offers. */
#ifndef OTATOOL_PORT_RTOS_SDK_H
#define OTATOOL_PORT_RTOS_SDK_H

#include "agent/agent.h"
#include "mbedtls/sha256.h"

/* The chip's flash, as large as the project is configured for. */
struct ota_flash port_flash(void);

/* The same, but what an old SDK left is read wherever that was: its flash map
 * may be larger than what the project is configured for. Writing stays within
 * that. */
struct ota_flash port_old_flash(void);

struct agent_clock port_clock(void);

/* One TCP connection over lwIP's sockets. */
struct port_net {
    struct agent_net table; /* its context is this struct */
    int socket;             /* -1: none */
};
void port_net_init(struct port_net *net);

struct port_sha256 {
    struct agent_sha256 table; /* its context is this struct */
    mbedtls_sha256_context state;
};
void port_sha256_init(struct port_sha256 *sha256);

/* Whether otatool's own bootloader started this device: at address 0, or
 * behind an old boot that is there. */
bool port_bootloader_is_ours(const struct ota_flash *flash);

#endif
