/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device with the agent, its flash, its clock and its server, all in
 * memory.
 */
#ifndef OTATOOL_TESTS_AGENT_WORLD_H
#define OTATOOL_TESTS_AGENT_WORLD_H

#include "agent_server.h"
#include "nor_flash.h"
#include "otatool/update.h"

enum { AGENT_WORLD_STEPS = AGENT_REFUSED + 1, AGENT_WORLD_WAITS = 64 };

/* Where the parts lie: the layouts of FORMATS, 1 MB and 2 MB. */
struct agent_world_map {
    uint32_t flash_size;
    uint32_t table;
    uint32_t otadata;
    uint32_t slots[2];
    uint32_t slot_size;
};
extern const struct agent_world_map agent_world_1m;
extern const struct agent_world_map agent_world_2m;

struct agent_world {
    const struct agent_world_map *map;
    struct nor_flash nor;
    struct agent_server server;
    struct agent_clock clock;
    struct agent_sha256 sha256;
    struct agent_report report;
    struct agent agent;
    void *digest; /* state of SHA-256 */
    /* What was told. */
    uint32_t told[AGENT_WORLD_STEPS];       /* how often */
    uint32_t last_value[AGENT_WORLD_STEPS]; /* the value then */
    struct ota_error reason;                /* the last that came with a step */
    uint32_t slept_ms;
    uint32_t waits[AGENT_WORLD_WAITS]; /* the first of the run, as told */
};

/* An app of about size bytes, linked for slot; other seeds are other apps.
 * The caller frees. */
uint8_t *agent_world_app(uint32_t slot, uint32_t size, uint8_t seed,
                         uint32_t *built);

/* A device that runs app from slot running, which otadata names. */
void agent_world_init(struct agent_world *world,
                      const struct agent_world_map *map, uint32_t running,
                      const uint8_t *app, uint32_t size);

/* The device restarts in the slot that its otadata names now; the server
 * stays. Aborts where nothing would start. */
void agent_world_restart(struct agent_world *world);

/* The bytes of a slot. */
const uint8_t *agent_world_slot(const struct agent_world *world,
                                uint32_t index);

/* Slot and way that the bootloader would choose. */
struct ota_start agent_world_choice(const struct agent_world *world);

/* agent_run; *err is cleared before. */
enum agent_result agent_world_run(struct agent_world *world,
                                  struct ota_error *err);

void agent_world_release(struct agent_world *world);

#endif
