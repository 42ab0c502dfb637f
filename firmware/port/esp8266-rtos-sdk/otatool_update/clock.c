/* SPDX-License-Identifier: Apache-2.0 */
#include "esp_system.h"
#include "freertos/FreeRTOS.h"
#include "freertos/task.h"
#include "port.h"

static uint32_t now_ms(void *context)
{
    (void)context;
    return (uint32_t)xTaskGetTickCount() * portTICK_PERIOD_MS;
}

/* Never shorter: the tick that runs has begun already. */
static void sleep_ms(void *context, uint32_t ms)
{
    (void)context;
    vTaskDelay(ms / portTICK_PERIOD_MS + 1);
}

static uint32_t random_word(void *context)
{
    (void)context;
    return esp_random();
}

struct agent_clock port_clock(void)
{
    return (struct agent_clock){
        .now_ms = now_ms,
        .sleep_ms = sleep_ms,
        .random = random_word,
    };
}
