/* SPDX-License-Identifier: Apache-2.0 */
#include "agent_device.h"
#include <stdlib.h>
#include <string.h>

/* As on 1 MB, with ota_0 where the inputs' apps are linked for, but quick to
 * make. */
static const struct agent_world_map map = {
    .flash_size = 0x20000,
    .table = 0x1000,
    .otadata = 0x2000,
    .slots = {0x7000, 0x13000},
    .slot_size = 0xc000,
};

enum { APP = 2 * OTA_SECTOR_SIZE + 700, APPS = 3, TRIES = 3 };

struct app {
    uint8_t *data;
    uint32_t size;
};

/* Made once: 0 runs, 1 and 2 are new, linked for slots 0 and 1. */
static struct app apps[APPS];

static void make_apps(void)
{
    for (uint32_t i = 0; i < APPS && !apps[i].data; i++)
        apps[i].data = agent_world_app(map.slots[i / 2], APP, (uint8_t)(i + 1),
                                       &apps[i].size);
}

static struct agent_world device;
static bool is_made;

static void make_device(void)
{
    make_apps();
    if (is_made)
        agent_world_release(&device);
    agent_world_init(&device, &map, 0, apps[0].data, apps[0].size);
    device.agent.most_attempts = 3;
    is_made = true;
}

struct agent_world *agent_device_start(uint32_t link_slot)
{
    if (!is_made)
        make_device();
    const struct app *app = &apps[1 + link_slot];
    const struct agent_server_file file = {
        .data = app->data, .size = app->size, .etag = "\"new\""};
    agent_server_init(&device.server, file);
    return &device;
}

/* --- what must hold ----------------------------------------------------- */

static void check(const struct agent_world *world, enum agent_result result)
{
    if (memcmp(agent_world_slot(world, 0), apps[0].data, apps[0].size) != 0)
        abort();
    for (uint32_t at = 0; at < map.flash_size; at += OTA_SECTOR_SIZE) {
        bool is_agents =
            (at >= map.otadata && at < map.otadata + OTA_OTADATA_SIZE) ||
            at >= map.slots[1];
        if (!is_agents && world->nor.wear[at / OTA_SECTOR_SIZE] != 0)
            abort();
    }
    uint32_t starts = agent_world_choice(world).image.offset;
    if (result == AGENT_UPDATED && starts != map.slots[1])
        abort();
}

static void recover(struct agent_world *world)
{
    for (int i = 0; i < TRIES; i++) {
        struct ota_error err;
        agent_world_restart(world);
        enum agent_result result = agent_world_run(world, &err);
        if (result == AGENT_UP_TO_DATE ||
            (result == AGENT_FAILED && err.code == OTA_E_OTADATA_SEQUENCE))
            return;
    }
    abort();
}

void agent_device_end(struct agent_world *world, enum agent_result result)
{
    if (world->nor.operations == 0 && result != AGENT_UPDATED)
        return;
    check(world, result);
    agent_server_init(&world->server, world->server.file);
    recover(world);
    make_device();
}
