/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/telnet.h"
#include <string.h>

static size_t decode(struct ota_telnet *telnet, const char *bytes, size_t size,
                     uint8_t *data, uint8_t *reply, size_t *reply_size)
{
    memcpy(data, bytes, size);
    return ota_telnet_decode(telnet, data, size, reply, reply_size);
}

static void data_pass_and_doubled_bytes_become_one(void **state)
{
    (void)state;
    struct ota_telnet telnet = {0};
    uint8_t data[64];
    uint8_t reply[64];
    size_t reply_size;
    size_t size = decode(&telnet,
                         "ab\xff\xff"
                         "c",
                         5, data, reply, &reply_size);
    assert_int_equal(size, 4);
    assert_memory_equal(data,
                        "ab\xff"
                        "c",
                        4);
    assert_int_equal(reply_size, 0);
}

static void a_split_escape_is_one(void **state)
{
    (void)state;
    struct ota_telnet telnet = {0};
    uint8_t data[8];
    uint8_t reply[8];
    size_t reply_size;
    assert_int_equal(decode(&telnet, "\xff", 1, data, reply, &reply_size), 0);
    assert_int_equal(decode(&telnet, "\xff", 1, data, reply, &reply_size), 1);
    assert_int_equal(data[0], 0xff);
}

static void unknown_options_are_refused_and_known_ones_noted(void **state)
{
    (void)state;
    struct ota_telnet telnet = {0};
    uint8_t data[64];
    uint8_t reply[64];
    size_t reply_size;
    /* DO 44, WILL 0, WILL 1, DO 24, WONT 5 */
    size_t size = decode(&telnet,
                         "x\xff\xfd\x2c\xff\xfb\x00\xff\xfb\x01\xff\xfd\x18"
                         "\xff\xfc\x05y",
                         17, data, reply, &reply_size);
    assert_int_equal(size, 2);
    assert_true(telnet.has_com_port);
    assert_int_equal(reply_size, 6);
    assert_memory_equal(reply, "\xff\xfe\x01\xff\xfc\x18", 6);
}

static void a_refusal_is_noted(void **state)
{
    (void)state;
    struct ota_telnet telnet = {0};
    uint8_t data[8];
    uint8_t reply[8];
    size_t reply_size;
    decode(&telnet, "\xff\xfe\x2c", 3, data, reply, &reply_size);
    assert_true(telnet.refuses_com_port);
    assert_false(telnet.has_com_port);
}

static void an_answer_is_no_data(void **state)
{
    (void)state;
    struct ota_telnet telnet = {0};
    uint8_t data[64];
    uint8_t reply[64];
    size_t reply_size;
    size_t size = decode(&telnet, "\xff\xfa\x2c\x65\x00\x01\xc2\x00\xff\xf0z",
                         11, data, reply, &reply_size);
    assert_int_equal(size, 1);
    assert_int_equal(data[0], 'z');
    assert_int_equal(telnet.option_size, 6);
}

static void an_endless_answer_overruns_nothing(void **state)
{
    (void)state;
    struct ota_telnet telnet = {0};
    uint8_t data[4096];
    uint8_t reply[16];
    size_t reply_size;
    memset(data, 'a', sizeof(data));
    memcpy(data, "\xff\xfa", 2);
    assert_int_equal(
        ota_telnet_decode(&telnet, data, sizeof(data), reply, &reply_size), 0);
    assert_int_equal(telnet.option_size, sizeof(data) - 2);
}

static void requests_are_as_rfc_2217_says(void **state)
{
    (void)state;
    uint8_t out[16];
    assert_int_equal(
        ota_telnet_ask(out, OTA_TELNET_CONTROL, OTA_TELNET_DTR_ON, 1), 7);
    assert_memory_equal(out, "\xff\xfa\x2c\x05\x08\xff\xf0", 7);
    assert_int_equal(ota_telnet_ask(out, OTA_TELNET_SPEED, 0x0001c2ff, 4), 11);
    assert_memory_equal(out, "\xff\xfa\x2c\x01\x00\x01\xc2\xff\xff\xff\xf0",
                        11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_pass_and_doubled_bytes_become_one),
        cmocka_unit_test(a_split_escape_is_one),
        cmocka_unit_test(unknown_options_are_refused_and_known_ones_noted),
        cmocka_unit_test(a_refusal_is_noted),
        cmocka_unit_test(an_answer_is_no_data),
        cmocka_unit_test(an_endless_answer_overruns_nothing),
        cmocka_unit_test(requests_are_as_rfc_2217_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
