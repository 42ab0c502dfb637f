/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small device for the fuzz targets of the agent, and what must hold
 * whatever its server or its flash says.
 */
#ifndef OTATOOL_TESTS_AGENT_DEVICE_H
#define OTATOOL_TESTS_AGENT_DEVICE_H

#include "agent_world.h"

/*
 * It runs an app in slot 0; the server has a new one, linked for link_slot.
 * The same device each time, made anew when it was changed.
 */
struct agent_world *agent_device_start(uint32_t link_slot);

/*
 * Aborts unless the app that runs and all that is not the agent's are as they
 * were, and what would start now is sound: the new slot when result says so.
 * Then the good server is there again: aborts unless the device takes its app
 * after all, or cannot since the numbers of otadata are used up.
 */
void agent_device_end(struct agent_world *world, enum agent_result result);

#endif
