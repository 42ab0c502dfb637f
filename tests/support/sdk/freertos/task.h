/* SPDX-License-Identifier: Apache-2.0 */
#ifndef FREERTOS_TASK_H
#define FREERTOS_TASK_H

#include "freertos/FreeRTOS.h"

typedef void *TaskHandle_t;
typedef void (*TaskFunction_t)(void *parameter);

BaseType_t xTaskCreate(TaskFunction_t code, const char *name,
                       uint32_t stack_size, void *parameter,
                       UBaseType_t priority, TaskHandle_t *created);
void vTaskDelete(TaskHandle_t task);
void vTaskDelay(TickType_t ticks);
TickType_t xTaskGetTickCount(void);
void taskENTER_CRITICAL(void);
void taskEXIT_CRITICAL(void);

#endif
