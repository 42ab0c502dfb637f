/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/crc32.h"

static void it_is_the_crc_of_zlib(void **state)
{
    (void)state;
    assert_int_equal(ota_crc32(0, "123456789", 9), 0xcbf43926);
    assert_int_equal(ota_crc32(ota_crc32(0, "1234", 4), "56789", 5),
                     0xcbf43926);
    assert_int_equal(ota_crc32(0, "", 0), 0);
}

static void the_old_sdk_takes_the_absolute_value(void **state)
{
    (void)state;
    static const uint32_t cases[][2] = {
        {0x7ffffffe, 0x7fffffff}, {0x7fffffff, 0x80000000},
        {0x80000000, 0x7fffffff}, {0x80000001, 0x7ffffffe},
        {0xffffffff, 0x00000000}, {0x00000000, 0x00000001},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_int_equal(ota_crc32_old_sdk(cases[i][0]), cases[i][1]);
}

static void a_sequence_is_checked_from_register_zero(void **state)
{
    (void)state;
    assert_int_equal(ota_crc32_sequence(1), 0x4743989a);
    assert_int_equal(ota_crc32_sequence(2), 0x55f63774);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_the_crc_of_zlib),
        cmocka_unit_test(the_old_sdk_takes_the_absolute_value),
        cmocka_unit_test(a_sequence_is_checked_from_register_zero),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
