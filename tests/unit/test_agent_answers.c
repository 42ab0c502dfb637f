/* SPDX-License-Identifier: Apache-2.0 */
/* Servers that answer wrongly, and what the agent makes of it. */
#include "agent_fixture.h"
#include "cmocka_all.h"
#include <string.h>

enum { SIZE = 2 * 4096 + 700, LEARNED = 48, FOR_EVER = 1000 };

static void init(struct agent_fixture *f)
{
    agent_fixture_init(f, &agent_world_1m, 0, agent_world_1m.slots[1], SIZE);
    assert_int_equal(f->new_size, 9872); /* as answers say below */
}

static void serve_raw(struct agent_fixture *f, const char *raw, uint32_t from,
                      uint32_t times)
{
    f->world.server.raw = raw;
    f->world.server.raw_from = from;
    f->world.server.raw_times = times;
}

/* --- refused at once ---------------------------------------------------- */

#define PARTIAL "HTTP/1.1 206 Partial Content\r\n"
#define PIECE "Content-Range: bytes 0-15/9872\r\n"

struct answer {
    const char *text;
    enum ota_code why;
};

static const struct answer final_answers[] = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 9872\r\n\r\n", OTA_E_RANGE_IGNORED},
    {"HTTP/1.1 204 No Content\r\n\r\n", OTA_E_HTTP_STATUS},
    {"HTTP/1.1 101 Switching\r\nUpgrade: other\r\n\r\n", OTA_E_HTTP_STATUS},
    {"HTTP/1.1 301 Moved\r\nLocation: /b\r\n\r\n", OTA_E_REDIRECTS},
    {"HTTP/1.1 302 Found\r\nLocation: http://c/\r\n\r\n", OTA_E_REDIRECTS},
    {"HTTP/1.1 304 Not Modified\r\n\r\n", OTA_E_REDIRECTS},
    {"HTTP/1.1 400 Bad Request\r\n\r\n", OTA_E_HTTP_STATUS},
    {"HTTP/1.1 403 Forbidden\r\n\r\n", OTA_E_HTTP_STATUS},
    {"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot found",
     OTA_E_HTTP_STATUS},
    {"HTTP/1.1 416 Range\r\nContent-Range: bytes */10\r\n\r\n",
     OTA_E_HTTP_STATUS},
    {PARTIAL PIECE "Content-Encoding: gzip\r\n\r\n", OTA_E_HTTP_ENCODED},
};

static void what_cannot_pass_is_refused_at_once(void **state)
{
    struct agent_fixture f;
    (void)state;
    init(&f);
    for (size_t i = 0; i < sizeof(final_answers) / sizeof(*final_answers);
         i++) {
        agent_fixture_reset(&f);
        serve_raw(&f, final_answers[i].text, 1, FOR_EVER);
        agent_fixture_expect_refused(&f, final_answers[i].why);
        assert_int_equal(f.world.server.requests, 1);
        assert_int_equal(f.world.nor.operations, 0);
    }
    agent_fixture_release(&f);
}

/* --- tried again, then given up ----------------------------------------- */

static const struct answer passing_answers[] = {
    {"HTTP/1.1 500 Broken\r\n\r\n", OTA_E_HTTP_STATUS},
    {"HTTP/1.1 502 Gateway\r\n\r\n", OTA_E_HTTP_STATUS},
    {"HTTP/1.1 429 Slower\r\nRetry-After: soon\r\n\r\n", OTA_E_HTTP_STATUS},
    {"HTTP/1.1 503 Busy\r\nRetry-After: 99999999999\r\n\r\n",
     OTA_E_HTTP_STATUS},
    /* garbage */
    {"\x16\x03\x01 not HTTP at all", OTA_E_HTTP_HEADER},
    {"SSH-2.0-OpenSSH_9.2\r\n", OTA_E_HTTP_HEADER},
    {"<html><body>Log in first</body></html>\r\n\r\n", OTA_E_HTTP_HEADER},
    {"\r\n" PARTIAL PIECE "\r\n", OTA_E_HTTP_HEADER},
    {"HTTP/2.0 206 Partial Content\r\n" PIECE "\r\n", OTA_E_HTTP_HEADER},
    {"HTTP/1.1 2066 Partial Content\r\n" PIECE "\r\n", OTA_E_HTTP_HEADER},
    {PARTIAL "no field\r\n\r\n", OTA_E_HTTP_HEADER},
    {PARTIAL " folded: 1\r\n\r\n", OTA_E_HTTP_HEADER},
    {PARTIAL PIECE "X: a\rb\r\n\r\n", OTA_E_HTTP_HEADER},
    /* lengths */
    {PARTIAL PIECE "Content-Length: 17\r\n\r\n", OTA_E_HTTP_LENGTH},
    {PARTIAL PIECE "Content-Length: 0\r\n\r\n", OTA_E_HTTP_LENGTH},
    {PARTIAL PIECE "Content-Length: -16\r\n\r\n", OTA_E_HTTP_HEADER},
    {PARTIAL PIECE "Content-Length: 0x10\r\n\r\n", OTA_E_HTTP_HEADER},
    {PARTIAL PIECE "Content-Length: 4294967312\r\n\r\n", OTA_E_HTTP_HEADER},
    {PARTIAL PIECE "Content-Length: 16\r\nContent-Length: 17\r\n\r\n",
     OTA_E_HTTP_HEADER},
    {PARTIAL PIECE "Content-Length:\r\n\r\n", OTA_E_HTTP_HEADER},
    {PARTIAL PIECE "Transfer-Encoding: chunked\r\n\r\n10\r\n",
     OTA_E_HTTP_LENGTH},
    /* ranges */
    {PARTIAL "\r\n", OTA_E_RANGE_WRONG},
    {PARTIAL "Content-Type: multipart/byteranges; boundary=x\r\n\r\n--x\r\n"
             "Content-Range: bytes 0-15/9872\r\n\r\n",
     OTA_E_RANGE_WRONG},
    {PARTIAL PIECE PIECE "\r\n", OTA_E_HTTP_HEADER},
    {PARTIAL "Content-Range: bytes 1-15/9872\r\n\r\n", OTA_E_RANGE_WRONG},
    {PARTIAL "Content-Range: bytes 0-16/9872\r\n\r\n", OTA_E_RANGE_WRONG},
    {PARTIAL "Content-Range: bytes 15-0/9872\r\n\r\n", OTA_E_RANGE_WRONG},
    {PARTIAL "Content-Range: bytes 0-15/15\r\n\r\n", OTA_E_RANGE_WRONG},
    {PARTIAL "Content-Range: bytes 0-15/0\r\n\r\n", OTA_E_RANGE_WRONG},
    {PARTIAL "Content-Range: bytes 0-15/*\r\n\r\n", OTA_E_RANGE_WRONG},
    {PARTIAL "Content-Range: bytes */9872\r\n\r\n", OTA_E_RANGE_WRONG},
    {PARTIAL "Content-Range: bytes 0-14/9872\r\n\r\n", OTA_E_RANGE_WRONG},
    {PARTIAL "Content-Range: bytes 0-15\r\n\r\n", OTA_E_HTTP_HEADER},
    {PARTIAL "Content-Range: bytes 0-15/\r\n\r\n", OTA_E_HTTP_HEADER},
    {PARTIAL "Content-Range: bytes 0-15/9872 \v\r\n\r\n", OTA_E_HTTP_HEADER},
    {PARTIAL "Content-Range: bytes 0-15/4294977088\r\n\r\n", OTA_E_HTTP_HEADER},
    {PARTIAL "Content-Range: lines 0-15/9872\r\n\r\n", OTA_E_HTTP_HEADER},
    {PARTIAL "Content-Range: 0-15/9872\r\n\r\n", OTA_E_HTTP_HEADER},
    /* no end */
    {PARTIAL PIECE, OTA_E_TIMEOUT},
    {PARTIAL PIECE "\r\n", OTA_E_TIMEOUT},
    {"HTTP/1.1 100 Continue\r\n\r\n", OTA_E_TIMEOUT},
    {"", OTA_E_TIMEOUT},
};

static void what_may_pass_is_tried_again_but_not_for_ever(void **state)
{
    struct agent_fixture f;
    (void)state;
    init(&f);
    for (size_t i = 0; i < sizeof(passing_answers) / sizeof(*passing_answers);
         i++) {
        agent_fixture_reset(&f);
        serve_raw(&f, passing_answers[i].text, 1, FOR_EVER);
        agent_fixture_expect_given_up(&f, passing_answers[i].why);
        assert_int_equal(f.world.told[AGENT_RETRIES], 7);
        assert_int_equal(f.world.server.requests, 8);
        assert_int_equal(f.world.nor.operations, 0);
    }
    agent_fixture_release(&f);
}

static void an_end_instead_of_an_answer_as_well(void **state)
{
    static const char *const texts[] = {"", "HTTP/1.1 20", PARTIAL PIECE};
    struct agent_fixture f;
    (void)state;
    init(&f);
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        agent_fixture_reset(&f);
        serve_raw(&f, texts[i], 1, FOR_EVER);
        f.world.server.ends_raw = true;
        agent_fixture_expect_given_up(&f, OTA_E_CUT_OFF);
    }
    agent_fixture_release(&f);
}

/* Once in the middle, and the update goes on. */
static void what_passes_does_no_harm(void **state)
{
    struct agent_fixture f;
    (void)state;
    init(&f);
    for (size_t i = 0; i < sizeof(passing_answers) / sizeof(*passing_answers);
         i++)
        for (uint32_t at = 1; at <= 4; at++) {
            agent_fixture_reset(&f);
            f.world.server.most_bytes = 6000;
            serve_raw(&f, passing_answers[i].text, at, 1);
            agent_fixture_expect(&f, AGENT_UPDATED);
            agent_fixture_expect_new(&f);
            assert_in_range(f.world.server.body_bytes, LEARNED + f.new_size,
                            LEARNED + f.new_size + 16);
        }
    agent_fixture_release(&f);
}

/* From the middle on: the journal keeps what is there. */
static void what_stays_wrong_in_the_middle_is_given_up(void **state)
{
    struct agent_fixture f;
    struct ota_error err;
    (void)state;
    init(&f);
    for (size_t i = 0; i < sizeof(final_answers) / sizeof(*final_answers);
         i++) {
        agent_fixture_reset(&f);
        f.world.server.most_bytes = 6000;
        serve_raw(&f, final_answers[i].text, 4, FOR_EVER);
        assert_int_equal(agent_world_run(&f.world, &err), AGENT_FAILED);
        assert_int_equal(f.world.told[AGENT_REFUSED], 1);
        assert_int_equal(f.world.told[AGENT_RETRIES], 1);
        assert_int_equal(f.world.last_value[AGENT_PROGRESS], 4096);
        agent_fixture_expect_untouched(&f);
        f.world.server.raw = NULL;
        f.world.server.body_bytes = 0;
        agent_fixture_expect(&f, AGENT_UPDATED);
        agent_fixture_expect_new(&f);
        assert_int_equal(f.world.server.body_bytes,
                         LEARNED + f.new_size - 4096);
    }
    agent_fixture_release(&f);
}

/* --- sizes of headers --------------------------------------------------- */

static void headers_of_1024_bytes_are_the_longest(void **state)
{
    struct agent_fixture f;
    char more[1200] = "X-Filler: ";
    (void)state;
    init(&f);
    memset(more + strlen(more), 'x', 800);
    strcat(more, "\r\n");
    f.world.server.more = more;
    agent_fixture_expect(&f, AGENT_UPDATED);
    agent_fixture_expect_new(&f);
    agent_fixture_reset(&f);
    memset(more + 810, 'x', 200);
    strcpy(more + 1010, "\r\n");
    f.world.server.more = more;
    agent_fixture_expect_given_up(&f, OTA_E_HTTP_HEADER);
    agent_fixture_release(&f);
}

static void many_fields_are_too_many(void **state)
{
    struct agent_fixture f;
    char more[1600] = "";
    (void)state;
    init(&f);
    for (int i = 0; i < 200; i++)
        strcat(more, "A: b\r\n");
    f.world.server.more = more;
    agent_fixture_expect_given_up(&f, OTA_E_HTTP_HEADER);
    agent_fixture_release(&f);
}

/* Each byte comes in time, the header does not. */
static void a_header_that_trickles_in_is_given_up(void **state)
{
    struct agent_fixture f;
    (void)state;
    init(&f);
    f.world.server.chunk = 1;
    f.world.agent.timeout_ms = 10;
    agent_fixture_expect_given_up(&f, OTA_E_TIMEOUT);
    agent_fixture_release(&f);
}

/* --- lengths ------------------------------------------------------------ */

static void lies_about_the_length_are_seen(void **state)
{
    static const int32_t lies[] = {1, -1, 4096, -15, 0x7fff0000};
    struct agent_fixture f;
    (void)state;
    init(&f);
    for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
        agent_fixture_reset(&f);
        f.world.server.length_lie = lies[i];
        agent_fixture_expect_given_up(&f, OTA_E_HTTP_LENGTH);
    }
    agent_fixture_release(&f);
}

static void lies_about_the_place_are_seen(void **state)
{
    static const int32_t lies[] = {1, 15, 4096, 0x7fff0000};
    struct agent_fixture f;
    (void)state;
    init(&f);
    for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
        agent_fixture_reset(&f);
        f.world.server.first_lie = lies[i];
        agent_fixture_expect_given_up(&f, OTA_E_RANGE_WRONG);
    }
    agent_fixture_release(&f);
}

/* The server says so each time: what is too long ends too early, what is
 * too short is no whole app. */
static void lies_about_the_total_are_seen(void **state)
{
    static const int32_t lies[] = {1,   16,   100,   0x1000,  0x100000,
                                   -16, -100, -4096, -0x2000, 0x7f000000};
    struct agent_fixture f;
    struct ota_error err;
    (void)state;
    init(&f);
    for (size_t i = 0; i < sizeof(lies) / sizeof(*lies); i++) {
        agent_fixture_reset(&f);
        f.world.server.total_lie = lies[i];
        assert_int_equal(agent_world_run(&f.world, &err), AGENT_FAILED);
        assert_int_equal(f.world.told[AGENT_REFUSED], 1);
        assert_in_range(f.world.server.requests, 2, 20);
        agent_fixture_expect_untouched(&f);
    }
    agent_fixture_release(&f);
}

static void bodies_that_end_early_are_given_up(void **state)
{
    struct agent_fixture f;
    (void)state;
    init(&f);
    f.world.server.short_body = 1;
    agent_fixture_expect_given_up(&f, OTA_E_CUT_OFF);
    assert_int_equal(f.world.told[AGENT_FOUND], 0);
    agent_fixture_reset(&f);
    f.world.server.short_body = 16;
    agent_fixture_expect_given_up(&f, OTA_E_CUT_OFF);
    agent_fixture_reset(&f);
    f.world.server.short_body = 100;
    f.world.server.short_from = 3;
    agent_fixture_expect_given_up(&f, OTA_E_CUT_OFF);
    assert_int_equal(f.world.server.body_bytes, LEARNED + f.new_size - 100);
    f.world.server.short_body = 0;
    f.world.server.body_bytes = 0;
    agent_fixture_expect(&f, AGENT_UPDATED);
    agent_fixture_expect_new(&f);
    assert_in_range(f.world.server.body_bytes, LEARNED + 100, LEARNED + 4096);
    agent_fixture_release(&f);
}

static void without_a_length_the_range_counts(void **state)
{
    struct agent_fixture f;
    (void)state;
    init(&f);
    f.world.server.has_no_length = true;
    agent_fixture_expect(&f, AGENT_UPDATED);
    agent_fixture_expect_new(&f);
    assert_int_equal(f.world.server.connections, 3);
    assert_int_equal(f.world.told[AGENT_RETRIES], 0);
    agent_fixture_release(&f);
}

/* --- connections -------------------------------------------------------- */

static void a_close_after_each_1000_bytes_is_no_end(void **state)
{
    struct agent_fixture f;
    (void)state;
    init(&f);
    f.world.server.most_bytes = 1000;
    agent_fixture_expect(&f, AGENT_UPDATED);
    agent_fixture_expect_new(&f);
    assert_int_equal(f.world.server.body_bytes, LEARNED + f.new_size);
    for (uint32_t i = 0; i < f.world.told[AGENT_RETRIES]; i++)
        assert_in_range(f.world.waits[i], 250, 500);
    agent_fixture_release(&f);
}

static void closes_that_leave_no_room_for_a_byte_are_given_up(void **state)
{
    struct agent_fixture f;
    (void)state;
    init(&f);
    f.world.server.most_bytes = 100;
    agent_fixture_expect_given_up(&f, OTA_E_CUT_OFF);
    agent_fixture_release(&f);
}

static void silence_is_given_up(void **state)
{
    static const uint32_t after[] = {1, 20, 130, 140};
    struct agent_fixture f;
    (void)state;
    init(&f);
    for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++) {
        agent_fixture_reset(&f);
        f.world.server.silent_after = after[i];
        agent_fixture_expect_given_up(&f, OTA_E_TIMEOUT);
        assert_int_equal(f.world.server.connections, 8);
    }
    agent_fixture_release(&f);
}

static void silence_in_the_middle_costs_a_connection(void **state)
{
    struct agent_fixture f;
    (void)state;
    init(&f);
    f.world.server.silent_after = 5000;
    agent_fixture_expect(&f, AGENT_UPDATED);
    agent_fixture_expect_new(&f);
    assert_int_equal(f.world.server.body_bytes, LEARNED + f.new_size);
    agent_fixture_release(&f);
}

static void refused_connections_are_given_up(void **state)
{
    struct agent_fixture f;
    (void)state;
    init(&f);
    f.world.server.refusals = 1000;
    agent_fixture_expect_given_up(&f, OTA_E_CONNECT);
    assert_int_equal(f.world.server.refusals, 992);
    agent_fixture_reset(&f);
    f.world.server.refusals = 7;
    agent_fixture_expect(&f, AGENT_UPDATED);
    agent_fixture_expect_new(&f);
    agent_fixture_release(&f);
}

/* --- times -------------------------------------------------------------- */

static void retry_after_is_waited_for(void **state)
{
    struct agent_fixture f;
    (void)state;
    init(&f);
    serve_raw(&f, "HTTP/1.1 503 Busy\r\nRetry-After: 120\r\n\r\n", 2, 2);
    agent_fixture_expect(&f, AGENT_UPDATED);
    agent_fixture_expect_new(&f);
    assert_int_equal(f.world.told[AGENT_RETRIES], 2);
    assert_in_range(f.world.waits[0], 120000, 121000);
    assert_in_range(f.world.waits[1], 120000, 121000);
    agent_fixture_release(&f);
}

static void retry_after_is_bounded(void **state)
{
    struct agent_fixture f;
    struct ota_error err;
    (void)state;
    init(&f);
    serve_raw(&f, "HTTP/1.1 503 Busy\r\nRetry-After: 999999\r\n\r\n", 1,
              FOR_EVER);
    assert_int_equal(agent_world_run(&f.world, &err), AGENT_FAILED);
    assert_int_equal(err.code, OTA_E_UPDATE_GIVEN_UP);
    assert_int_equal(f.world.reason.code, OTA_E_HTTP_STATUS);
    assert_int_equal(f.world.reason.actual, 503);
    for (uint32_t i = 0; i < 7; i++)
        assert_in_range(f.world.waits[i], 3600000, 3700000);
    agent_fixture_expect_untouched(&f);
    agent_fixture_release(&f);
}

static void waits_grow_to_five_minutes_at_most(void **state)
{
    struct agent_fixture f;
    struct ota_error err;
    (void)state;
    init(&f);
    f.world.server.refusals = 1000;
    f.world.agent.most_attempts = 40;
    assert_int_equal(agent_world_run(&f.world, &err), AGENT_FAILED);
    assert_int_equal(f.world.told[AGENT_RETRIES], 39);
    for (uint32_t i = 10; i < 39; i++)
        assert_in_range(f.world.waits[i], 150000, 300000);
    agent_fixture_release(&f);
}

/* --- damaged headers ---------------------------------------------------- */

/* Whatever a damaged answer makes of the run: right bytes or none. */
static void run_damaged(struct agent_fixture *f)
{
    struct ota_error err;
    enum agent_result result = agent_world_run(&f->world, &err);
    assert_in_range(f->world.server.requests, 1, 12);
    assert_int_not_equal(result, AGENT_UP_TO_DATE);
    if (result == AGENT_UPDATED) {
        agent_fixture_expect_new(f);
        return;
    }
    assert_int_equal(f->world.told[AGENT_REFUSED], 1);
    agent_fixture_expect_untouched(f);
}

static uint32_t head_size(struct agent_fixture *f, uint32_t request)
{
    agent_fixture_reset(f);
    f->world.server.most_bytes = request == 4 ? 6000 : 0;
    f->world.server.damaged = request;
    agent_fixture_expect(f, AGENT_UPDATED);
    return f->world.server.damaged_size;
}

static void prefixes_of_a_header_do_no_harm(void **state)
{
    struct agent_fixture f;
    (void)state;
    init(&f);
    for (uint32_t request = 1; request <= 4; request++) {
        uint32_t size = head_size(&f, request);
        assert_in_range(size, 90, 400);
        for (uint32_t i = 0; i < 2 * size; i++) {
            agent_fixture_reset(&f);
            f.world.server.most_bytes = request == 4 ? 6000 : 0;
            f.world.server.damaged = request;
            f.world.server.head_kept = i / 2 + 1;
            f.world.server.ends_after_head = i % 2;
            run_damaged(&f);
        }
    }
    agent_fixture_release(&f);
}

static void flipped_bits_of_a_header_do_no_harm(void **state)
{
    struct agent_fixture f;
    (void)state;
    init(&f);
    for (uint32_t request = 1; request <= 4; request++) {
        uint32_t size = head_size(&f, request);
        for (uint32_t bit = 0; bit < 8 * size; bit++) {
            agent_fixture_reset(&f);
            f.world.server.most_bytes = request == 4 ? 6000 : 0;
            f.world.server.damaged = request;
            f.world.server.flip_bit = bit + 1;
            run_damaged(&f);
        }
    }
    agent_fixture_release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_pass_is_refused_at_once),
        cmocka_unit_test(what_may_pass_is_tried_again_but_not_for_ever),
        cmocka_unit_test(an_end_instead_of_an_answer_as_well),
        cmocka_unit_test(what_passes_does_no_harm),
        cmocka_unit_test(what_stays_wrong_in_the_middle_is_given_up),
        cmocka_unit_test(headers_of_1024_bytes_are_the_longest),
        cmocka_unit_test(many_fields_are_too_many),
        cmocka_unit_test(a_header_that_trickles_in_is_given_up),
        cmocka_unit_test(lies_about_the_length_are_seen),
        cmocka_unit_test(lies_about_the_place_are_seen),
        cmocka_unit_test(lies_about_the_total_are_seen),
        cmocka_unit_test(bodies_that_end_early_are_given_up),
        cmocka_unit_test(without_a_length_the_range_counts),
        cmocka_unit_test(a_close_after_each_1000_bytes_is_no_end),
        cmocka_unit_test(closes_that_leave_no_room_for_a_byte_are_given_up),
        cmocka_unit_test(silence_is_given_up),
        cmocka_unit_test(silence_in_the_middle_costs_a_connection),
        cmocka_unit_test(refused_connections_are_given_up),
        cmocka_unit_test(retry_after_is_waited_for),
        cmocka_unit_test(retry_after_is_bounded),
        cmocka_unit_test(waits_grow_to_five_minutes_at_most),
        cmocka_unit_test(prefixes_of_a_header_do_no_harm),
        cmocka_unit_test(flipped_bits_of_a_header_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
