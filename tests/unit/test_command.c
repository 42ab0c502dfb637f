/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "command.h"

const struct command commands[] = {{0}};

static void numbers_are_read_in_all_their_forms(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_number;
        uint32_t value;
    } cases[] = {
        {"0", true, 0},
        {"8192", true, 8192},
        {"0x2000", true, 8192},
        {"0X2000", true, 8192},
        {"0o20000", true, 8192},
        {"020000", true, 8192},
        {"0b11", true, 3},
        {" 0x10 ", true, 16},
        {"8K", true, 8192},
        {"1M", true, 1048576},
        {"0x1k", true, 1024},
        {"4294967295", true, UINT32_MAX},
        {"4294967296", false, 0},
        {"4096M", false, 0},
        {"08192", false, 0},
        {"", false, 0},
        {"0x", false, 0},
        {"-1", false, 0},
        {"+1", false, 0},
        {"1 2", false, 0},
        {"8192.0", false, 0},
        {"2000h", false, 0},
        {"0x20_00", false, 0},
        {"1KK", false, 0},
        {"99999999999999999999999999", false, 0},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint32_t value = 0;
        bool ok = command_number(cases[i].text, &value);
        if (ok != cases[i].is_number || (ok && value != cases[i].value))
            fail_msg("%s: %d %u", cases[i].text, ok, value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_in_all_their_forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
