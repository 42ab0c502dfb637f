/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/partition_rules.h"
#include <string.h>

enum { APP = OTA_PARTITION_APP, DATA = OTA_PARTITION_DATA };
#define OTADATA                                                                \
    {                                                                          \
        DATA, 0x00, 0xd000, 0x2000, "otadata", 0                               \
    }

/* A table and the rule it breaks, or OTA_OK; the first entry that does. */
static const struct {
    const char *what;
    enum ota_code broken;
    uint32_t index;
    struct ota_partition entries[4];
    uint32_t flash_size;
    bool secure;
} tables[] = {
    {"a factory app alone", OTA_OK, 0,
     .entries = {{APP, 0, 0x10000, 0xf0000, "a", 0}}},
    {"two slots whole MB apart", OTA_OK, 0,
     .entries = {OTADATA,
                 {APP, 0x10, 0x10000, 0xf0000, "a", 0},
                 {APP, 0x11, 0x110000, 0xf0000, "b", 0}}},
    {"nothing", OTA_E_TABLE_EMPTY, 0, .entries = {{0}}},
    {"app at half a sector", OTA_E_PARTITION_ALIGNMENT, 1,
     .entries = {{APP, 0, 0x10400, 0x10000, "a", 0}}},
    {"data at 2", OTA_E_PARTITION_ALIGNMENT, 1,
     .entries = {{DATA, 2, 0x9002, 4, "a", 0}}},
    {"odd size, secure", OTA_E_PARTITION_SIZE_ALIGNMENT, 1,
     .entries = {{DATA, 2, 0x9000, 5, "a", 0}}, .secure = true},
    {"equal names", OTA_E_PARTITION_NAME, 2,
     .entries = {{DATA, 2, 0x9000, 4, "a", 0}, {DATA, 1, 0xa000, 4, "a", 0}}},
    {"over the table", OTA_E_PARTITION_OVER_TABLE, 1,
     .entries = {{DATA, 2, 0x8ffc, 4, "a", 0}}},
    {"overlap, unsorted", OTA_E_PARTITION_OVERLAP, 1,
     .entries = {{DATA, 2, 0xa000, 0x1000, "a", 0},
                 {DATA, 1, 0x9000, 0x1004, "b", 0}}},
    {"no size", OTA_E_PARTITION_SIZE, 1,
     .entries = {{DATA, 2, 0x9000, 0, "a", 0}}},
    {"over 32 bits", OTA_E_PARTITION_END, 1,
     .entries = {{DATA, 2, 0xfffff000, 0x2000, "a", 0}}},
    {"beyond the flash", OTA_E_PARTITION_BEYOND_FLASH, 1,
     .entries = {{DATA, 2, 0xff000, 0x2000, "a", 0}}, .flash_size = 0x100000},
    {"just in the flash", OTA_OK, 0,
     .entries = {{DATA, 2, 0xff000, 0x1000, "a", 0}}, .flash_size = 0x100000},
    {"app ends inside a sector", OTA_E_PARTITION_APP_SIZE, 1,
     .entries = {{APP, 0, 0x10000, 0x10004, "a", 0}}},
    {"app above 8 MB", OTA_E_PARTITION_APP_HIGH, 1,
     .entries = {{APP, 0, 0x800000, 0x10000, "a", 0}}},
    {"otadata above 8 MB", OTA_E_PARTITION_APP_HIGH, 1,
     .entries = {{DATA, 0, 0x800000, 0x2000, "a", 0}}},
    {"app with its head below a border", OTA_E_PARTITION_APP_WINDOW, 1,
     .entries = {{APP, 0, 0xf0000, 0x80000, "a", 0}}},
    {"app with its tail over a border", OTA_E_PARTITION_APP_PART, 1,
     .entries = {{APP, 0, 0x10000, 0x100000, "a", 0}}},
    {"one subtype twice", OTA_E_PARTITION_TWICE, 2,
     .entries = {{APP, 0x20, 0x10000, 0x1000, "a", 0},
                 {APP, 0x20, 0x20000, 0x1000, "b", 0}}},
    {"two otadata", OTA_E_PARTITION_TWICE, 2,
     .entries = {OTADATA, {DATA, 0, 0x10000, 0x2000, "b", 0}}},
    {"data kinds may be many", OTA_OK, 0,
     .entries = {{DATA, 2, 0x9000, 4, "a", 0}, {DATA, 2, 0xa000, 4, "b", 0}}},
    {"ota_1 alone", OTA_E_SLOT_NUMBERS, 1,
     .entries = {{APP, 0x11, 0x10000, 0x1000, "a", 0}}},
    {"a hole in the numbers", OTA_E_SLOT_NUMBERS, 2,
     .entries = {{APP, 0x10, 0x10000, 0x1000, "a", 0},
                 {APP, 0x12, 0x110000, 0x1000, "b", 0}}},
    {"slots of 1 MB", OTA_E_SLOT_LINK, 2,
     .entries = {{APP, 0x10, 0x10000, 0x70000, "a", 0},
                 {APP, 0x11, 0x80000, 0x70000, "b", 0}}},
    {"slots at different places of their MB", OTA_E_SLOT_DISTANCE, 2,
     .entries = {{APP, 0x10, 0x10000, 0x70000, "a", 0},
                 {APP, 0x11, 0x180000, 0x70000, "b", 0}}},
    {"otadata of one sector", OTA_E_OTADATA_SIZE, 1,
     .entries = {{DATA, 0, 0x9000, 0x1000, "a", 0}}},
    {"flags of the future", OTA_E_PARTITION_FLAGS, 1,
     .entries = {{DATA, 2, 0x9000, 4, "a", 0x80000001}}},
};

static struct ota_partition_table table_of(size_t i)
{
    struct ota_partition_table table = {0};
    while (table.count < 4 && tables[i].entries[table.count].name[0]) {
        table.entries[table.count] = tables[i].entries[table.count];
        table.count++;
    }
    return table;
}

static void each_breach_is_found_by_its_rule_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
        struct ota_partition_table table = table_of(i);
        struct ota_partition_place place = {0x8000, tables[i].flash_size,
                                            tables[i].secure, false};
        enum ota_code broken = OTA_OK;
        struct ota_error err = {0};
        for (size_t rule = 0; rule < ota_partition_rule_count; rule++) {
            if (ota_partition_rule_check(rule, &table, &place, &err))
                continue;
            /* A head over a border is a tail over a border, too. */
            if (broken == OTA_E_PARTITION_APP_WINDOW &&
                ota_partition_rules[rule].code == OTA_E_PARTITION_APP_PART)
                continue;
            if (broken != OTA_OK || err.code != tables[i].broken)
                print_error("%s\n", tables[i].what);
            assert_int_equal(broken, OTA_OK);
            assert_int_equal(err.code, ota_partition_rules[rule].code);
            assert_int_equal(err.index, tables[i].index);
            broken = err.code;
        }
        assert_int_equal(broken, tables[i].broken);
    }
}

static void every_rule_is_broken_by_some_table(void **state)
{
    (void)state;
    for (size_t rule = 0; rule < ota_partition_rule_count; rule++) {
        bool found = false;
        for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
            found |= tables[i].broken == ota_partition_rules[rule].code;
        assert_true(found);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_breach_is_found_by_its_rule_alone),
        cmocka_unit_test(every_rule_is_broken_by_some_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
