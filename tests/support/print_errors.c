/* SPDX-License-Identifier: Apache-2.0 */
/* Prints docs/errors.md from the words and the rules. */
#include "otatool/partition_rules.h"
#include "otatool/report.h"
#include "otatool/rules.h"
#include <stdio.h>

static const struct ota_pack_rule *pack_rule(enum ota_code code)
{
    for (size_t i = 0; i < ota_pack_rule_count; i++)
        if (ota_pack_rules[i].code == code)
            return &ota_pack_rules[i];
    return NULL;
}

static const struct ota_partition_rule *partition_rule(enum ota_code code)
{
    for (size_t i = 0; i < ota_partition_rule_count; i++)
        if (ota_partition_rules[i].code == code)
            return &ota_partition_rules[i];
    return NULL;
}

static const struct ota_device_rule *device_rule(enum ota_code code)
{
    for (size_t i = 0; i < ota_device_rule_count; i++)
        if (ota_device_rules[i].code == code)
            return &ota_device_rules[i];
    return NULL;
}

static void print_rule(const char *about, enum ota_severity severity,
                       const char *basis)
{
    printf("- rule: %s %s (source: %s)\n",
           severity == OTA_WARN ? "warns about" : "refuses", about, basis);
}

static void print_code(enum ota_code code)
{
    const struct ota_words *words = ota_report_words(code);
    const struct ota_pack_rule *pack = pack_rule(code);
    const struct ota_device_rule *device = device_rule(code);
    const struct ota_partition_rule *table = partition_rule(code);
    printf("\n### %s\n\n- what: %s\n- mend: %s\n", words->id, words->sentence,
           words->mend);
    if (pack)
        print_rule("packs", pack->severity, pack->basis);
    if (table)
        print_rule("partition tables", table->severity, table->basis);
    if (device)
        print_rule("packs for the devices concerned", OTA_REFUSE,
                   device->basis);
}

int main(void)
{
    puts("# What otatool refuses, and how to mend it\n\n"
         "Printed by `./dev docs` from the table of words and the table of "
         "rules; not\nwritten by hand. The headings are the codes that "
         "`--json` shows; they never\nchange their meaning.");
    for (int code = OTA_OK + 1; code < OTA_CODE_COUNT; code++)
        print_code((enum ota_code)code);
    return 0;
}
