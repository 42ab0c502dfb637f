/* SPDX-License-Identifier: Apache-2.0 */
/* What the bytes of a file tell about who may have it. */
#ifndef OTATOOL_SERVER_FACTS_H
#define OTATOOL_SERVER_FACTS_H

#include "otatool/catalog.h"

/* Fills entry->facts. */
void facts_find(struct ota_catalog_entry *entry);

#endif
