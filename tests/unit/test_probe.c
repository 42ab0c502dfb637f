/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "nasty_server.h"
#include "otatool/probe.h"
#include <string.h>

enum { SIZE = 30000, TIMEOUT_MS = 1000 };

static uint8_t data[SIZE];
static const struct ota_client_access nobody;

static bool probe(struct ota_probe *result, enum nasty_mode mode,
                  struct ota_error *err)
{
    struct nasty_server server;
    nasty_start(&server, mode, data, SIZE, 0);
    bool ok = ota_probe_server(result, server.url, &nobody, TIMEOUT_MS, err);
    nasty_stop(&server);
    return ok;
}

static const struct ota_probe_result *result_of(const struct ota_probe *result,
                                                const char *id)
{
    for (size_t i = 0; i < OTA_PROBE_CHECKS; i++)
        if (strcmp(ota_probe_checks[i].id, id) == 0)
            return &result->results[i];
    fail_msg("no check %s", id);
    return NULL;
}

static void every_check_has_words(void **state)
{
    (void)state;
    for (size_t i = 0; i < OTA_PROBE_CHECKS; i++) {
        assert_non_null(ota_probe_checks[i].id);
        assert_non_null(ota_probe_checks[i].sentence);
        assert_non_null(ota_probe_checks[i].who);
    }
}

static void a_good_server_passes(void **state)
{
    (void)state;
    struct ota_probe result;
    struct ota_error err;
    assert_true(probe(&result, NASTY_GOOD, &err));
    assert_true(result.is_usable);
    for (size_t i = 0; i < OTA_PROBE_CHECKS; i++)
        if (result.results[i].verdict == OTA_PROBE_BROKEN &&
            strcmp(ota_probe_checks[i].id, "header-alone") != 0)
            fail_msg("%s: %s", ota_probe_checks[i].id,
                     result.results[i].detail);
}

static void each_fault_breaks_its_check(void **state)
{
    (void)state;
    static const struct {
        enum nasty_mode mode;
        const char *id;
    } cases[] = {
        {NASTY_LOWER_CASE, "length-spelling"},
        {NASTY_HEAD_LIES, "lengths-agree"},
        {NASTY_HEAD_HAS_BODY, "head-without-body"},
        {NASTY_ADDS, "exact-body"},
        {NASTY_HAS_WORDS, "error-length"},
        {NASTY_LONG_HEADER, "header-size"},
        {NASTY_NO_LENGTH, "plain"},
        {NASTY_COMPRESSES, "plain"},
        {NASTY_IGNORES_RANGE, "range"},
        {NASTY_WRONG_RANGE, "range"},
        {NASTY_NO_RANGE_LINE, "range"},
        {NASTY_CHANGES, "if-range"},
        {NASTY_KEEPS_CHANGING, "etag"},
        {NASTY_REDIRECTS, "status-line"},
        {NASTY_SHORT_END, "last-segment"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ota_probe result;
        struct ota_error err = {0};
        /* A redirect without an end fails as a whole, which will do. */
        if (!probe(&result, cases[i].mode, &err))
            assert_int_equal(err.code, OTA_E_REDIRECTS);
        if (result_of(&result, cases[i].id)->verdict != OTA_PROBE_BROKEN)
            fail_msg("mode %d passes %s", cases[i].mode, cases[i].id);
    }
}

static void a_server_that_cannot_be_asked_is_an_error(void **state)
{
    (void)state;
    static const struct {
        enum nasty_mode mode;
        enum ota_code code;
    } cases[] = {
        {NASTY_SILENT, OTA_E_TIMEOUT},      {NASTY_HALF_HEADER, OTA_E_TIMEOUT},
        {NASTY_GARBAGE, OTA_E_TIMEOUT},     {NASTY_HUGE_HEADER, OTA_E_TIMEOUT},
        {NASTY_MISSING, OTA_E_HTTP_STATUS},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ota_probe result;
        struct ota_error err = {0};
        assert_false(probe(&result, cases[i].mode, &err));
        if (err.code != cases[i].code)
            fail_msg("mode %d: code %d, not %d", cases[i].mode, err.code,
                     cases[i].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_check_has_words),
        cmocka_unit_test(a_good_server_passes),
        cmocka_unit_test(each_fault_breaks_its_check),
        cmocka_unit_test(a_server_that_cannot_be_asked_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
