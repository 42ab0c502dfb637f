/* SPDX-License-Identifier: Apache-2.0 */
/* The flash of a device over time, as SVG within a page. */
#ifndef OTATOOL_SIM_CAMPAIGN_DRAWING_H
#define OTATOOL_SIM_CAMPAIGN_DRAWING_H

#include "otatool/campaign_page.h"
#include <stdio.h>

/* Draws a row that has steps. */
void campaign_draw(FILE *out, const struct ota_campaign_page *page,
                   size_t index);

#endif
