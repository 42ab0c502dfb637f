/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of an offer is in the target slot already, kept over reboots.
 *
 * It lies in the sector of the otadata copy that is not in use, which is
 * erased anyway when otadata changes:
 *
 *   0     the copy, as it was
 *   64    magic, SHA-256 of what identifies the offer, CRC-32 of both
 *   128   a word for each sector of the slot: 0 when it is written
 */
#ifndef OTATOOL_AGENT_JOURNAL_H
#define OTATOOL_AGENT_JOURNAL_H

#include "agent/state.h"

/* Sets state->written to what is there of state->offer; *is_known: whether
 * there is a journal for it. Writes nothing. */
OTA_CHECKED bool agent_journal_find(struct agent_state *state, bool *is_known,
                                    struct ota_error *err);

/* Begins one for state->offer, with nothing written. Uses state->sector. */
OTA_CHECKED bool agent_journal_begin(struct agent_state *state,
                                     struct ota_error *err);

/* The sector of the slot that begins with byte at of the app is written. */
OTA_CHECKED bool agent_journal_mark(const struct agent_state *state,
                                    uint32_t at, struct ota_error *err);

/* What was written is worth nothing. Where this fails too, the next run
 * finds the same again. */
bool agent_journal_clear(const struct agent_state *state);

#endif
