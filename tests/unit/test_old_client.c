/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the old clients make of the body, their limits of time and size, the
 * RTOS example, and the switch to the other slot.
 */
#include "cmocka_all.h"
#include "old_world.h"
#include "otatool/boot_params.h"
#include "otatool/crc32.h"
#include <stdio.h>
#include <string.h>

/* --- first bytes -------------------------------------------------------- */

static void say_first(struct old_world *world, uint32_t with_header)
{
    seal(world);
    say(world, 1, header(world));
    if (with_header == 0)
        say(world, 2, world->header);
    else
        say_joined(world, 2, world->header, with_header);
    say_body(world, 2, with_header, MSS);
}

static void script_bootloader_apart(struct old_world *world)
{
    world->file[3] = 0x40;
    say_first(world, 0);
}

static void script_bootloader_joined(struct old_world *world)
{
    world->file[3] = 0x40;
    say_first(world, 200);
}

static void script_joined(struct old_world *world)
{
    say_first(world, 200);
}

static void script_container_joined(struct old_world *world)
{
    world->file[0] = 0xea;
    world->file[1] = 4;
    say_first(world, 200);
}

static void script_two_segments_joined(struct old_world *world)
{
    world->file[1] = 2;
    say_first(world, 200);
}

static void script_wrong_slot_joined(struct old_world *world)
{
    world->file[3] = 1;
    say_first(world, 200);
}

static void script_three_bytes_joined(struct old_world *world)
{
    say_first(world, 3);
}

static void script_four_bytes_joined(struct old_world *world)
{
    say_first(world, 4);
}

static void test_first_bytes_in_the_headers_segment(void **state)
{
    (void)state;
    check_nonos(script_joined, ALL(OLD_CLIENT_DONE));
    check_nonos(script_container_joined, ALL(OLD_CLIENT_DONE));
    check_nonos(script_four_bytes_joined, ALL(OLD_CLIENT_DONE));
    check_nonos(script_bootloader_joined, ALL(OLD_CLIENT_REFUSED));
    check_nonos(script_two_segments_joined, ALL(OLD_CLIENT_REFUSED));
    check_nonos(script_wrong_slot_joined, ALL(OLD_CLIENT_REFUSED));
    check_nonos(script_three_bytes_joined, ALL(OLD_CLIENT_REFUSED));
}

static void test_first_bytes_apart_are_not_checked(void **state)
{
    (void)state;
    check_nonos(script_bootloader_apart, ALL(OLD_CLIENT_DONE));
}

static void script_all_in_one(struct old_world *world)
{
    make_file(world, 400);
    say_first(world, 400);
}

static void test_file_in_the_headers_segment(void **state)
{
    (void)state;
    check_nonos(script_all_in_one, ALL(OLD_CLIENT_CRC));
}

/* --- body --------------------------------------------------------------- */

static void test_segments_of_any_size(void **state)
{
    static const uint32_t sizes[] = {536, 997, 1460, OLD_CLIENT_ROOM, 501};
    (void)state;
    for (int kind = 0; kind < 4; kind++)
        for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            void *fresh;
            set_up(&fresh);
            struct old_world *world = fresh;
            use(world, nonos[kind]);
            say(world, 1, header(world));
            say(world, 2, world->header);
            say_body(world, 2, 0, sizes[i]);
            check(world, OLD_CLIENT_DONE);
            tear_down(&fresh);
        }
}

/* The CRC is looked for in the last 4 bytes of the last segment. */
static void test_last_segment_needs_a_word(void **state)
{
    (void)state;
    for (uint32_t last = 1; last <= 5; last++) {
        void *fresh;
        set_up(&fresh);
        struct old_world *world = fresh;
        make_file(world, 20 * MSS + last);
        seal(world);
        say(world, 1, header(world));
        say(world, 2, world->header);
        say_body(world, 2, 0, MSS);
        check(world, last < 4 ? OLD_CLIENT_CRC : OLD_CLIENT_DONE);
        tear_down(&fresh);
    }
}

static void script_surplus_joined(struct old_world *world)
{
    say(world, 1, header_of(world, FILE_SIZE - 8));
    say(world, 2, world->header);
    say_body(world, 2, 0, MSS);
}

static void test_surplus_in_the_last_segment(void **state)
{
    (void)state;
    check_nonos(script_surplus_joined, ALL(OLD_CLIENT_TIMED_OUT));
}

/* A string of any web server, at the beginning of a segment. */
static void script_status_in_the_file(struct old_world *world)
{
    static const char text[] = "HTTP/1.1 200 OK\r\n";
    memcpy(world->file + 5 * MSS, text, sizeof(text));
    seal(world);
    say_well(world);
}

static void script_status_behind_a_nul(struct old_world *world)
{
    static const char text[] = "\0HTTP/1.1 200 OK\r\n";
    memcpy(world->file + 5 * MSS, text, sizeof(text));
    seal(world);
    say_well(world);
}

static void test_status_within_the_body(void **state)
{
    (void)state;
    check_nonos(script_status_in_the_file,
                BUT_N30(OLD_CLIENT_DONE, OLD_CLIENT_TIMED_OUT));
    check_nonos(script_status_behind_a_nul, ALL(OLD_CLIENT_DONE));
}

static void script_cut_off(struct old_world *world)
{
    say_well(world);
    world->server.step_count -= 3;
    world->server.endings[2] = ENDS;
}

static void test_cut_off_then_again(void **state)
{
    struct old_world *world = *state;
    check_nonos(script_cut_off, ALL(OLD_CLIENT_TIMED_OUT));
    script_cut_off(world);
    check(world, OLD_CLIENT_TIMED_OUT);
    world->server = (struct old_server){0};
    say_well(world);
    check(world, OLD_CLIENT_DONE);
}

static void script_wrong_crc(struct old_world *world)
{
    world->file[FILE_SIZE - 1] ^= 1;
    say_well(world);
}

/* zlib's own form of the CRC is none of theirs. */
static void script_plain_crc(struct old_world *world)
{
    uint32_t crc = ota_crc32(0, world->file, FILE_SIZE - 4);
    for (int i = 0; i < 4; i++)
        world->file[FILE_SIZE - 4 + i] = (uint8_t)(crc >> 8 * i);
    say_well(world);
}

static void test_crc(void **state)
{
    struct old_world *world = *state;
    check_nonos(script_wrong_crc, ALL(OLD_CLIENT_CRC));
    check_nonos(script_plain_crc, ALL(OLD_CLIENT_CRC));
    make_file(world, FILE_SIZE + 2);
    seal(world);
    say_well(world);
    check(world, OLD_CLIENT_DONE);
}

static void test_write_errors_show_as_crc(void **state)
{
    struct old_world *world = *state;
    say_well(world);
    world->nor.failing_at = 50;
    check(world, OLD_CLIENT_CRC);
}

/* --- time --------------------------------------------------------------- */

static void test_no_connection(void **state)
{
    struct old_world *world = *state;
    say_well(world);
    world->server.refused = 1;
    check(world, OLD_CLIENT_TIMED_OUT);
    world->server = (struct old_server){0};
    say_well(world);
    world->server.refused = 2;
    check(world, OLD_CLIENT_TIMED_OUT);
}

static void test_silence(void **state)
{
    struct old_world *world = *state;
    say(world, 1, header(world));
    say(world, 2, world->header);
    say_bytes(world, 2, world->file, MSS);
    check(world, OLD_CLIENT_TIMED_OUT);
}

/* --- sizes -------------------------------------------------------------- */

/* Whether a file of this size gets into the slot. */
static bool takes(enum ota_client kind, uint8_t map, uint32_t size)
{
    void *state;
    set_up(&state);
    struct old_world *world = state;
    use(world, kind);
    use_map(world, map);
    make_file(world, size);
    seal(world);
    uint32_t length = (uint32_t)strlen(header(world));
    say(world, 1, world->header);
    say_bytes(world, 2, world->header, length);
    /* R21 has one connection. */
    if (kind == OTA_CLIENT_R21)
        world->server.step_count = 1;
    say_body(world, kind == OTA_CLIENT_R21 ? 1 : 2, 0, MSS);
    bool is_done = old_client_run(&world->client) == OLD_CLIENT_DONE;
    tear_down(&state);
    return is_done;
}

/* The figures were bisected on the SDK's own code. Multiples of 4. */
static void test_largest_file(void **state)
{
    static const uint8_t maps[] = {0, 2, 3, 4, 5, 6};
    (void)state;
    for (int kind = 0; kind < OTA_CLIENT_COUNT; kind++)
        for (unsigned i = 0; i < sizeof(maps); i++) {
            const struct ota_flash_map *map = ota_flash_map_by_code(maps[i]);
            uint32_t limit = ota_client_limit((enum ota_client)kind, map, NULL);
            if (limit > 0)
                assert_true(takes((enum ota_client)kind, maps[i], limit));
            assert_false(takes((enum ota_client)kind, maps[i],
                               limit > 0 ? limit + 4 : FILE_SIZE));
        }
}

static void test_partition_of_3_x(void **state)
{
    struct old_world *world = *state;
    use(world, OTA_CLIENT_N30);
    make_file(world, 491520);
    seal(world);
    say_well(world);
    check(world, OLD_CLIENT_TOO_LARGE);
    world->server = (struct old_server){0};
    say_well(world);
    world->client.partition = 0x78000;
    check(world, OLD_CLIENT_DONE);
}

static void test_more_erases_than_the_queue_holds(void **state)
{
    struct old_world *world = *state;
    use_map(world, 6);
    make_file(world, 983044);
    seal(world);
    say_well(world);
    check(world, OLD_CLIENT_TIMED_OUT);
    assert_int_equal(world->nor.erases, 0);
}

/* 2.0.0 does not know the two largest maps: it writes into user1. */
static void test_unknown_maps(void **state)
{
    struct old_world *world = *state;
    use(world, OTA_CLIENT_N20);
    use_map(world, 8);
    say_well(world);
    assert_int_equal(old_client_run(&world->client), OLD_CLIENT_DONE);
    assert_memory_equal(world->nor.data + 0x41000, world->file, FILE_SIZE);
}

/* --- the RTOS example --------------------------------------------------- */

static void start_rtos(struct old_world *world)
{
    use(world, OTA_CLIENT_R21);
    world->file[3] = 0x40; /* it checks no first bytes */
    seal(world);
}

static void test_rtos_asks_once(void **state)
{
    static const char wanted[] = "GET user2.bin HTTP/1.0\r\nHost: ";
    struct old_world *world = *state;
    start_rtos(world);
    say(world, 1, header(world));
    say_body(world, 1, 0, MSS);
    check(world, OLD_CLIENT_DONE);
    assert_int_equal(world->server.connections, 1);
    assert_int_equal(world->server.request_count, 1);
    const char *request = world->server.requests[0];
    uint32_t size = world->server.request_sizes[0];
    assert_memory_equal(request, wanted, sizeof(wanted) - 1);
    assert_memory_equal(request + size - 5, "\r\n\r\n", 5);
}

static void test_rtos_header_and_body_share_a_read(void **state)
{
    struct old_world *world = *state;
    start_rtos(world);
    say_joined(world, 1, header(world), 777);
    say_body(world, 1, 777, MSS);
    check(world, OLD_CLIENT_DONE);
}

static void test_rtos_whole_lines_apart(void **state)
{
    struct old_world *world = *state;
    start_rtos(world);
    say(world, 1, "HTTP/1.0 200 OK\r\n");
    say(world, 1, "Content-Type: application/octet-stream\r\n");
    say(world, 1, "Content-Length: 40000\r\n\r\n");
    say_body(world, 1, 0, MSS);
    check(world, OLD_CLIENT_DONE);
}

static void test_rtos_refuses(void **state)
{
    static const char *const texts[] = {
        "HTTP/1.0 404 None\r\nContent-Type: application/octet-stream\r\n"
        "Content-Length: 40000\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 40000\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n",
        "HTTP/1.0 200 OK\r\nContent-Type: application/octet-st",
    };
    (void)state;
    for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        void *fresh;
        set_up(&fresh);
        start_rtos(fresh);
        say(fresh, 1, texts[i]);
        say_body(fresh, 1, 0, MSS);
        check(fresh, OLD_CLIENT_REFUSED);
        tear_down(&fresh);
    }
}

static void test_rtos_cuts_surplus(void **state)
{
    struct old_world *world = *state;
    start_rtos(world);
    make_file(world, FILE_SIZE - 8);
    seal(world);
    say(world, 1, header(world));
    world->file_size = FILE_SIZE;
    say_body(world, 1, 0, MSS);
    world->file_size = FILE_SIZE - 8;
    check(world, OLD_CLIENT_DONE);
}

static void test_rtos_wants_words(void **state)
{
    struct old_world *world = *state;
    start_rtos(world);
    make_file(world, FILE_SIZE + 2);
    seal(world);
    say(world, 1, header(world));
    say_body(world, 1, 0, MSS);
    check(world, OLD_CLIENT_CRC);
}

/* Unlike NonOS: the word is read out of flash. */
static void test_rtos_short_last_read(void **state)
{
    struct old_world *world = *state;
    start_rtos(world);
    make_file(world, 20 * MSS);
    seal(world);
    say(world, 1, header(world));
    say_body(world, 1, 0, MSS - 1);
    check(world, OLD_CLIENT_DONE);
}

static void test_rtos_cut_off(void **state)
{
    struct old_world *world = *state;
    start_rtos(world);
    say(world, 1, header(world));
    say_bytes(world, 1, world->file, MSS);
    world->server.endings[1] = ENDS;
    check(world, OLD_CLIENT_CRASHED);
}

/* --- the switch --------------------------------------------------------- */

static struct ota_boot_params params_of(struct old_world *world)
{
    struct ota_source source = ota_flash_source(&world->nor.flash);
    struct ota_boot_params params;
    struct ota_error err;
    assert_true(
        ota_boot_params_read(&params, &source, world->client.map, &err));
    return params;
}

static void test_switch(void **state)
{
    static const uint8_t versions[] = {2, 3, 4, 5, 6, 7, 31};
    (void)state;
    for (unsigned i = 0; i < sizeof(versions); i++)
        for (uint8_t flag = 0; flag < 2; flag++) {
            void *fresh;
            set_up(&fresh);
            struct old_world *world = fresh;
            bool is_early = versions[i] == 2 || versions[i] == 31;
            uint8_t bytes[600] = {is_early ? 0 : 4,
                                  (uint8_t)(0xe0 | versions[i])};
            uint32_t at = ota_flash_map_parameters(world->client.map);
            struct ota_error err;
            bytes[599] = 0x5a;
            nor_flash_put(&world->nor, at + (1u + flag) * 0x1000, bytes,
                          sizeof(bytes));
            nor_flash_put(&world->nor, at + 0x3000, &flag, 1);
            assert_true(old_client_switch(&world->client, &err));
            struct ota_boot_params params = params_of(world);
            assert_int_equal(params.copy, 1 - flag);
            assert_int_equal(ota_boot_params_slot(&params), 2);
            assert_int_equal(params.version, versions[i]);
            assert_int_equal(world->nor.data[at + (2u - flag) * 0x1000 + 599],
                             0x5a);
            assert_true(old_client_switch(&world->client, &err));
            params = params_of(world);
            assert_int_equal(params.copy, flag);
            assert_int_equal(ota_boot_params_slot(&params), 1);
            tear_down(&fresh);
        }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_first_bytes_in_the_headers_segment),
        TEST(test_first_bytes_apart_are_not_checked),
        TEST(test_file_in_the_headers_segment),
        TEST(test_segments_of_any_size),
        TEST(test_last_segment_needs_a_word),
        TEST(test_surplus_in_the_last_segment),
        TEST(test_status_within_the_body),
        TEST(test_cut_off_then_again),
        TEST(test_crc),
        TEST(test_write_errors_show_as_crc),
        TEST(test_no_connection),
        TEST(test_silence),
        TEST(test_largest_file),
        TEST(test_partition_of_3_x),
        TEST(test_more_erases_than_the_queue_holds),
        TEST(test_unknown_maps),
        TEST(test_rtos_asks_once),
        TEST(test_rtos_header_and_body_share_a_read),
        TEST(test_rtos_whole_lines_apart),
        TEST(test_rtos_refuses),
        TEST(test_rtos_cuts_surplus),
        TEST(test_rtos_wants_words),
        TEST(test_rtos_short_last_read),
        TEST(test_rtos_cut_off),
        TEST(test_switch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
