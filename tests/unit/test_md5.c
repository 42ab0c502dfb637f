/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/digest.h"
#include "stub/md5.h"
#include <string.h>

enum { MOST = 300 };

static uint8_t data[MOST];

static int set_up(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < MOST; i++)
        data[i] = (uint8_t)(i * 7 + 1);
    return 0;
}

/* In two pieces, the first of so many bytes. */
static void check(uint32_t size, uint32_t first)
{
    struct md5 md5;
    uint8_t digest[MD5_SIZE];
    uint8_t wanted[OTA_MD5_SIZE];
    md5_begin(&md5);
    md5_add(&md5, data, first);
    md5_add(&md5, data + first, size - first);
    md5_end(&md5, digest);
    ota_md5(data, size, wanted);
    assert_memory_equal(digest, wanted, MD5_SIZE);
}

static void every_length_has_the_right_digest(void **state)
{
    (void)state;
    for (uint32_t size = 0; size <= MOST; size++)
        check(size, 0);
}

static void pieces_make_no_difference(void **state)
{
    (void)state;
    for (uint32_t first = 0; first <= 200; first++)
        check(200, first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_length_has_the_right_digest, set_up),
        cmocka_unit_test_setup(pieces_make_no_difference, set_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
