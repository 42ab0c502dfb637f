/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the migration have in common. */
#ifndef OTATOOL_CORE_MIGRATE_H
#define OTATOOL_CORE_MIGRATE_H

#include "otatool/migrate.h"

/* at: flash address of the sector that comes next. */
void migrate_tick(const struct ota_migration *migration, uint32_t at);

/* Whether the new SDK keeps settings there, which must not be the bytes of
 * the old firmware. */
bool migrate_is_setting(const struct ota_partition *partition);

/* Blanks the settings that lie outside of the pack. */
OTA_CHECKED bool migrate_blank_settings(struct ota_migration *migration,
                                        const struct ota_partition_table *table,
                                        struct ota_error *err);

#endif
