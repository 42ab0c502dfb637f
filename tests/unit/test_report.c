/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/report.h"
#include <string.h>

static void every_code_has_words(void **state)
{
    (void)state;
    for (int code = OTA_OK + 1; code < OTA_CODE_COUNT; code++) {
        const struct ota_words *words = ota_report_words((enum ota_code)code);
        if (strcmp(words->id, "unknown") == 0)
            fail_msg("code %d has no words", code);
        assert_true(words->mend && *words->mend);
        size_t length = strlen(words->sentence);
        assert_true(length > 0 && words->sentence[length - 1] != '.');
    }
}

static void no_two_codes_share_a_name(void **state)
{
    (void)state;
    for (int a = OTA_OK + 1; a < OTA_CODE_COUNT; a++)
        for (int b = a + 1; b < OTA_CODE_COUNT; b++)
            assert_string_not_equal(ota_report_words((enum ota_code)a)->id,
                                    ota_report_words((enum ota_code)b)->id);
}

static void a_failure_reads_what_where_why_mend(void **state)
{
    (void)state;
    char text[512] = {0};
    FILE *out = fmemopen(text, sizeof(text) - 1, "w");
    struct ota_error err = {
        .code = OTA_E_IMAGE_CHECKSUM,
        .subject = "boot.bin",
        .part = "bootloader",
        .offset = 0x328f,
        .expected = 0xe0,
        .actual = 0xeb,
    };
    ota_report_print(out, "otatool", &err);
    fclose(out);
    assert_string_equal(
        text, "otatool: boot.bin: the image's checksum does not match\n"
              "  where: bootloader, offset 0x328f\n"
              "  why:   expected 0xe0, found 0xeb\n"
              "  mend:  rebuild the image; if it came from a flash, read it "
              "again\n");
}

static void a_name_steers_no_terminal(void **state)
{
    (void)state;
    char text[64] = {0};
    FILE *out = fmemopen(text, sizeof(text) - 1, "w");
    ota_report_name(out, "a\x1b[2J b\n\x7f \xc3\xa4");
    fclose(out);
    assert_string_equal(text, "a\\x1b[2J b\\x0a\\x7f \xc3\xa4");
}

static void json_holds_the_same_facts(void **state)
{
    (void)state;
    struct ota_error err = {
        .code = OTA_E_IMAGE_CHECKSUM,
        .subject = "not \xff utf-8",
        .offset = 7,
        .expected = 1,
        .actual = 2,
    };
    json_t *object = ota_report_json(&err);
    assert_string_equal(json_string_value(json_object_get(object, "code")),
                        "image-checksum");
    assert_int_equal(json_integer_value(json_object_get(object, "offset")), 7);
    assert_int_equal(json_integer_value(json_object_get(object, "actual")), 2);
    assert_non_null(json_object_get(object, "subject"));
    json_decref(object);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_code_has_words),
        cmocka_unit_test(no_two_codes_share_a_name),
        cmocka_unit_test(a_failure_reads_what_where_why_mend),
        cmocka_unit_test(a_name_steers_no_terminal),
        cmocka_unit_test(json_holds_the_same_facts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
