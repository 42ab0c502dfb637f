/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/partition_csv.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct ota_partition_csv csv;

static enum ota_code parse(const char *text, uint32_t *line)
{
    struct ota_error err = {0};
    if (ota_partition_csv_parse(&csv, text, strlen(text), 0x8000, &err))
        return OTA_OK;
    *line = err.index;
    return err.code;
}

static void numbers_are_read_as_python_reads_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t value;
        bool is_number;
    } numbers[] = {
        {"0", 0, true},
        {"4096", 4096, true},
        {"0x1000", 4096, true},
        {"0X1000", 4096, true},
        {"0o17", 15, true},
        {"0b101", 5, true},
        {"1_0", 10, true},
        {"0x_10", 16, true},
        {"00", 0, true},
        {"-0x10", -16, true},
        {"+5", 5, true},
        {" 7 ", 7, true},
        {"\xc2\xa0"
         "7",
         7, true},
        {"\xef\xbc\x93", 3, true},
        {"010", 0, false},
        {"", 0, false},
        {"_1", 0, false},
        {"1_", 0, false},
        {"1__0", 0, false},
        {"0x", 0, false},
        {"0x_", 0, false},
        {"- 5", 0, false},
        {"1.5", 0, false},
        {"0b2", 0, false},
        {"12a", 0, false},
        {"--1", 0, false},
        {"99999999999999999999999", (int64_t)1 << 62, true},
    };
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        int64_t value;
        bool ok = ota_partition_csv_number(
            numbers[i].text, strlen(numbers[i].text), &value, NULL);
        assert_int_equal(ok, numbers[i].is_number);
        if (ok)
            assert_true(value == numbers[i].value);
    }
}

static void all_line_ends_of_python_end_lines(void **state)
{
    (void)state;
    static const char *const ends[] = {
        "\n",   "\r",   "\r\n",     "\v",           "\f",          "\x1c",
        "\x1d", "\x1e", "\xc2\x85", "\xe2\x80\xa8", "\xe2\x80\xa9"};
    uint32_t line;
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        char text[128];
        snprintf(text, sizeof(text), "a,data,nvs,,4K%sb,data,phy,,4K", ends[i]);
        assert_int_equal(parse(text, &line), OTA_OK);
        assert_int_equal(csv.table.count, 2);
        assert_int_equal(csv.lines[1], 2);
        assert_int_equal(csv.table.entries[1].offset, 0xa000);
    }
}

static void variables_come_from_the_environment(void **state)
{
    (void)state;
    uint32_t line = 0;
    setenv("OTATOOL_TEST_ROW", "a,data", 1);
    unsetenv("OTATOOL_TEST_NONE");
    assert_int_equal(parse("$OTATOOL_TEST_ROW,nvs,,4K", &line), OTA_OK);
    assert_int_equal(parse("${OTATOOL_TEST_ROW},nvs,,4K", &line), OTA_OK);
    assert_string_equal(csv.table.entries[0].name, "a");
    assert_int_equal(parse("\n$OTATOOL_TEST_NONE,data,nvs,,4K", &line),
                     OTA_E_CSV_VARIABLE);
    assert_int_equal(line, 2);
    setenv("OTATOOL_TEST_ROW", "\xff", 1);
    assert_int_equal(parse("$OTATOOL_TEST_ROW,data,nvs,,4K", &line),
                     OTA_E_CSV_VALUE);
}

static void faults_name_their_line(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum ota_code code;
        uint32_t line;
    } faults[] = {
        {"a,,nvs,,4K", OTA_E_CSV_EMPTY_FIELD, 1},
        {"a", OTA_E_CSV_EMPTY_FIELD, 1},
        {"#\na,data,nvs,,", OTA_E_CSV_EMPTY_FIELD, 2},
        {"a,data,nvs,,4KB", OTA_E_CSV_NUMBER, 1},
        {"a,data,nvs,,4K # c", OTA_E_CSV_NUMBER, 1},
        {"a,dato,nvs,,4K", OTA_E_CSV_KEYWORD, 1},
        {"a,app,nvs,,4K", OTA_E_CSV_KEYWORD, 1},
        {"a,0x40,nvs,,4K", OTA_E_CSV_KEYWORD, 1},
        {"a,-1,0,,4K", OTA_E_CSV_RANGE, 1},
        {"a,data,256,,4K", OTA_E_CSV_RANGE, 1},
        {"a,data,nvs,0x100000000,4K", OTA_E_CSV_RANGE, 1},
        {"a,data,nvs,,99999999999999999999M", OTA_E_CSV_RANGE, 1},
        {"a,data,nvs,0x10000,-32K", OTA_E_CSV_RANGE, 1},
        {"a,data,nvs,,4K,Encrypted", OTA_E_CSV_FLAG, 1},
        {"a,data,nvs,0x8ffc,4K", OTA_E_CSV_ORDER, 1},
        {"a,data,nvs,,4K\nb,data,phy,0x9ffc,4K", OTA_E_CSV_ORDER, 2},
        {"a,data,nvs,-4096,4K", OTA_E_CSV_ORDER, 1},
        {"a,data,nvs,,4K\n\xc3", OTA_E_CSV_TEXT, 0},
        {"\xed\xa0\x80", OTA_E_CSV_TEXT, 0},
    };
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        uint32_t line = 0;
        assert_int_equal(parse(faults[i].text, &line), faults[i].code);
        assert_int_equal(line, faults[i].line);
    }
}

static void slips_are_noted_yet_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum ota_code slip;
    } slips[] = {
        {"a,data,nvs,,4K", OTA_OK},
        {"a,data,nvs,,64 K", OTA_OK},
        {"a,data,nvs,,1KK", OTA_E_CSV_NUMBER_FORM},
        {"a,appk,0,,4K", OTA_E_CSV_NUMBER_FORM},
        {"a,data,nvs,,\xef\xbc\x94", OTA_E_CSV_NUMBER_FORM},
        {"\"a\",data,nvs,,4K", OTA_E_CSV_NAME_FORM},
        {"\xef\xbb\xbf"
         "a,data,nvs,,4K",
         OTA_E_CSV_NAME_FORM},
        {"a$,data,nvs,,4K", OTA_E_CSV_NAME_FORM},
        {"abcdefghijklmno\xc3\xa9,data,nvs,,4K", OTA_E_CSV_NAME_FORM},
    };
    uint32_t line;
    for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
        assert_int_equal(parse(slips[i].text, &line), OTA_OK);
        assert_int_equal(csv.slip.code, slips[i].slip);
    }
}

static void every_prefix_and_flipped_bit_is_harmless(void **state)
{
    (void)state;
    static const char text[] = "# t\nnvs,data,nvs,0x9000,16K,encrypted\r\n"
                               "$HOME,app,ota_0,,-1M\n${V},1,0x_6,, 4 K,:\n";
    for (size_t size = 0; size < sizeof(text); size++) {
        struct ota_error err;
        char *copy = malloc(size + 1);
        memcpy(copy, text, size);
        (void)!ota_partition_csv_parse(&csv, copy, size, 0x8000, &err);
        free(copy);
    }
    for (size_t bit = 0; bit < (sizeof(text) - 1) * 8; bit++) {
        struct ota_error err;
        char copy[sizeof(text)];
        memcpy(copy, text, sizeof(text));
        copy[bit / 8] = (char)(copy[bit / 8] ^ (1 << bit % 8));
        (void)!ota_partition_csv_parse(&csv, copy, sizeof(text) - 1, 0x8000,
                                       &err);
    }
}

static void a_name_that_is_another_kind_is_told(void **state)
{
    (void)state;
    assert_true(ota_partition_csv_name_fits(
        &(struct ota_partition){.type = 1, .subtype = 2, .name = "nvs"}));
    assert_false(ota_partition_csv_name_fits(
        &(struct ota_partition){.type = 1, .subtype = 1, .name = "nvs"}));
    assert_false(ota_partition_csv_name_fits(
        &(struct ota_partition){.type = 1, .subtype = 1, .name = "app"}));
    assert_true(ota_partition_csv_name_fits(
        &(struct ota_partition){.type = 1, .subtype = 1, .name = "x"}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_as_python_reads_them),
        cmocka_unit_test(all_line_ends_of_python_end_lines),
        cmocka_unit_test(variables_come_from_the_environment),
        cmocka_unit_test(faults_name_their_line),
        cmocka_unit_test(slips_are_noted_yet_read),
        cmocka_unit_test(every_prefix_and_flipped_bit_is_harmless),
        cmocka_unit_test(a_name_that_is_another_kind_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
