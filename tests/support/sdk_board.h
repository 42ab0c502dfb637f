/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board that sdk/ stands in for: its flash, its clock, its tasks, as the
 * port to the SDK sees them through the few functions that it uses. Their
 * declarations in sdk/ follow the SDK's documentation; that they fit the
 * real ones is what checks/sdk_port finds out where there is an SDK.
 *
 * Sockets are those of the host. A task runs at once, a delay takes no time.
 */
#ifndef OTATOOL_TESTS_SDK_BOARD_H
#define OTATOOL_TESTS_SDK_BOARD_H

#include "esp_partition.h"
#include "nor_flash.h"

struct sdk_board {
    struct nor_flash *nor;    /* borrowed */
    uint32_t configured_size; /* 0: all of nor */
    esp_partition_t running;
    esp_partition_t phy; /* size 0: there is none */
    uint32_t ticks;
    uint32_t restarts;
    uint32_t ended_tasks;
    uint32_t critical;  /* how deep inside of critical sections */
    bool has_no_memory; /* for a task */
    /* What sdkconfig.h says. */
    uint32_t table_offset;
    int old_ap;
    int old_rf;
    int on_trial;
    int sdk_boot_copies;
};

/* The one that the functions of sdk/ work on. */
struct sdk_board *sdk_board(void);

#endif
