/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The report of a campaign as one HTML page that needs nothing else: a table
 * of the devices, and for each what it writes where, drawn over time, with
 * the operations in which a cut was its end.
 */
#ifndef OTATOOL_CAMPAIGN_PAGE_H
#define OTATOOL_CAMPAIGN_PAGE_H

#include "otatool/campaign_pool.h"

struct ota_campaign_page {
    const char *pack;    /* its name; any bytes */
    const char *command; /* that makes this page again */
    const char *gear;    /* "native", "emulator" */
    const char *cuts;    /* what was cut, in words */
    const struct ota_partition_table *table;
    const struct ota_campaign_row *rows;
    size_t count;
    uint64_t states; /* distinct, in all */
};

/* *text, terminated, is the caller's to free. */
OTA_CHECKED bool ota_campaign_page_build(const struct ota_campaign_page *page,
                                         char **text, size_t *size,
                                         struct ota_error *err);

/* How a device was lost, in words and without a full stop; into out. */
void ota_campaign_page_loss(const struct ota_campaign_loss *loss, char *out,
                            size_t size);

#endif
