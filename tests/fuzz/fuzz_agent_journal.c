/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes in otadata, where the journal of an update is that was cut off:
 * it may be begun anew, but no half of an app starts, and
 * the update is made in the end.
 *
 * The first byte: bit 0 the bytes change what is there instead of replacing
 * it, bit 1 where the app is linked for; bits 2 to 7 how far the update got.
 * Then two bytes: where. An otadata partition is one by itself.
 */
#include "agent_device.h"
#include <stdlib.h>

enum { HEAD = 3, CHANGE = 1 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Too little for all of it. */
static void cut_update(struct agent_world *world, uint8_t choice)
{
    struct ota_error err;
    world->server.most_bytes = 1000 + 100u * (choice >> 2);
    world->agent.most_attempts = 1;
    if (agent_world_run(world, &err) != AGENT_FAILED)
        abort();
    world->agent.most_attempts = 3;
}

static void change(struct agent_world *world, uint32_t at, const uint8_t *data,
                   size_t size, bool is_change)
{
    uint8_t *otadata = world->nor.data + world->map->otadata;
    for (size_t i = 0; i < size; i++) {
        uint8_t *byte = otadata + (at + i) % OTA_OTADATA_SIZE;
        *byte = is_change ? *byte ^ data[i] : data[i];
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool is_whole = size == OTA_OTADATA_SIZE;
    if (size < HEAD)
        return 0;
    uint8_t choice = is_whole ? 0xfe : data[0];
    struct agent_world *world = agent_device_start(choice >> 1 & 1);
    cut_update(world, choice);
    if (is_whole)
        change(world, 0, data, size, false);
    else
        change(world, data[1] | (uint32_t)data[2] << 8, data + HEAD,
               size - HEAD, choice & CHANGE);
    agent_device_end(world, AGENT_FAILED);
    return 0;
}
