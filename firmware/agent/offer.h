/* SPDX-License-Identifier: Apache-2.0 */
/* What the server has, found out with a few small ranges. */
#ifndef OTATOOL_AGENT_OFFER_H
#define OTATOOL_AGENT_OFFER_H

#include "agent/state.h"

/* Fills state->offer. Fails with OTA_E_UPDATE_KIND where the file is none
 * that has an app. */
OTA_CHECKED bool agent_offer_learn(struct agent_state *state,
                                   struct ota_error *err);

/* Whether the offer is what runs. */
OTA_CHECKED bool agent_offer_compare(struct agent_state *state, bool *is_same,
                                     struct ota_error *err);

/*
 * Whether the target slot holds all of the offer although no journal says
 * so: the switch erases the journal, and power may be lost before the new
 * slot is named. Uses state->sector.
 */
OTA_CHECKED bool agent_offer_is_written(struct agent_state *state,
                                        bool *is_written,
                                        struct ota_error *err);

/* Refuses what cannot run from the target slot, long before anything is
 * erased: OTA_E_UPDATE_LINK, OTA_E_IMAGE_TOO_LARGE. */
OTA_CHECKED bool agent_offer_fits(const struct agent_state *state,
                                  struct ota_error *err);

/* Whether an app linked for link (slot offset in its megabyte) gets to run
 * when it is in the target slot. */
OTA_CHECKED bool agent_offer_link(const struct agent_layout *layout,
                                  uint32_t link, uint32_t length,
                                  struct ota_error *err);

#endif
