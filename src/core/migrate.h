/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the migration have in common. */
#ifndef OTATOOL_CORE_MIGRATE_H
#define OTATOOL_CORE_MIGRATE_H

#include "otatool/migrate.h"

/* Whether the new SDK keeps settings there, which must not be the bytes of
 * the old firmware. */
bool migrate_is_setting(const struct ota_partition *partition);

/* The flag names the copy that counts by a byte that was written, not by
 * one that an erase may have left for a while. */
OTA_CHECKED bool migrate_confirm_flag(struct ota_migration *migration,
                                      struct ota_error *err);

#endif
