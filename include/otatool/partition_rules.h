/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What makes a partition table unusable on the chip, as a table of rules.
 *
 * A rule is a row: a code, how grave it is, who else would notice, what the
 * fact rests on, and a pure function. The SDK's generator checks a few; the
 * others it lets through. Whether a table serves a pack is for the pack's
 * own rules: a table with one factory app and no OTA slot is fine here.
 */
#ifndef OTATOOL_PARTITION_RULES_H
#define OTATOOL_PARTITION_RULES_H

#include "otatool/error.h"
#include "otatool/partition_table.h"

/* Where a table lies. */
struct ota_partition_place {
    uint32_t table_offset;  /* in flash, bytes; usually 0x8000 */
    uint32_t flash_size;    /* bytes; 0: not known, then 16 MB count */
    bool needs_whole_sizes; /* sizes aligned as offsets are (secure boot) */
    /* The bootloader moves an app to the slot it is linked for; ours does. */
    bool bootloader_copies;
};

struct ota_partition_rule {
    enum ota_code code;
    enum ota_severity severity;
    bool is_checked_by_generator; /* the SDK's build refuses the breach, too */
    const char *basis;            /* what the fact rests on */
    /* Whether entry keeps the rule; fills expected and actual where not. */
    bool (*holds)(const struct ota_partition_table *table,
                  const struct ota_partition_place *place, uint32_t entry,
                  struct ota_error *err);
};

extern const struct ota_partition_rule ota_partition_rules[];
extern const size_t ota_partition_rule_count;

/*
 * Whether a table keeps a rule (an index into ota_partition_rules). On a
 * breach err tells of the first entry that does not: part "partition", index
 * from 1, detail its name, borrowed from the table.
 */
OTA_CHECKED bool
ota_partition_rule_check(size_t rule, const struct ota_partition_table *table,
                         const struct ota_partition_place *place,
                         struct ota_error *err);

#endif
