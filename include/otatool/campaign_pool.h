/* SPDX-License-Identifier: Apache-2.0 */
/* Campaigns over many kinds of devices, on all processors. */
#ifndef OTATOOL_CAMPAIGN_POOL_H
#define OTATOOL_CAMPAIGN_POOL_H

#include "otatool/campaign.h"
#include "otatool/native_device.h"

/* One kind of device and what its campaign came to. */
struct ota_campaign_row {
    struct ota_rehearsal_device kind;
    struct ota_campaign result;
};

struct ota_campaign_pool {
    const struct ota_native_pack *pack; /* borrowed */
    enum ota_native_boot boot;
    struct ota_campaign_plan plan;
    uint32_t jobs; /* threads; 0: as many as there are processors */
    /* Called by one thread at a time whenever a row is done; may be NULL. */
    void (*tell)(void *context, size_t rows_done, uint64_t states);
    void *context;
    struct ota_campaign_row *rows; /* kinds are set; the results are filled */
    size_t count;
    size_t states; /* distinct, over all rows */
};

/*
 * Runs all rows. The result depends on the plan alone, not on jobs. Fails
 * with OTA_E_MEMORY; the caller releases the rows' results in any case.
 */
OTA_CHECKED bool ota_campaign_pool_run(struct ota_campaign_pool *pool,
                                       struct ota_error *err);

/* Processors that this process may use, at least 1. */
uint32_t ota_campaign_pool_processors(void);

/* Calls work for each index below count, from so many threads (0: all
 * processors), the caller's among them. */
void ota_campaign_pool_share(uint32_t jobs, size_t count,
                             void (*work)(void *context, size_t index),
                             void *context);

#endif
