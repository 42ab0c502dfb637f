/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the old NonOS clients ask, and what they make of headers: each rule by
 * a server that sends exactly the segments of a script.
 */
#include "cmocka_all.h"
#include "old_world.h"
#include <stdio.h>
#include <string.h>

/* --- the sequence ------------------------------------------------------- */

static void test_head_then_get(void **state)
{
    struct old_world *world = *state;
    struct old_server *server = &world->server;
    say_well(world);
    check(world, OLD_CLIENT_DONE);
    assert_int_equal(server->connections, 2);
    assert_int_equal(server->request_count, 2);
    assert_ptr_equal(strstr(server->requests[0], "HEAD /user2.bin HTTP/1.1"),
                     server->requests[0]);
    assert_non_null(strstr(server->requests[0], "Connection: close\r\n"));
    assert_ptr_equal(strstr(server->requests[1], "GET /user2.bin HTTP/1.1"),
                     server->requests[1]);
    assert_non_null(strstr(server->requests[1], "Connection: keep-alive\r\n"));
    assert_int_equal(world->nor.erases, 10);
}

static void test_each_client_takes_a_good_answer(void **state)
{
    (void)state;
    check_nonos(say_well, ALL(OLD_CLIENT_DONE));
}

/* Also in the path. */
static void test_get_is_replaced_everywhere(void **state)
{
    struct old_world *world = *state;
    world->client.path = "/GETGET/keep-alive?GET";
    say_well(world);
    check(world, OLD_CLIENT_DONE);
    assert_ptr_equal(
        strstr(world->server.requests[0], "HEAD /HEADHEAD/close?HEAD HTTP/1.1"),
        world->server.requests[0]);
}

static void test_long_request_crashes(void **state)
{
    struct old_world *world = *state;
    char path[512];
    memset(path, 'x', sizeof(path));
    path[0] = '/';
    path[sizeof(path) - 1] = '\0';
    world->client.path = path;
    check(world, OLD_CLIENT_CRASHED);
}

static void test_running_user2_writes_user1(void **state)
{
    struct old_world *world = *state;
    world->client.running = 2;
    world->file[3] = 1;
    seal(world);
    say(world, 1, header(world));
    say_joined(world, 2, world->header, 100);
    say_body(world, 2, 100, MSS);
    check(world, OLD_CLIENT_DONE);
}

static void script_server_ends_after_head(struct old_world *world)
{
    say_well(world);
    world->server.endings[1] = ENDS;
}

static void test_server_may_end_after_head(void **state)
{
    (void)state;
    check_nonos(script_server_ends_after_head, ALL(OLD_CLIENT_DONE));
}

static void script_surplus_in_its_own_segment(struct old_world *world)
{
    say_well(world);
    say(world, 2, "more");
}

static void test_surplus_behind_is_not_seen(void **state)
{
    (void)state;
    check_nonos(script_surplus_in_its_own_segment, ALL(OLD_CLIENT_DONE));
}

/* --- fallback to GET ---------------------------------------------------- */

static void script_no_head_but_get(struct old_world *world)
{
    say(world, 1, "HTTP/1.1 501 Unsupported\r\n\r\n");
    say(world, 1, header(world));
    on_second_request(world);
    say(world, 2, world->header);
    say_body(world, 2, 0, MSS);
}

static void test_get_when_head_has_no_length(void **state)
{
    struct old_world *world = *state;
    check_nonos(script_no_head_but_get, ALL(OLD_CLIENT_DONE));
    script_no_head_but_get(world);
    check(world, OLD_CLIENT_DONE);
    assert_int_equal(world->server.request_count, 3);
    assert_memory_equal(world->server.requests[1], "GET", 3);
}

static void script_no_head_and_end(struct old_world *world)
{
    script_no_head_but_get(world);
    world->server.step_count = 1;
    world->server.endings[1] = ENDS;
}

static void test_no_fallback_when_the_server_ends(void **state)
{
    (void)state;
    check_nonos(script_no_head_and_end, ALL(OLD_CLIENT_TIMED_OUT));
}

/* Segments of the body that come before it closes are requests more. */
static void test_body_brings_a_storm_of_gets(void **state)
{
    struct old_world *world = *state;
    say(world, 1, header(world));
    say_bytes(world, 1, world->file, MSS);
    say_bytes(world, 1, world->file, MSS);
    say_bytes(world, 1, world->file, MSS);
    say(world, 2, world->header);
    say_body(world, 2, 0, MSS);
    check(world, OLD_CLIENT_DONE);
    assert_int_equal(world->server.request_count, 5);
}

static void script_head_without_length(struct old_world *world)
{
    say(world, 1, "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n");
    say(world, 1, header(world));
    on_second_request(world);
    say(world, 2, world->header);
    say_body(world, 2, 0, MSS);
}

/* 3.x waits for the rest of what it believes to be a header. */
static void test_no_length_for_head(void **state)
{
    (void)state;
    check_nonos(script_head_without_length,
                BUT_N30(OLD_CLIENT_DONE, OLD_CLIENT_TIMED_OUT));
}

/* --- header rules ------------------------------------------------------- */

static void say_head_only(struct old_world *world, const char *text)
{
    say(world, 1, text);
    say(world, 2, header(world));
    say_body(world, 2, 0, MSS);
}

static void script_lower_case(struct old_world *world)
{
    say_head_only(world, "HTTP/1.1 200 OK\r\ncontent-length: 40000\r\n\r\n");
}

static void script_no_space(struct old_world *world)
{
    say_head_only(world, "HTTP/1.1 200 OK\r\nContent-Length:40000\r\n\r\n");
}

static void script_bare_lines(struct old_world *world)
{
    say_head_only(world, "HTTP/1.1 200 OK\nContent-Length: 40000\n\n");
}

static void script_chunked(struct old_world *world)
{
    static const char text[] =
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    say(world, 1, text);
    say(world, 1, text);
    on_second_request(world);
}

static void test_headers_that_stall(void **state)
{
    (void)state;
    check_nonos(script_lower_case, ALL(OLD_CLIENT_TIMED_OUT));
    check_nonos(script_no_space, ALL(OLD_CLIENT_TIMED_OUT));
    check_nonos(script_bare_lines, ALL(OLD_CLIENT_TIMED_OUT));
    check_nonos(script_chunked, ALL(OLD_CLIENT_TIMED_OUT));
}

static void script_length_zero(struct old_world *world)
{
    say_head_only(world, "HTTP/1.1 404 None\r\nContent-Length: 0\r\n\r\n");
}

static void test_length_zero_fails_at_once(void **state)
{
    struct old_world *world = *state;
    check_nonos(script_length_zero, ALL(OLD_CLIENT_NO_LENGTH));
    script_length_zero(world);
    check(world, OLD_CLIENT_NO_LENGTH);
    assert_true(world->server.now_ms < 100);
    assert_int_equal(world->nor.erases, 0);
}

static void script_first_length_wins(struct old_world *world)
{
    say_head_only(world, "HTTP/1.1 200 OK\r\nX-Content-Length: 0\r\n"
                         "Content-Length: 40000\r\n\r\n");
}

static void test_first_length_wins(void **state)
{
    (void)state;
    check_nonos(script_first_length_wins, ALL(OLD_CLIENT_NO_LENGTH));
}

/* An error page with a length costs an erase and is asked for. */
static void script_status_is_not_seen(struct old_world *world)
{
    say_head_only(world, "HTTP/1.1 404 None\r\nContent-Length: 40000\r\n\r\n");
}

static void test_status_is_not_seen(void **state)
{
    (void)state;
    check_nonos(script_status_is_not_seen, ALL(OLD_CLIENT_DONE));
}

static void script_long_number(struct old_world *world)
{
    say_head_only(world, "HTTP/1.1 200 OK\r\nContent-Length: "
                         "00000000000000000000000000040000\r\n\r\n");
}

static void script_longest_number(struct old_world *world)
{
    say_head_only(world, "HTTP/1.1 200 OK\r\nContent-Length: "
                         "0000000000000000000000000040000\r\n\r\n");
}

static void test_number_has_room_for_31(void **state)
{
    (void)state;
    check_nonos(script_long_number, ALL(OLD_CLIENT_CRASHED));
    check_nonos(script_longest_number, ALL(OLD_CLIENT_DONE));
}

static void test_a_header_of_1400_bytes(void **state)
{
    struct old_world *world = *state;
    char filler[1301];
    char text[1460];
    memset(filler, 'x', sizeof(filler) - 1);
    filler[sizeof(filler) - 1] = '\0';
    snprintf(text, sizeof(text),
             "HTTP/1.1 200 OK\r\nX: %s\r\nContent-Length: %d\r\n\r\n", filler,
             FILE_SIZE);
    say(world, 1, text);
    say(world, 2, text);
    say_body(world, 2, 0, MSS);
    check(world, OLD_CLIENT_DONE);
}

/* --- split headers ------------------------------------------------------ */

static void script_split_before_length(struct old_world *world)
{
    say(world, 1, header(world));
    say(world, 2, "HTTP/1.0 200 OK\r\nServer: x\r\n");
    say(world, 2, "Content-Length: 40000\r\n\r\n");
    say_body(world, 2, 0, MSS);
}

/* Before 3.x a header that is not whole is written to flash. */
static void test_split_before_the_length(void **state)
{
    (void)state;
    check_nonos(script_split_before_length,
                BUT_N30(OLD_CLIENT_TIMED_OUT, OLD_CLIENT_DONE));
}

static void script_split_behind_length(struct old_world *world)
{
    say(world, 1, header(world));
    say(world, 2, "HTTP/1.0 200 OK\r\nContent-Length: 40000\r\n");
    say(world, 2, "Server: x\r\n\r\n");
    say_body(world, 2, 0, MSS);
}

static void script_line_by_line(struct old_world *world)
{
    say(world, 1, header(world));
    say(world, 2, "HTTP/1.0 200 OK\r\n");
    say(world, 2, "Content-Length: 40000\r\n");
    say(world, 2, "\r\n");
    say_body(world, 2, 0, MSS);
}

static void test_split_behind_the_length(void **state)
{
    (void)state;
    check_nonos(script_split_behind_length, ALL(OLD_CLIENT_TIMED_OUT));
    check_nonos(script_line_by_line, ALL(OLD_CLIENT_TIMED_OUT));
}

/* --- lengths that differ ------------------------------------------------ */

static void script_head_says_less(struct old_world *world)
{
    memset(world->nor.data, 0, 0x400000);
    say(world, 1, "HTTP/1.0 200 OK\r\nContent-Length: 4096\r\n\r\n");
    say(world, 2, header(world));
    say_body(world, 2, 0, MSS);
}

static void script_head_says_more(struct old_world *world)
{
    memset(world->nor.data, 0, 0x400000);
    say(world, 1, "HTTP/1.0 200 OK\r\nContent-Length: 49999\r\n\r\n");
    say(world, 2, header(world));
    say_body(world, 2, 0, MSS);
}

/* HEAD decides what is erased, GET when it is complete. */
static void test_head_and_get_differ(void **state)
{
    (void)state;
    check_nonos(script_head_says_less, ALL(OLD_CLIENT_CRC));
    check_nonos(script_head_says_more, ALL(OLD_CLIENT_DONE));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_head_then_get),
        TEST(test_each_client_takes_a_good_answer),
        TEST(test_get_is_replaced_everywhere),
        TEST(test_long_request_crashes),
        TEST(test_running_user2_writes_user1),
        TEST(test_server_may_end_after_head),
        TEST(test_surplus_behind_is_not_seen),
        TEST(test_get_when_head_has_no_length),
        TEST(test_no_fallback_when_the_server_ends),
        TEST(test_body_brings_a_storm_of_gets),
        TEST(test_no_length_for_head),
        TEST(test_headers_that_stall),
        TEST(test_length_zero_fails_at_once),
        TEST(test_first_length_wins),
        TEST(test_status_is_not_seen),
        TEST(test_number_has_room_for_31),
        TEST(test_a_header_of_1400_bytes),
        TEST(test_split_before_the_length),
        TEST(test_split_behind_the_length),
        TEST(test_head_and_get_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
