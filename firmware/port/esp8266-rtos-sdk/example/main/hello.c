/* SPDX-License-Identifier: Apache-2.0 */
/* Joins the access point, then asks the server for a newer self. */
#include "esp_event.h"
#include "esp_log.h"
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

static void on_wifi(void *context, esp_event_base_t base, int32_t id,
                    void *data)
{
    (void)context, (void)base, (void)id, (void)data;
    esp_wifi_connect();
}

/* Without an address there is no server; with a new one it is asked again,
 * which costs nothing where there is nothing new. */
static void on_address(void *context, esp_event_base_t base, int32_t id,
                       void *data)
{
    struct otatool_update update = otatool_update_defaults();
    (void)context, (void)base, (void)id, (void)data;
    update.report = &report;
    if (!otatool_update_start(&update))
        ESP_LOGE(tag, "no memory for the update");
}

static void join(void)
{
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
                                               on_address, NULL));
    ESP_ERROR_CHECK(esp_wifi_start());
}

void app_main(void)
{
    struct ota_error err;
    ESP_ERROR_CHECK(nvs_flash_init());
    if (!otatool_update_prepare(&err))
        say_error(&err);
    tcpip_adapter_init();
    ESP_ERROR_CHECK(esp_event_loop_create_default());
    join();
}
