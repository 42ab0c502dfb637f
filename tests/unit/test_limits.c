/* SPDX-License-Identifier: Apache-2.0 */
#include "../../src/server/limits.h"
#include "../../src/server/socket.h"
#include "cmocka_all.h"
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

static struct limits limits;

static void open_with(const struct ota_server_options *options)
{
    assert_true(limits_init(&limits, options, 0));
}

static struct in6_addr address(const char *text)
{
    struct in6_addr made;
    assert_int_equal(inet_pton(AF_INET6, text, &made), 1);
    return made;
}

static struct in6_addr numbered(uint32_t number)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET,
                             .sin_addr = {htonl(0x0a000000 + number)}};
    return socket_address((struct sockaddr *)&v4);
}

static void an_address_has_its_share(void **state)
{
    (void)state;
    struct in6_addr one = numbered(1);
    struct in6_addr two = numbered(2);
    open_with(&(struct ota_server_options){.connections = 100,
                                           .connections_per_address = 3});
    for (int i = 0; i < 3; i++) {
        assert_int_equal(limits_judge(&limits, &one), LIMITS_WELCOME);
        limits_connect(&limits, &one);
    }
    assert_int_equal(limits_judge(&limits, &one), LIMITS_BUSY);
    assert_int_equal(limits_judge(&limits, &two), LIMITS_WELCOME);
    for (int i = 0; i < 16; i++)
        limits_connect(&limits, &one);
    assert_int_equal(limits_judge(&limits, &one), LIMITS_FLOOD);
    for (int i = 0; i < 17; i++)
        limits_disconnect(&limits, &one);
    assert_int_equal(limits_judge(&limits, &one), LIMITS_WELCOME);
    limits_release(&limits);
}

static void a_network_of_ipv6_is_one_client(void **state)
{
    (void)state;
    struct in6_addr here = address("2001:db8::1");
    struct in6_addr near = address("2001:db8::2");
    struct in6_addr far = address("2001:db8:0:1::1");
    open_with(&(struct ota_server_options){.connections = 100,
                                           .connections_per_address = 1});
    limits_connect(&limits, &here);
    assert_int_equal(limits_judge(&limits, &near), LIMITS_BUSY);
    assert_int_equal(limits_judge(&limits, &far), LIMITS_WELCOME);
    limits_release(&limits);
}

/* In any order; the table must not lose one behind another's gap. */
static void addresses_come_and_go(void **state)
{
    enum { MANY = 1000 };
    static unsigned counts[MANY];
    unsigned total = 0;
    (void)state;
    srand(1);
    open_with(&(struct ota_server_options){.connections = MANY,
                                           .connections_per_address = 1});
    for (int i = 0; i < 50000; i++) {
        uint32_t which = (uint32_t)rand() % MANY;
        struct in6_addr who = numbered(which);
        assert_int_equal(limits_judge(&limits, &who) == LIMITS_WELCOME,
                         counts[which] == 0);
        if (counts[which] > 0 && (total == MANY || rand() % 2)) {
            limits_disconnect(&limits, &who);
            counts[which]--;
            total--;
        } else if (total < MANY) {
            limits_connect(&limits, &who);
            counts[which]++;
            total++;
        }
    }
    limits_release(&limits);
}

static void downloads_are_counted(void **state)
{
    (void)state;
    open_with(&(struct ota_server_options){.connections = 10, .downloads = 2});
    assert_true(limits_admit(&limits));
    assert_true(limits_admit(&limits));
    assert_false(limits_admit(&limits));
    limits_leave(&limits);
    assert_true(limits_admit(&limits));
    limits_release(&limits);
}

/* Sends all it may for so long and is the number of bytes. */
static uint64_t sent_within(struct bucket *bucket, uint64_t ms, uint64_t step)
{
    uint64_t sent = 0;
    for (uint64_t now = 0; now <= ms; now += step) {
        uint64_t size = bucket_allows(bucket, 4096, now);
        bucket_take(bucket, size);
        sent += size;
        assert_true(size == 0 || size >= 1460);
        assert_true(bucket_wait_ms(bucket) >= 1);
    }
    return sent;
}

static void a_rate_is_kept_however_often_one_asks(void **state)
{
    (void)state;
    for (uint64_t step = 1; step < 40; step += 7) {
        struct bucket bucket = bucket_of(40000, 0);
        assert_in_range(sent_within(&bucket, 10000, step), 390000, 410000);
        bucket = bucket_of(1460, 0);
        assert_in_range(sent_within(&bucket, 10000, step), 13000, 16000);
    }
}

static void the_end_of_a_file_needs_no_whole_segment(void **state)
{
    (void)state;
    struct bucket bucket = bucket_of(1000, 0);
    assert_int_equal(bucket_allows(&bucket, 10, 0), 10);
    bucket_take(&bucket, 100);
    assert_int_equal(bucket_allows(&bucket, 10, 1), 0);
    assert_int_equal(bucket_allows(&bucket, 10, 11), 10);
    struct bucket none = bucket_of(0, 0);
    assert_int_equal(bucket_allows(&none, 123456, 0), 123456);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_has_its_share),
        cmocka_unit_test(a_network_of_ipv6_is_one_client),
        cmocka_unit_test(addresses_come_and_go),
        cmocka_unit_test(downloads_are_counted),
        cmocka_unit_test(a_rate_is_kept_however_often_one_asks),
        cmocka_unit_test(the_end_of_a_file_needs_no_whole_segment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
