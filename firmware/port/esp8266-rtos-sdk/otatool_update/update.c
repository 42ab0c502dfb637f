/* SPDX-License-Identifier: Apache-2.0 */
#include "esp_ota_ops.h"
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "otatool_update.h"
#include "port.h"
#include "sdkconfig.h"
#include <stdlib.h>

enum { STACK_SIZE = 10 * 1024, PRIORITY = 5 };

struct otatool_update otatool_update_defaults(void)
{
    return (struct otatool_update){
        .server = CONFIG_OTATOOL_SERVER,
        .port = CONFIG_OTATOOL_PORT,
        .path = CONFIG_OTATOOL_PATH,
    };
}

/*
 * The copying bootloader of the SDK moves whatever lies in ota_1 down, also an
 * app that is linked for ota_1 and would run nowhere then: no update is better
 * than that one.
 */
static bool set_bootloader(struct agent_layout *layout,
                           const struct ota_flash *flash, struct ota_error *err)
{
    layout->bootloader_copies = port_bootloader_is_ours(flash);
    return layout->bootloader_copies || !CONFIG_OTATOOL_SDK_BOOT_COPIES ||
           ota_fail(err, OTA_E_UPDATE_SLOT, .part = "bootloader",
                    .offset = layout->target);
}

static bool find_layout(struct agent_layout *layout,
                        const struct ota_flash *flash, struct ota_error *err)
{
    const esp_partition_t *running = esp_ota_get_running_partition();
    return agent_layout_read(layout, flash, CONFIG_PARTITION_TABLE_OFFSET,
                             running->address, err) &&
           set_bootloader(layout, flash, err);
}

enum agent_result otatool_update_run(const struct otatool_update *update,
                                     struct ota_error *err)
{
    const struct ota_flash flash = port_flash();
    const struct agent_clock clock = port_clock();
    struct port_sha256 sha256;
    struct port_net net;
    struct agent agent = {
        .net = &net.table,
        .flash = &flash,
        .clock = &clock,
        .sha256 = &sha256.table,
        .report = update->report,
        .host = update->server,
        .port = update->port,
        .path = update->path,
        .confirms = true,
    };
    port_net_init(&net);
    port_sha256_init(&sha256);
    if (!find_layout(&agent.layout, &flash, err))
        return AGENT_FAILED;
    agent.on_trial = CONFIG_OTATOOL_ON_TRIAL && agent.layout.bootloader_copies;
    return agent_run(&agent, err);
}

/* --- the task ----------------------------------------------------------- */

static void run_task(void *parameter)
{
    struct otatool_update update = *(struct otatool_update *)parameter;
    struct ota_error err = {.code = OTA_OK};
    free(parameter);
    enum agent_result result = otatool_update_run(&update, &err);
    if (update.ended)
        update.ended(update.context, result, &err);
    else if (result == AGENT_UPDATED)
        esp_restart();
    vTaskDelete(NULL);
}

bool otatool_update_start(const struct otatool_update *update)
{
    struct otatool_update *copy = malloc(sizeof(*copy));
    if (!copy)
        return false;
    *copy = *update;
    if (xTaskCreate(run_task, "otatool", STACK_SIZE, copy, PRIORITY, NULL) ==
        pdPASS)
        return true;
    free(copy);
    return false;
}
