/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a device has around the update client, when the device is QEMU's
 * lx60-nommu: lwIP on its Ethernet, settings from the command line of the
 * emulator, BearSSL's SHA-256, and time that a sleep does not cost.
 */
#ifndef PORT_EMULATOR_PORT_H
#define PORT_EMULATOR_PORT_H

#include "agent/agent.h"

/* Reads the settings and starts the network. */
void port_start(void);

/* What stands behind "app.KEY=" on the command line, or NULL. */
const char *port_setting(const char *key);

/* The same as a decimal number; otherwise where it is not set. */
uint32_t port_number(const char *key, uint32_t otherwise);

/* receive gives at most the bytes of one TCP segment at a time, so that a
 * client which looks at segments sees them. */
extern const struct agent_net port_net;
extern const struct agent_clock port_clock;
extern const struct agent_sha256 port_sha256;

/* Resets the chip; the network is quiet afterwards. */
_Noreturn void port_restart(void);

/* Ends the emulation with this exit status. */
_Noreturn void port_end(int status);

#endif
