/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An app of the old SDKs: says where it runs, fetches the file for the other
 * slot as one of the old clients, and restarts into it.
 *
 * Settings: server, port; client, N20 to R21; user1 and user2, the paths of
 * the files for these slots; check, the client's time in ms; tries.
 */
#include "chip/rom.h"
#include "old/app/device.h"
#include "old/client/old_client.h"
#include "port.h"
#include "rom/status.h"
#include <string.h>

enum { DEFAULT_PORT = 8070, END_FAILED = 1 };

static void tell(void *context, const char *what, uint32_t value)
{
    (void)context;
    ets_printf("[old] %s %u\n", what, (unsigned int)value);
}

/* N22 where nothing else is wanted. */
static enum ota_client wanted_client(void)
{
    static const char *const names[OTA_CLIENT_COUNT] = {
        [OTA_CLIENT_N20] = "N20", [OTA_CLIENT_N21] = "N21",
        [OTA_CLIENT_N22] = "N22", [OTA_CLIENT_N30] = "N30",
        [OTA_CLIENT_R21] = "R21",
    };
    const char *name = port_setting("client");
    for (int i = 0; name && i < OTA_CLIENT_COUNT; i++)
        if (strcmp(name, names[i]) == 0)
            return (enum ota_client)i;
    return OTA_CLIENT_N22;
}

static void restart_into_the_other(const struct old_client *client)
{
    struct ota_error err;
    if (!old_client_switch(client, &err)) {
        ets_printf("[old] the parameters cannot be saved\n");
        port_end(END_FAILED);
    }
    ets_printf("[old] restarting\n");
    port_restart();
}

static void update(struct old_client *client)
{
    uint32_t tries = port_number("tries", 1);
    while (tries-- > 0) {
        enum old_client_result result = old_client_run(client);
        ets_printf("[old] update: %s\n", old_client_result_name(result));
        if (result == OLD_CLIENT_DONE)
            restart_into_the_other(client);
    }
    port_end(END_FAILED);
}

void old_app_main(const struct old_device *device)
{
    /* Its buffers are no stack's. */
    static struct old_client client;
    port_start();
    client = (struct old_client){
        .kind = wanted_client(),
        .net = &port_net,
        .clock = &port_clock,
        .flash = &device->flash,
        .map = device->map,
        .running = device->running,
        .tell = tell,
    };
    ets_printf("[old] the SDK is %s\n", ota_client_name(client.kind));
    ets_printf("[old] user%d runs, map %s\n", device->running,
               device->map->name);
    client.host = port_setting("server");
    client.path = port_setting(device->running == 1 ? "user2" : "user1");
    client.port = (uint16_t)port_number("port", DEFAULT_PORT);
    client.check_ms = port_number("check", 0);
    if (client.host && client.path)
        update(&client);
    port_end(ROM_OLD_FIRMWARE);
}
