/* SPDX-License-Identifier: Apache-2.0 */
/* Which requests are plain, and that such a one reads as it reads elsewhere. */
#include "../../src/server/plain_request.h"
#include "cmocka_all.h"
#include "head_text.h"
#include <string.h>

enum { LONGEST = 8192 };

static char bytes[LONGEST];
static struct head head;

static size_t read_bytes(const char *text, size_t size)
{
    assert_true(size <= sizeof(bytes));
    memset(bytes, 'x', sizeof(bytes)); /* no NUL behind it */
    memcpy(bytes, text, size);
    return plain_request_read(bytes, size, &head);
}

static size_t read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

static const char usual[] = "GET /user2.bin HTTP/1.1\r\nHost: 10.0.0.1:80\r\n"
                            "Connection: keep-alive\r\n"
                            "Range: bytes=0-9\r\nEmpty:\r\n\r\n";

static void what_devices_send_is_plain(void **state)
{
    (void)state;
    assert_int_equal(read_text(usual), strlen(usual));
    assert_string_equal(head.method, "GET");
    assert_string_equal(head.target, "/user2.bin");
    assert_false(head.is_http_1_0);
    assert_int_equal(head.count, 4);
    assert_string_equal(head_field(&head, "host"), "10.0.0.1:80");
    assert_string_equal(head_field(&head, "range"), "bytes=0-9");
    assert_string_equal(head_field(&head, "empty"), "");
    assert_int_not_equal(read_text("HEAD user1.bin HTTP/1.0\r\n\r\n"), 0);
    assert_string_equal(head.method, "HEAD");
    assert_string_equal(head.target, "user1.bin");
    assert_true(head.is_http_1_0);
}

static void blanks_around_a_value_are_none_of_it(void **state)
{
    (void)state;
    assert_int_not_equal(
        read_text("GET / HTTP/1.1\r\nA:\t b \tc \t\r\nD: \t\r\n\r\n"), 0);
    assert_string_equal(head_field(&head, "a"), "b \tc");
    assert_string_equal(head_field(&head, "d"), "");
}

static void the_next_request_stays_for_later(void **state)
{
    char two[2 * sizeof(usual)];
    (void)state;
    strcat(strcpy(two, usual), usual);
    assert_int_equal(read_text(two), strlen(usual));
    assert_int_equal(read_bytes(usual, sizeof(usual)), strlen(usual));
}

static void what_is_not_whole_is_not_plain(void **state)
{
    (void)state;
    for (size_t size = 0; size < strlen(usual); size++)
        assert_int_equal(read_bytes(usual, size), 0);
}

static void what_is_rare_or_strange_is_not_plain(void **state)
{
    static const char *const texts[] = {
        "POST / HTTP/1.1\r\n\r\n",
        "get / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.2\r\n\r\n",
        "GET / http/1.1\r\n\r\n",
        "GET / HTTP/1.1 \r\n\r\n",
        "GET  / HTTP/1.1\r\n\r\n",
        "GET  HTTP/1.1\r\n\r\n",
        "GET / x HTTP/1.1\r\n\r\n",
        "GET /\tx HTTP/1.1\r\n\r\n",
        "GET /\r\n\r\n",
        "\r\nGET / HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\nHost: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\n\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\n y\r\n\r\n",
        "GET / HTTP/1.1\r\n Host: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost\r\n\r\n",
        "GET / HTTP/1.1\r\n: x\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n",
        "GET / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
        "GET / HTTP/1.1\r\ncontent-length: 5\r\n\r\n",
        "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        "GET / HTTP/1.1\r\nExpect: 100-continue\r\n\r\n",
        "GET / HTTP/1.1\r\nRange: bytes=0-1,4-5\r\n\r\n",
        "GET / HTTP/1.1\r\nX: \xc3\xa9\r\n\r\n",
        "GET /\xc3\xa9 HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\nX: \x7f\r\n\r\n",
    };
    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        print_message("case %zu\n", i);
        assert_int_equal(read_text(texts[i]), 0);
    }
    assert_int_equal(read_bytes("GET / HTTP/1.1\r\nA: \0\r\n\r\n", 24), 0);
}

static void there_is_an_end_to_headers(void **state)
{
    char text[LONGEST] = "GET / HTTP/1.1\r\n";
    (void)state;
    for (int i = 0; i < HEAD_FIELDS; i++)
        strcat(text, "a: b\r\n");
    size_t size = strlen(text);
    strcpy(text + size, "\r\n");
    assert_int_equal(read_text(text), size + 2);
    strcpy(text + size, "a: b\r\n\r\n");
    assert_int_equal(read_text(text), 0);
}

static size_t without_blanks(const char *value)
{
    size_t size = strlen(value);
    while (size > 0 && strchr(" \t", value[size - 1]))
        size--;
    return size;
}

static void assert_same(const struct head *a, const struct head *b)
{
    assert_string_equal(a->method, b->method);
    assert_string_equal(a->target, b->target);
    assert_int_equal(a->is_http_1_0, b->is_http_1_0);
    assert_int_equal(a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        assert_string_equal(a->fields[i].name, b->fields[i].name);
        size_t size = strlen(a->fields[i].value);
        assert_int_equal(size, without_blanks(b->fields[i].value));
        assert_memory_equal(a->fields[i].value, b->fields[i].value, size);
    }
}

/* A flipped bit makes it another's matter, or a request that means the same to
 * everybody. */
static void a_flipped_bit_is_seen_or_harmless(void **state)
{
    char text[sizeof(usual)];
    static char again[sizeof(usual)];
    struct head other;
    (void)state;
    for (size_t bit = 0; bit < 8 * strlen(usual); bit++) {
        memcpy(text, usual, sizeof(usual));
        text[bit / 8] ^= (char)(1 << bit % 8);
        if (read_bytes(text, strlen(usual)) == 0)
            continue;
        memcpy(again, text, sizeof(again));
        assert_true(head_text_read(&other, again));
        assert_int_equal(head_judge(&other), 200);
        assert_same(&head, &other);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_devices_send_is_plain),
        cmocka_unit_test(blanks_around_a_value_are_none_of_it),
        cmocka_unit_test(the_next_request_stays_for_later),
        cmocka_unit_test(what_is_not_whole_is_not_plain),
        cmocka_unit_test(what_is_rare_or_strange_is_not_plain),
        cmocka_unit_test(there_is_an_end_to_headers),
        cmocka_unit_test(a_flipped_bit_is_seen_or_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
