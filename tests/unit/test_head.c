/* SPDX-License-Identifier: Apache-2.0 */
/* Heads of requests, and who is told by them. */
#include "../../src/server/family.h"
#include "cmocka_all.h"
#include "head_text.h"
#include <string.h>

static char bytes[8192];
static struct head head;

static void parse(const char *text)
{
    assert_true(strlen(text) < sizeof(bytes));
    strcpy(bytes, text);
    assert_true(head_text_read(&head, bytes));
}

static void a_header_is_found_in_any_case(void **state)
{
    (void)state;
    parse("GET /fw.bin?a=b HTTP/1.1\r\nHost: x:80\r\nRANGE:bytes=0-9\r\n"
          "Empty:\r\n\r\n");
    assert_int_equal(head_judge(&head), 200);
    assert_string_equal(head_field(&head, "host"), "x:80");
    assert_string_equal(head_field(&head, "Range"), "bytes=0-9");
    assert_string_equal(head_field(&head, "Empty"), "");
    assert_null(head_field(&head, "None"));
}

static void the_connection_is_kept_as_asked(void **state)
{
    static const struct {
        const char *text;
        bool keeps_alive;
    } cases[] = {
        {"GET / HTTP/1.1\r\n\r\n", true},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nConnection: close\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nConnection: a, Close ,b\r\n\r\n", false},
        {"GET / HTTP/1.1\r\nConnection: closed\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nConnection: keep-alive\r\n"
         "Connection: close\r\n\r\n",
         false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        parse(cases[i].text);
        assert_int_equal(head_keeps_alive(&head), cases[i].keeps_alive);
    }
}

static void what_may_mean_two_things_is_refused(void **state)
{
    static const char *const texts[] = {
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\n: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nHOST: x\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 4\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: +0\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 0\r\ncontent-length: 1\r\n\r\n",
        "GET / HTTP/1.1\r\nTransfer-Encoding: identity\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length49:\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length49: 0\r\n\r\n",
        "GET / HTTP/1.1\r\ntransfer-encodingchunked:\r\n\r\n",
        "GET / HTTP/1.1\r\nRangebytes=0-9: x\r\n\r\n",
        "GET  HTTP/1.1\r\n\r\n",
        "GET / x HTTP/1.1\r\n\r\n",
        "GET /\t HTTP/1.1\r\n\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        print_message("case %zu\n", i);
        parse(texts[i]);
        assert_int_equal(head_judge(&head), 400);
    }
    parse("GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n");
    assert_int_equal(head_judge(&head), 200);
}

static void there_is_an_end_to_headers(void **state)
{
    (void)state;
    parse("GET / HTTP/1.1\r\n\r\n");
    for (int i = 0; i < HEAD_FIELDS; i++)
        assert_true(head_add(&head, "a", "b"));
    assert_false(head_add(&head, "a", "b"));
}

static void a_client_is_known_by_how_it_asks(void **state)
{
    static const struct {
        const char *text;
        const char *name;
    } cases[] = {
        {"GET user2.2048.new.5.bin HTTP/1.0\r\n\r\n", "rtos2"},
        {"GET fw.bin HTTP/1.0\r\n\r\n", "rtos2"},
        {"HEAD /user1.bin HTTP/1.0\r\n\r\n", "nonos"},
        {"GET /user2.4096.new.6.bin HTTP/1.1\r\nUser-Agent: app\r\n\r\n",
         "nonos"},
        {"GET /user1.bin HTTP/1.1\r\nUser-Agent: Mozilla/5.0\r\n\r\n", "nonos"},
        {"GET /user1.bin HTTP/1.1\r\nUser-Agent: curl/7\r\n\r\n", "tool"},
        {"GET /user3.bin HTTP/1.1\r\n\r\n", "unknown"},
        {"GET /user12.bin HTTP/1.1\r\n\r\n", "unknown"},
        {"GET /fw.bin HTTP/1.1\r\n\r\n", "unknown"},
        {"GET /x HTTP/1.1\r\nAuthorization: token 01\r\n\r\n", "at"},
        {"GET /v1/device/rom/?is_format_simple=true HTTP/1.0\r\n\r\n", "at"},
        {"GET /x HTTP/1.0\r\nUser-Agent: esp-idf/1.0 esp32\r\n\r\n", "v3"},
        {"GET /x HTTP/1.1\r\nUser-Agent: ESP32 HTTP Client/1.0\r\n\r\n",
         "v3-https"},
        {"GET /user1.bin HTTP/1.1\r\nUser-Agent: otatool-agent\r\n\r\n",
         "agent"},
        {"GET /x HTTP/1.1\r\nUser-Agent: otatool\r\n\r\n", "tool"},
        {"GET /x HTTP/1.0\r\nUser-Agent: ESP8266-http-Update\r\n\r\n",
         "arduino"},
        {"GET /x HTTP/1.0\r\nx-ESP8266-mode: sketch\r\n\r\n", "arduino"},
        {"GET /x HTTP/1.0\r\nx-ESP8266-version: 14.2.0(tasmota)\r\n\r\n",
         "tasmota"},
        {"GET /x HTTP/1.1\r\nUser-Agent: ESPHome/2024.6.0\r\n\r\n", "esphome"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        parse(cases[i].text);
        assert_string_equal(family_name(family_of(&head).family),
                            cases[i].name);
    }
}

static void a_slot_is_known_by_the_file_that_is_asked_for(void **state)
{
    static const struct {
        const char *target;
        int slot;
    } cases[] = {
        {"/user1.bin", 1},
        {"/a/b/USER2.2048.new.5.bin", 2},
        {"user2.bin", 2},
        {"/user2", 0},
        {"/user2/x.bin", 0},
        {"/user22.bin", 0},
        {"/my-user2.bin", 0},
        {"/fw.bin?filename=user2.bin", 0},
        {"/v1/device/rom/?action=download_rom&filename=user2.bin", 2},
        {"/v1/device/rom/?filename=user1.bin&version=v9.99", 1},
        {"/v1/device/rom/?notfilename=user1.bin", 0},
        {"/v1/device/rom/", 0},
        {"", 0},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(family_slot_of(cases[i].target), cases[i].slot);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_header_is_found_in_any_case),
        cmocka_unit_test(the_connection_is_kept_as_asked),
        cmocka_unit_test(what_may_mean_two_things_is_refused),
        cmocka_unit_test(there_is_an_end_to_headers),
        cmocka_unit_test(a_client_is_known_by_how_it_asks),
        cmocka_unit_test(a_slot_is_known_by_the_file_that_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
