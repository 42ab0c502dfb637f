/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The update client for apps on the ESP8266_RTOS_SDK, and what a device that
 * came from an old SDK takes along.
 *
 *     nvs_flash_init();                        or nvs_flash_erase() first
 *     otatool_update_prepare(&err);            before Wi-Fi
 *     otatool_update_access_point(&config);    then esp_wifi_set_config()
 *     struct otatool_update update = otatool_update_defaults();
 *     otatool_update_start(&update);           when there is an address
 *
 * Names of errors are in otatool/error_codes.h, their words in otatool's
 * docs/errors.md.
 */
#ifndef OTATOOL_UPDATE_COMPONENT_H
#define OTATOOL_UPDATE_COMPONENT_H

#include "agent/agent.h"
#include "esp_wifi_types.h"

/*
 * What to ask for. Texts are borrowed until the update has ended, and shorter
 * than AGENT_TEXT_SIZE.
 */
struct otatool_update {
    const char *server; /* name or address */
    uint16_t port;
    const char *path; /* "/hello.v2_to_v3.ota.bin", "/hello.ota.bin" */
    /* Told of each step, in the task of the update; may be NULL. */
    const struct agent_report *report;
    /* Called last in that task; *err counts when result is AGENT_FAILED. NULL:
     * the chip restarts after AGENT_UPDATED, and else lives on. */
    void (*ended)(void *context, enum agent_result result,
                  const struct ota_error *err);
    void *context; /* for ended; borrowed */
};

/* As configured: server, port and path. */
struct otatool_update otatool_update_defaults(void);

/*
 * Asks once and updates if there is something new; blocks, for minutes where
 * the network is bad. The slot that runs, the table's place and whether the
 * bootloader copies are found out. Needs 10 KB of stack. One at a time.
 */
enum agent_result otatool_update_run(const struct otatool_update *update,
                                     struct ota_error *err);

/* The same in a task of its own; false where there is no memory for it. The
 * struct is copied. */
OTA_CHECKED bool otatool_update_start(const struct otatool_update *update);

/*
 * What was configured to be done before Wi-Fi starts: the RF data of the old
 * SDK move into the phy partition. Call it at each start: it does nothing
 * where that is done, not wanted, or the device never had an old SDK, and goes
 * on where the power was lost. After a failure with OTA_E_OLD_RF the phy
 * partition is as it was.
 */
OTA_CHECKED bool otatool_update_prepare(struct ota_error *err);

/*
 * The access point to use: that of the old SDK where this was configured and
 * the device still knows one, else the configured one. *config is cleared
 * first. True: it is the old SDK's.
 */
bool otatool_update_access_point(wifi_config_t *config);

#endif
