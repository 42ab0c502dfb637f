/* SPDX-License-Identifier: Apache-2.0 */
/* The slots in flash: whether the target is sound, and which one starts. */
#ifndef OTATOOL_AGENT_TARGET_H
#define OTATOOL_AGENT_TARGET_H

#include "agent/state.h"

/* Judges what flash holds, not what came over the network: length, checksum,
 * SHA-256, link. Uses state->sector. */
OTA_CHECKED bool agent_target_check(struct agent_state *state,
                                    struct ota_error *err);

/* Makes otadata name the target, on trial where that is wanted. */
OTA_CHECKED bool agent_target_start(const struct agent_state *state,
                                    struct ota_error *err);

/*
 * Makes otadata name the slot that runs, where it does not: after a fall
 * back it may name the target, which is about to hold half an app.
 */
OTA_CHECKED bool agent_target_leave(const struct agent_state *state,
                                    struct ota_error *err);

/* Fails with OTA_E_UPDATE_UNCONFIRMED while the app that runs is on trial:
 * the target has the one to go back to. */
OTA_CHECKED bool agent_target_may_write(const struct agent_state *state,
                                        struct ota_error *err);

/* Fails with OTA_E_UPDATE_ROLLED_BACK where what the target holds did not
 * confirm itself. */
OTA_CHECKED bool agent_target_may_start(const struct agent_state *state,
                                        struct ota_error *err);

/* The app that runs is good, if it is on trial. */
OTA_CHECKED bool agent_target_confirm(const struct agent_state *state,
                                      struct ota_error *err);

#endif
