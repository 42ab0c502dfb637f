/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "stub/inflate.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { PLAIN_SIZE = 100000, ROOM = 200000 };

struct fixture {
    uint8_t plain[PLAIN_SIZE];
    uint8_t packed[ROOM];
    uint8_t out[ROOM];
    uint32_t out_size;
    uint8_t window[INFLATE_WINDOW];
    struct inflate inflate;
};

static struct fixture f;

/* Words from a small set, so that all kinds of matches and codes occur. */
static void fill(uint32_t seed)
{
    for (uint32_t i = 0; i < PLAIN_SIZE; i++) {
        seed = seed * 1664525 + 1013904223;
        uint32_t back = (seed >> 8) % 40000 + 1;
        bool repeats = (seed >> 28) > 3 && i > back;
        f.plain[i] = repeats ? f.plain[i - back] : (uint8_t)(seed >> 24);
        for (uint32_t k = 0; repeats && k < 40 && i + 1 < PLAIN_SIZE; k++, i++)
            f.plain[i + 1] = f.plain[i + 1 - back];
    }
}

static uint32_t deflate_plain(int level, int strategy, int window)
{
    z_stream z = {.next_in = f.plain,
                  .avail_in = PLAIN_SIZE,
                  .next_out = f.packed,
                  .avail_out = ROOM};
    assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, window, 8, strategy),
                     Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    deflateEnd(&z);
    return (uint32_t)z.total_out;
}

/* In pieces of so many bytes. */
static enum inflate_result run(uint32_t size, uint32_t piece)
{
    enum inflate_result result = INFLATE_HUNGRY;
    const uint8_t *data;
    inflate_begin(&f.inflate, f.window);
    f.out_size = 0;
    for (uint32_t at = 0; at < size && result == INFLATE_HUNGRY; at += piece) {
        f.inflate.input = f.packed + at;
        f.inflate.input_size = size - at < piece ? size - at : piece;
        while ((result = inflate_run(&f.inflate)) == INFLATE_OUTPUT) {
            uint32_t taken = inflate_take(&f.inflate, &data);
            if (taken > ROOM - f.out_size)
                return INFLATE_WRONG; /* more than was ever packed */
            memcpy(f.out + f.out_size, data, taken);
            f.out_size += taken;
        }
    }
    return result;
}

static void check_all(int strategy)
{
    static const uint32_t pieces[] = {1, 7, 1000, ROOM};
    for (int level = 0; level <= 9; level += 3) {
        uint32_t size = deflate_plain(level, strategy, 15);
        for (uint32_t i = 0; i < 4; i++) {
            assert_int_equal(run(size, pieces[i]), INFLATE_DONE);
            assert_int_equal(f.out_size, PLAIN_SIZE);
            assert_memory_equal(f.out, f.plain, PLAIN_SIZE);
        }
    }
}

static int set_up(void **state)
{
    (void)state;
    fill(1);
    return 0;
}

static void every_level_unpacks_in_any_pieces(void **state)
{
    (void)state;
    check_all(Z_DEFAULT_STRATEGY);
}

static void fixed_codes_unpack(void **state)
{
    (void)state;
    check_all(Z_FIXED);
}

static void codes_without_matches_unpack(void **state)
{
    (void)state;
    check_all(Z_HUFFMAN_ONLY);
}

static void runs_unpack(void **state)
{
    (void)state;
    memset(f.plain, 'a', PLAIN_SIZE / 2);
    check_all(Z_RLE);
}

static void smaller_windows_unpack(void **state)
{
    (void)state;
    for (int window = 9; window <= 15; window++) {
        uint32_t size = deflate_plain(9, Z_DEFAULT_STRATEGY, window);
        assert_int_equal(run(size, ROOM), INFLATE_DONE);
        assert_memory_equal(f.out, f.plain, PLAIN_SIZE);
    }
}

static void a_beginning_is_hungry(void **state)
{
    (void)state;
    uint32_t size = deflate_plain(9, Z_DEFAULT_STRATEGY, 15);
    for (uint32_t cut = 1; cut < size; cut += cut < 50 ? 1 : 997)
        assert_int_equal(run(cut, ROOM), INFLATE_HUNGRY);
    assert_int_equal(run(size - 1, ROOM), INFLATE_HUNGRY);
}

/* What zlib makes of it: whether it is a whole stream. */
static bool zlib_takes(uint32_t size)
{
    uint8_t *out = malloc(ROOM);
    uLongf out_size = ROOM;
    bool is_taken = uncompress(out, &out_size, f.packed, size) == Z_OK;
    assert_true(!is_taken ||
                (out_size == f.out_size && memcmp(out, f.out, out_size) == 0));
    free(out);
    return is_taken;
}

static void a_flipped_bit_is_judged_as_zlib_does(void **state)
{
    (void)state;
    uint32_t size = deflate_plain(9, Z_DEFAULT_STRATEGY, 15);
    for (uint32_t bit = 0; bit < size * 8; bit += bit < 400 ? 1 : 16411) {
        f.packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
        bool is_done = run(size, ROOM) == INFLATE_DONE;
        assert_int_equal(is_done, zlib_takes(size));
        f.packed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void what_lies_behind_the_stream_is_left_alone(void **state)
{
    (void)state;
    uint32_t size = deflate_plain(6, Z_DEFAULT_STRATEGY, 15);
    memset(f.packed + size, 0x55, 5);
    assert_int_equal(run(size + 5, ROOM), INFLATE_DONE);
    assert_int_equal(f.inflate.input_size, 5);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_level_unpacks_in_any_pieces),
        TEST(fixed_codes_unpack),
        TEST(codes_without_matches_unpack),
        TEST(runs_unpack),
        TEST(smaller_windows_unpack),
        TEST(a_beginning_is_hungry),
        TEST(a_flipped_bit_is_judged_as_zlib_does),
        TEST(what_lies_behind_the_stream_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
