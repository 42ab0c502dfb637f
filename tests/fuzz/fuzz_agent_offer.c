/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the file that a good server has: an app, a pair, a pack? */
#include "agent_device.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ota_error err;
    if (size == 0)
        return 0;
    struct agent_world *world = agent_device_start(0);
    struct agent_server_file file = world->server.file;
    world->server.file.data = data;
    world->server.file.size = (uint32_t)size;
    enum agent_result result = agent_world_run(world, &err);
    world->server.file = file;
    agent_device_end(world, result);
    return 0;
}
