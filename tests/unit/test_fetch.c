/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "nasty_server.h"
#include "otatool/fetch.h"
#include "otatool/file.h"
#include "scratch.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIZE = 30000 };

static uint8_t data[SIZE];

static int enter_scratch_folder(void **state)
{
    (void)state;
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (uint8_t)(i * 31 + i / 256);
    return scratch_enter() ? 0 : -1;
}

static void remove_files(void)
{
    unlink("fw.bin");
    unlink("fw.bin.part");
    unlink("fw.bin.part.json");
}

static struct ota_fetch_options options_for(const struct nasty_server *server)
{
    return (struct ota_fetch_options){
        .url = server->url,
        .output = "fw.bin",
        .retries = 3,
        .backoff_ms = 1,
        .connect_ms = 1000,
        .stall_seconds = 1,
    };
}

/* The code a fetch ends with, OTA_OK when the file is there. */
static enum ota_code fetch(enum nasty_mode mode, size_t step, size_t chunk,
                           bool refuse_change)
{
    struct nasty_server server;
    struct ota_fetch_result result;
    struct ota_error err = {0};
    nasty_start(&server, mode, data, SIZE, step);
    struct ota_fetch_options options = options_for(&server);
    options.chunk = chunk;
    options.refuse_change = refuse_change;
    bool ok = ota_fetch(&options, &result, &err);
    nasty_stop(&server);
    assert_int_equal(access("fw.bin", F_OK), ok ? 0 : -1);
    return ok ? OTA_OK : err.code;
}

static void assert_file(uint8_t mask)
{
    struct ota_file file;
    struct ota_error err;
    assert_true(ota_file_load(&file, "fw.bin", SIZE, &err));
    assert_int_equal(file.size, SIZE);
    for (size_t i = 0; i < SIZE; i++)
        if (file.data[i] != (data[i] ^ mask))
            fail_msg("byte %zu is of another file", i);
    ota_file_release(&file);
    assert_int_equal(access("fw.bin.part", F_OK), -1);
    assert_int_equal(access("fw.bin.part.json", F_OK), -1);
}

static void a_good_server_gives_the_file(void **state)
{
    (void)state;
    static const size_t chunks[] = {0, 1024, 29999, 30000, 100000};
    for (size_t i = 0; i < sizeof(chunks) / sizeof(chunks[0]); i++) {
        assert_int_equal(fetch(NASTY_GOOD, 0, chunks[i], false), OTA_OK);
        assert_file(0);
        remove_files();
    }
}

static void cuts_at_any_place_only_cost_time(void **state)
{
    (void)state;
    static const size_t steps[] = {1999, 4096, 14999, 15000, 29999};
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        assert_int_equal(fetch(NASTY_CUTS, steps[i], 0, false), OTA_OK);
        assert_file(0);
        remove_files();
    }
    assert_int_equal(fetch(NASTY_CUTS, 700, 1500, false), OTA_OK);
    assert_file(0);
    remove_files();
}

static void a_cut_before_any_byte_gives_up(void **state)
{
    (void)state;
    assert_int_equal(fetch(NASTY_CUTS, 0, 0, false), OTA_E_CUT_OFF);
    remove_files();
}

static void a_later_call_goes_on(void **state)
{
    (void)state;
    struct nasty_server server;
    struct ota_fetch_result result;
    struct ota_error err;
    nasty_start(&server, NASTY_CUTS, data, SIZE, 20000);
    struct ota_fetch_options options = options_for(&server);
    options.retries = 0;
    assert_false(ota_fetch(&options, &result, &err));
    assert_int_equal(err.code, OTA_E_CUT_OFF);
    assert_int_equal(access("fw.bin.part", F_OK), 0);
    assert_true(ota_fetch(&options, &result, &err));
    assert_int_equal(result.resumed_at, 20000);
    assert_int_equal(result.requests, 1);
    nasty_stop(&server);
    assert_file(0);
    remove_files();
}

static void a_changed_file_is_never_mixed(void **state)
{
    (void)state;
    assert_int_equal(fetch(NASTY_CHANGES, 0, 0, false), OTA_OK);
    assert_file(0x5a);
    remove_files();
    assert_int_equal(fetch(NASTY_CHANGES, 0, 0, true), OTA_E_CHANGED);
    remove_files();
    assert_int_equal(fetch(NASTY_KEEPS_CHANGING, 0, 0, false), OTA_E_CHANGED);
    remove_files();
}

static void a_server_without_ranges_starts_afresh(void **state)
{
    (void)state;
    assert_int_equal(fetch(NASTY_IGNORES_RANGE, 0, 0, false), OTA_OK);
    assert_file(0);
    remove_files();
    assert_int_equal(fetch(NASTY_REFUSES_RANGE, 0, 0, false), OTA_OK);
    assert_file(0);
    remove_files();
    assert_int_equal(fetch(NASTY_IGNORES_RANGE, 0, 1024, true),
                     OTA_E_RANGE_IGNORED);
    remove_files();
}

static void each_misbehaviour_has_its_name(void **state)
{
    (void)state;
    static const struct {
        enum nasty_mode mode;
        enum ota_code code;
    } cases[] = {
        {NASTY_FAILS_TWICE, OTA_OK},
        {NASTY_WRONG_RANGE, OTA_E_RANGE_WRONG},
        {NASTY_NO_RANGE_LINE, OTA_E_RANGE_WRONG},
        {NASTY_SAYS_MORE, OTA_E_CUT_OFF},
        {NASTY_ENDLESS, OTA_E_FILE_TOO_LARGE},
        {NASTY_NO_LENGTH, OTA_E_HTTP_LENGTH},
        {NASTY_COMPRESSES, OTA_E_HTTP_ENCODED},
        {NASTY_WRONG_DIGEST, OTA_E_DOWNLOAD_DIGEST},
        {NASTY_REDIRECTS, OTA_E_REDIRECTS},
        {NASTY_REDIRECTS_TO_FILE, OTA_E_URL},
        {NASTY_MISSING, OTA_E_HTTP_STATUS},
        {NASTY_EMPTY, OTA_E_FILE_EMPTY},
        {NASTY_GARBAGE, OTA_E_HTTP},
        {NASTY_HUGE_HEADER, OTA_E_HTTP},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        enum ota_code code = fetch(cases[i].mode, 0, 0, false);
        if (code != cases[i].code)
            fail_msg("mode %d: code %d, not %d", cases[i].mode, code,
                     cases[i].code);
        remove_files();
    }
}

static void a_server_that_hangs_is_left(void **state)
{
    (void)state;
    static const enum nasty_mode modes[] = {NASTY_SILENT, NASTY_HALF_HEADER,
                                            NASTY_STALLS};
    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct nasty_server server;
        struct ota_fetch_result result;
        struct ota_error err;
        nasty_start(&server, modes[i], data, SIZE, 0);
        struct ota_fetch_options options = options_for(&server);
        options.retries = 0;
        assert_false(ota_fetch(&options, &result, &err));
        assert_int_equal(err.code, OTA_E_TIMEOUT);
        nasty_stop(&server);
        assert_int_equal(access("fw.bin", F_OK), -1);
        remove_files();
    }
}

static void an_older_file_survives_a_failure(void **state)
{
    (void)state;
    struct nasty_server server;
    struct ota_fetch_result result;
    struct ota_file file;
    struct ota_error err;
    assert_true(ota_file_save("fw.bin", "old", 3, &err));
    nasty_start(&server, NASTY_MISSING, data, SIZE, 0);
    struct ota_fetch_options options = options_for(&server);
    assert_false(ota_fetch(&options, &result, &err));
    nasty_stop(&server);
    assert_true(ota_file_load(&file, "fw.bin", SIZE, &err));
    assert_int_equal(file.size, 3);
    ota_file_release(&file);
    remove_files();
}

static void a_foreign_part_is_not_gone_on_with(void **state)
{
    (void)state;
    static const char other[] = "{\"url\": \"http://other/fw.bin\", "
                                "\"validator\": \"\\\"version-1\\\"\", "
                                "\"total\": 30000}";
    static const char *const records[] = {other, "", "[1]", "{\"url\": 5}"};
    for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
        struct ota_error err;
        assert_true(ota_file_save("fw.bin.part", "garbage", 7, &err));
        assert_true(ota_file_save("fw.bin.part.json", records[i],
                                  strlen(records[i]), &err));
        assert_int_equal(fetch(NASTY_GOOD, 0, 0, false), OTA_OK);
        assert_file(0);
        remove_files();
    }
}

/* The part is whole, but the server has another file by now. */
static void a_whole_part_is_not_believed(void **state)
{
    (void)state;
    static const char *const versions[] = {"version-1", "version-0"};
    for (size_t i = 0; i < 2; i++) {
        struct nasty_server server;
        struct ota_fetch_result result;
        struct ota_error err;
        char record[200];
        uint8_t *other = calloc(1, SIZE);
        nasty_start(&server, NASTY_GOOD, data, SIZE, 0);
        snprintf(record, sizeof(record),
                 "{\"url\": \"%s\", \"validator\": \"\\\"%s\\\"\", "
                 "\"total\": %d}",
                 server.url, versions[i], SIZE);
        assert_true(
            ota_file_save("fw.bin.part", i == 0 ? data : other, SIZE, &err));
        assert_true(
            ota_file_save("fw.bin.part.json", record, strlen(record), &err));
        struct ota_fetch_options options = options_for(&server);
        assert_true(ota_fetch(&options, &result, &err));
        assert_int_equal(result.requests, 1);
        assert_int_equal(result.resumed_at, i == 0 ? SIZE - 1 : 0);
        nasty_stop(&server);
        assert_file(0);
        remove_files();
        free(other);
    }
}

static void a_name_is_taken_from_the_url(void **state)
{
    (void)state;
    static const struct {
        const char *url;
        const char *name; /* NULL: none fits */
    } cases[] = {
        {"http://host/fw.bin", "fw.bin"},
        {"http://host/a/b/fw.bin?x=/y", "fw.bin"},
        {"http://host/fw.bin#top", "fw.bin"},
        {"http://host/", NULL},
        {"http://host", NULL},
        {"http://host?x=/a/b", NULL},
        {"http://host/a/..", NULL},
        {"http://host/.hidden", NULL},
        {"fw.bin", NULL},
        {"http://host/a\x1b[2J", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char name[32];
        bool ok = ota_fetch_name(cases[i].url, name, sizeof(name));
        assert_int_equal(ok, cases[i].name != NULL);
        if (ok)
            assert_string_equal(name, cases[i].name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_server_gives_the_file),
        cmocka_unit_test(cuts_at_any_place_only_cost_time),
        cmocka_unit_test(a_cut_before_any_byte_gives_up),
        cmocka_unit_test(a_later_call_goes_on),
        cmocka_unit_test(a_changed_file_is_never_mixed),
        cmocka_unit_test(a_server_without_ranges_starts_afresh),
        cmocka_unit_test(each_misbehaviour_has_its_name),
        cmocka_unit_test(a_server_that_hangs_is_left),
        cmocka_unit_test(an_older_file_survives_a_failure),
        cmocka_unit_test(a_foreign_part_is_not_gone_on_with),
        cmocka_unit_test(a_whole_part_is_not_believed),
        cmocka_unit_test(a_name_is_taken_from_the_url),
    };
    return cmocka_run_group_tests(tests, enter_scratch_folder, NULL);
}
