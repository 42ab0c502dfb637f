/* SPDX-License-Identifier: Apache-2.0 */
/* Joins the access point, then asks the server for a newer self. */
#include "esp_event.h"
#include "esp_log.h"
#include "esp_system.h"
#include "esp_wifi.h"
#include "nvs_flash.h"
#include "otatool_update.h"
#include "tcpip_adapter.h"

static const char tag[] = "hello";

static void say_error(const struct ota_error *err)
{
    ESP_LOGE(tag, "error %d: %s at 0x%x, 0x%x for 0x%x", (int)err->code,
             err->part ? err->part : "flash", (unsigned int)err->offset,
             (unsigned int)err->actual, (unsigned int)err->expected);
}

static void tell(void *context, enum agent_step step, uint32_t value,
                 const struct ota_error *error)
{
    (void)context;
    ESP_LOGI(tag, "step %d: %u", (int)step, (unsigned int)value);
    if (error)
        say_error(error);
}

static const struct agent_report report = {.tell = tell};

/* --- updating ----------------------------------------------------------- */

static void on_end(void *is_asking, enum agent_result result,
                   const struct ota_error *err)
{
    *(volatile bool *)is_asking = false;
    if (result == AGENT_FAILED)
        say_error(err);
    if (result == AGENT_UPDATED)
        esp_restart();
}

/* Asked again with each new address, which costs nothing where there is
 * nothing new; but an update that runs outlives a lost connection. */
static void on_address(void *is_asking, esp_event_base_t base, int32_t id,
                       void *data)
{
    struct otatool_update update = otatool_update_defaults();
    (void)base, (void)id, (void)data;
    update.report = &report;
    update.ended = on_end;
    update.context = is_asking;
    if (*(volatile bool *)is_asking)
        return;
    *(volatile bool *)is_asking = true;
    if (!otatool_update_start(&update)) {
        *(volatile bool *)is_asking = false;
        ESP_LOGE(tag, "no memory for the update");
    }
}

/* --- joining ------------------------------------------------------------ */

static void on_wifi(void *context, esp_event_base_t base, int32_t id,
                    void *data)
{
    (void)context, (void)base, (void)id, (void)data;
    esp_wifi_connect();
}

static void join(void)
{
    static volatile bool is_asking;
    wifi_init_config_t init = WIFI_INIT_CONFIG_DEFAULT();
    wifi_config_t config;
    ESP_ERROR_CHECK(esp_wifi_init(&init));
    ESP_ERROR_CHECK(esp_wifi_set_storage(WIFI_STORAGE_RAM));
    ESP_ERROR_CHECK(esp_wifi_set_mode(WIFI_MODE_STA));
    bool is_original = otatool_update_access_point(&config);
    ESP_LOGI(tag, "the %s access point", is_original ? "original" : "new");
    ESP_ERROR_CHECK(esp_wifi_set_config(ESP_IF_WIFI_STA, &config));
    ESP_ERROR_CHECK(esp_event_handler_register(WIFI_EVENT, WIFI_EVENT_STA_START,
                                               on_wifi, NULL));
    ESP_ERROR_CHECK(esp_event_handler_register(
        WIFI_EVENT, WIFI_EVENT_STA_DISCONNECTED, on_wifi, NULL));
    ESP_ERROR_CHECK(esp_event_handler_register(IP_EVENT, IP_EVENT_STA_GOT_IP,
                                               on_address, (void *)&is_asking));
    ESP_ERROR_CHECK(esp_wifi_start());
}

/* A pack that landed in user1 leaves old bytes where NVS is now: an app that
 * gives up there would give up for ever. */
static void open_settings(void)
{
    if (nvs_flash_init() == ESP_OK)
        return;
    ESP_ERROR_CHECK(nvs_flash_erase());
    ESP_ERROR_CHECK(nvs_flash_init());
}

void app_main(void)
{
    struct ota_error err;
    open_settings();
    if (!otatool_update_prepare(&err))
        say_error(&err);
    tcpip_adapter_init();
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    join();
}
