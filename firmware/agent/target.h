/* SPDX-License-Identifier: Apache-2.0 */
/* The slots in flash: whether the target is sound, and which one starts. */
#ifndef OTATOOL_AGENT_TARGET_H
#define OTATOOL_AGENT_TARGET_H

#include "agent/state.h"

/* Judges what flash holds, not what came over the network: length, checksum,
 * SHA-256, link. Uses state->sector. */
OTA_CHECKED bool agent_target_check(struct agent_state *state,
                                    struct ota_error *err);

/* Makes otadata name the target. Uses state->sector. */
OTA_CHECKED bool agent_target_start(struct agent_state *state,
                                    struct ota_error *err);

/*
 * Makes otadata name the slot that runs, where it does not: after a fall
 * back it may name the target, which is about to hold half an app. Uses
 * state->sector.
 */
OTA_CHECKED bool agent_target_leave(struct agent_state *state,
                                    struct ota_error *err);

#endif
