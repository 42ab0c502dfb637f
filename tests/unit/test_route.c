/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/route.h"
#include <stdio.h>
#include <string.h>

#define MODIFIED 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT */
#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"
#define LATER "Sun, 06 Nov 1994 08:49:38 GMT"
#define EARLIER "Sun, 06 Nov 1994 08:49:36 GMT"
#define ETAG "\"000102030405060708090a0b0c0d0e0f\""

static struct ota_route_entry sample(uint64_t size)
{
    struct ota_route_entry entry = {
        .size = size, .modified = MODIFIED, .type = "application/octet-stream"};
    for (unsigned i = 0; i < sizeof(entry.sha256); i++)
        entry.sha256[i] = (uint8_t)i;
    ota_route_describe(&entry);
    return entry;
}

static struct ota_route_request get(void)
{
    return (struct ota_route_request){.method = "GET", .now = MODIFIED + 100};
}

static const char *header(const struct ota_route_response *response,
                          const char *name)
{
    for (size_t i = 0; i < response->header_count; i++)
        if (strcmp(response->headers[i].name, name) == 0)
            return response->headers[i].value;
    return NULL;
}

/* "206 0+10 20+5" */
static const char *summary(const struct ota_route_response *response)
{
    static char text[1024];
    int length = snprintf(text, sizeof(text), "%u", response->status);
    for (size_t i = 0; i < response->range_count; i++)
        length +=
            snprintf(text + length, sizeof(text) - (size_t)length, " %llu+%llu",
                     (unsigned long long)response->ranges[i].offset,
                     (unsigned long long)response->ranges[i].size);
    return text;
}

static const char *answer(struct ota_route_request request)
{
    struct ota_route_entry entry = sample(10000);
    struct ota_route_response response;
    ota_route_answer(&request, &entry, 200, &response);
    return summary(&response);
}

static void ranges_are_read_as_the_rfc_says(void **state)
{
    (void)state;
    static const struct {
        const char *range;
        const char *expected;
    } cases[] = {
        {"bytes=0-0", "206 0+1"},
        {"bytes=0-", "206 0+10000"},
        {"bytes=9999-", "206 9999+1"},
        {"bytes=500-99999999999999999999999", "206 500+9500"},
        {"bytes=-1", "206 9999+1"},
        {"bytes=-20000", "206 0+10000"},
        {"BYTES=0-9", "206 0+10"},
        {"bytes= , 0-9 ,\t, 1000-1009", "206 0+10 1000+10"},
        {"bytes=1000-1009,0-9", "206 1000+10 0+10"},
        {"bytes=0-9,10-19", "206 0+20"},
        {"bytes=0-9,50-59", "206 0+60"},
        {"bytes=0-9,1000-1009,5-1500", "206 0+1501"},
        {"bytes=0-,0-,0-,0-,0-,0-", "206 0+10000"},
        {"bytes=0-9,20000-", "206 0+10"},
        {"bytes=10000-", "416"},
        {"bytes=10000-10001,-0", "416"},
        {"bytes=99999999999999999999999-", "416"},
        {"bytes=-0", "416"},
        {"bytes=9-0", "200 0+10000"},
        {"bytes=5", "200 0+10000"},
        {"bytes=", "200 0+10000"},
        {"bytes=,", "200 0+10000"},
        {"bytes=-", "200 0+10000"},
        {"bytes=a-b", "200 0+10000"},
        {"bytes=+1-2", "200 0+10000"},
        {"bytes=0 -9", "200 0+10000"},
        {"bytes=0-9x", "200 0+10000"},
        {"bytes=0-9 10-19", "200 0+10000"},
        {"bytes=0x0-9", "200 0+10000"},
        {"bytes=0-9,x", "200 0+10000"},
        {"bytes 0-9", "200 0+10000"},
        {"lines=0-9", "200 0+10000"},
        {"", "200 0+10000"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ota_route_request request = get();
        request.range = cases[i].range;
        print_message("%s\n", cases[i].range);
        assert_string_equal(answer(request), cases[i].expected);
    }
}

static void more_ranges_than_the_limit_get_the_whole_file(void **state)
{
    (void)state;
    char range[512] = "bytes=";
    for (int i = 0; i <= OTA_ROUTE_RANGES; i++) {
        struct ota_route_request request = get();
        sprintf(range + strlen(range), "%s%d-%d", i ? "," : "", i * 500,
                i * 500 + 9);
        request.range = range;
        assert_int_equal(strncmp(answer(request), "206", 3) == 0,
                         i < OTA_ROUTE_RANGES);
    }
}

static void an_empty_file_has_no_ranges(void **state)
{
    (void)state;
    struct ota_route_entry entry = sample(0);
    struct ota_route_response response;
    struct ota_route_request request = get();
    request.range = "bytes=0-";
    ota_route_answer(&request, &entry, 200, &response);
    assert_int_equal(response.status, 416);
    assert_string_equal(header(&response, "Content-Range"), "bytes */0");
    request.range = NULL;
    ota_route_answer(&request, &entry, 200, &response);
    assert_int_equal(response.status, 200);
}

static void conditions_are_judged_in_the_order_of_the_rfc(void **state)
{
    (void)state;
    static const struct {
        struct ota_route_request headers;
        const char *expected;
    } cases[] = {
        {{.if_none_match = ETAG}, "304"},
        {{.if_none_match = "W/" ETAG}, "304"},
        {{.if_none_match = "\"a\" ,, " ETAG " "}, "304"},
        {{.if_none_match = "*"}, "304"},
        {{.if_none_match = "\"a\""}, "200 0+10000"},
        {{.if_none_match = "a"}, "200 0+10000"},
        {{.if_none_match = "\"a"}, "200 0+10000"},
        {{.if_none_match = "\"a\"", .if_modified_since = DATE}, "200 0+10000"},
        {{.if_modified_since = DATE}, "304"},
        {{.if_modified_since = LATER}, "304"},
        {{.if_modified_since = EARLIER}, "200 0+10000"},
        {{.if_modified_since = "Sunday, 06-Nov-94 08:49:37 GMT"}, "304"},
        {{.if_modified_since = "Sun Nov  6 08:49:37 1994"}, "304"},
        {{.if_modified_since = "yesterday"}, "200 0+10000"},
        {{.if_modified_since = DATE "x"}, "200 0+10000"},
        {{.if_match = ETAG}, "200 0+10000"},
        {{.if_match = "*"}, "200 0+10000"},
        {{.if_match = "W/" ETAG}, "412"},
        {{.if_match = "\"a\""}, "412"},
        {{.if_match = "\"a\"", .if_none_match = ETAG}, "412"},
        {{.if_match = ETAG, .if_unmodified_since = EARLIER}, "200 0+10000"},
        {{.if_unmodified_since = EARLIER}, "412"},
        {{.if_unmodified_since = DATE}, "200 0+10000"},
        {{.range = "bytes=0-9", .if_none_match = ETAG}, "304"},
        {{.range = "bytes=0-9", .if_match = "\"a\""}, "412"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ota_route_request request = cases[i].headers;
        request.method = "GET";
        request.now = MODIFIED + 100;
        print_message("case %zu\n", i);
        assert_string_equal(answer(request), cases[i].expected);
    }
}

static void if_range_guards_against_a_changed_file(void **state)
{
    (void)state;
    static const struct {
        const char *if_range;
        int64_t age;
        const char *expected;
    } cases[] = {
        {ETAG, 100, "206 0+10"},        {ETAG " ", 100, "206 0+10"},
        {ETAG ",", 100, "200 0+10000"}, {"W/" ETAG, 100, "200 0+10000"},
        {"\"a\"", 100, "200 0+10000"},  {"*", 100, "200 0+10000"},
        {"", 100, "200 0+10000"},       {DATE, 100, "206 0+10"},
        {LATER, 100, "200 0+10000"},    {EARLIER, 100, "200 0+10000"},
        {DATE, 1, "200 0+10000"}, /* may still change within the second */
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct ota_route_request request = get();
        request.range = "bytes=0-9";
        request.if_range = cases[i].if_range;
        request.now = MODIFIED + cases[i].age;
        assert_string_equal(answer(request), cases[i].expected);
    }
}

static void if_range_turns_a_range_beyond_the_end_into_the_file(void **state)
{
    (void)state;
    struct ota_route_request request = get();
    request.range = "bytes=20000-";
    assert_string_equal(answer(request), "416");
    request.if_range = "\"other\"";
    assert_string_equal(answer(request), "200 0+10000");
}

static void other_methods_and_hidden_bodies_are_refused(void **state)
{
    (void)state;
    static const char *const methods[] = {"POST", "PUT", "get", "OPTIONS", ""};
    struct ota_route_entry entry = sample(10);
    struct ota_route_response response;
    struct ota_route_request request = get();
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        request.method = methods[i];
        ota_route_answer(&request, &entry, 200, &response);
        assert_int_equal(response.status, 405);
        assert_true(response.must_close);
        assert_string_equal(header(&response, "Allow"), "GET, HEAD");
    }
    request = get();
    request.has_body = true;
    ota_route_answer(&request, &entry, 200, &response);
    assert_int_equal(response.status, 400);
    assert_true(response.must_close);
}

static void a_head_is_answered_as_a_get(void **state)
{
    (void)state;
    struct ota_route_entry entry = sample(10000);
    struct ota_route_response get_response;
    struct ota_route_response head_response;
    struct ota_route_request request = get();
    ota_route_answer(&request, &entry, 200, &get_response);
    request.method = "HEAD";
    ota_route_answer(&request, &entry, 200, &head_response);
    assert_memory_equal(&get_response, &head_response, sizeof(get_response));
}

static void a_file_not_found_has_no_body(void **state)
{
    (void)state;
    struct ota_route_response response;
    struct ota_route_request request = get();
    request.range = "bytes=0-9";
    ota_route_answer(&request, NULL, 404, &response);
    assert_string_equal(summary(&response), "404");
    ota_route_answer(&request, NULL, 503, &response);
    assert_string_equal(header(&response, "Retry-After"), "1");
}

static void a_whole_file_says_what_it_is(void **state)
{
    (void)state;
    struct ota_route_entry entry = sample(10000);
    struct ota_route_response response;
    struct ota_route_request request = get();
    ota_route_answer(&request, &entry, 200, &response);
    assert_string_equal(header(&response, "Content-Type"),
                        "application/octet-stream");
    assert_string_equal(header(&response, "ETag"), ETAG);
    assert_string_equal(header(&response, "Last-Modified"), DATE);
    assert_string_equal(header(&response, "Accept-Ranges"), "bytes");
    assert_string_equal(
        header(&response, "Repr-Digest"),
        "sha-256=:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=:");
    assert_null(header(&response, "Content-Range"));
}

static void a_multipart_body_names_each_part(void **state)
{
    (void)state;
    char text[OTA_ROUTE_PART];
    struct ota_route_entry entry = sample(10000);
    struct ota_route_response response;
    struct ota_route_request request = get();
    request.range = "bytes=0-9,-5";
    ota_route_answer(&request, &entry, 200, &response);
    assert_string_equal(header(&response, "Content-Type"),
                        "multipart/byteranges; "
                        "boundary=101112131415161718191a1b1c1d1e1f");
    assert_null(header(&response, "Content-Range"));
    size_t size = ota_route_part(&response, &entry, 1, text);
    assert_int_equal(size, strlen(text));
    assert_string_equal(text, "\r\n--101112131415161718191a1b1c1d1e1f\r\n"
                              "Content-Type: application/octet-stream\r\n"
                              "Content-Range: bytes 9995-9999/10000\r\n\r\n");
    ota_route_part(&response, &entry, 2, text);
    assert_string_equal(text, "\r\n--101112131415161718191a1b1c1d1e1f--\r\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ranges_are_read_as_the_rfc_says),
        cmocka_unit_test(more_ranges_than_the_limit_get_the_whole_file),
        cmocka_unit_test(an_empty_file_has_no_ranges),
        cmocka_unit_test(conditions_are_judged_in_the_order_of_the_rfc),
        cmocka_unit_test(if_range_guards_against_a_changed_file),
        cmocka_unit_test(if_range_turns_a_range_beyond_the_end_into_the_file),
        cmocka_unit_test(other_methods_and_hidden_bodies_are_refused),
        cmocka_unit_test(a_head_is_answered_as_a_get),
        cmocka_unit_test(a_file_not_found_has_no_body),
        cmocka_unit_test(a_whole_file_says_what_it_is),
        cmocka_unit_test(a_multipart_body_names_each_part),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
