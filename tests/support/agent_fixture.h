/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device that runs one app, a server that has another, and what must hold
 * when the device refuses that one.
 */
#ifndef OTATOOL_TESTS_AGENT_FIXTURE_H
#define OTATOOL_TESTS_AGENT_FIXTURE_H

#include "agent_world.h"

struct agent_fixture {
    struct agent_world world;
    uint32_t running; /* index of the slot */
    uint8_t *old;     /* what runs */
    uint8_t *new;     /* what is served */
    uint32_t old_size;
    uint32_t new_size;
    uint8_t *before; /* the flash at first */
};

/* Apps of about size bytes, the new one somewhat larger. */
void agent_fixture_init(struct agent_fixture *fixture,
                        const struct agent_world_map *map, uint32_t running,
                        uint32_t new_link, uint32_t size);

void agent_fixture_release(struct agent_fixture *fixture);

/* Flash and counts as they were at first, and a server without faults. */
void agent_fixture_reset(struct agent_fixture *fixture);

/* agent_run ends so. */
void agent_fixture_expect(struct agent_fixture *fixture,
                          enum agent_result result);

/* The new app is in the other slot now, and that is what starts. */
void agent_fixture_expect_new(const struct agent_fixture *fixture);

/* What ran will still start, of bytes that nobody touched. */
void agent_fixture_expect_untouched(const struct agent_fixture *fixture);

/* Is refused without another try, for that reason. */
void agent_fixture_expect_refused(struct agent_fixture *fixture,
                                  enum ota_code why);

/* Is tried 8 times without progress, later and later, then given up; why is
 * the last reason. */
void agent_fixture_expect_given_up(struct agent_fixture *fixture,
                                   enum ota_code why);

#endif
