/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/elf.h"
#include <string.h>

enum {
    TEXT_AT = 52,
    NAMES_AT = TEXT_AT + 8,
    SYMBOLS_AT = NAMES_AT + 40,
    SECTIONS_AT = SYMBOLS_AT + 48,
    ELF_SIZE = SECTIONS_AT + 4 * 40,
};

static uint8_t file[ELF_SIZE];

static void put(size_t at, uint32_t value)
{
    for (size_t i = 0; i < 4; i++)
        file[at + i] = (uint8_t)(value >> 8 * i);
}

static void put_section(size_t index, const uint32_t words[7])
{
    for (size_t i = 0; i < 7; i++)
        put(SECTIONS_AT + 40 * index + 4 * i, words[i]);
}

/* Two sections with data, one string table for all names, two symbols:
 * "start" in .text and the absolute "base". */
static int make_elf(void **state)
{
    (void)state;
    static const char names[] = "\0.text\0start\0base\0.symtab\0.strtab";
    static const uint8_t ident[] = {0x7f, 'E', 'L', 'F', 1, 1, 1};
    memset(file, 0, sizeof(file));
    memcpy(file, ident, sizeof(ident));
    put(16, 2 | 94 << 16);
    put(32, SECTIONS_AT);
    put(46, 40 | 4 << 16);
    put(50, 3);
    memcpy(file + TEXT_AT, "codecode", 8);
    memcpy(file + NAMES_AT, names, sizeof(names));
    put(SYMBOLS_AT + 16, 7);
    put(SYMBOLS_AT + 20, 0x40100004);
    put(SYMBOLS_AT + 28, 0x12 | 1 << 16);
    put(SYMBOLS_AT + 32, 13);
    put(SYMBOLS_AT + 36, 0x3ffe8000);
    put(SYMBOLS_AT + 44, 0x10 | 0xfff1u << 16);
    put_section(1, (const uint32_t[]){1, 1, 6, 0x40100000, TEXT_AT, 8, 0});
    put_section(2, (const uint32_t[]){18, 2, 0, 0, SYMBOLS_AT, 48, 3});
    put_section(3, (const uint32_t[]){26, 3, 0, 0, NAMES_AT, 34, 0});
    return 0;
}

/* Uses all that is there: the sanitizers watch the bounds. */
static bool is_found(const void *data, size_t size)
{
    struct ota_elf elf;
    struct ota_elf_section section;
    uint32_t value;
    if (!ota_elf_parse(&elf, data, size, NULL))
        return false;
    bool has_base = ota_elf_symbol(&elf, "base", OTA_ELF_ABSOLUTE, &value);
    if (ota_elf_section(&elf, ".text", &section) && section.data)
        assert_true(section.data + section.size <=
                    (const uint8_t *)data + size);
    return has_base;
}

static void sections_and_symbols_are_found_by_name(void **state)
{
    (void)state;
    struct ota_elf elf;
    struct ota_error err;
    struct ota_elf_section section;
    uint32_t value;
    assert_true(ota_elf_parse(&elf, file, sizeof(file), &err));
    assert_true(ota_elf_section(&elf, ".text", &section));
    assert_int_equal(section.address, 0x40100000);
    assert_int_equal(section.size, 8);
    assert_memory_equal(section.data, "codecode", 8);
    assert_false(ota_elf_section(&elf, ".tex", &section));
    assert_false(ota_elf_section(&elf, ".data", &section));
    assert_true(ota_elf_symbol(&elf, "start", OTA_ELF_CODE, &value));
    assert_int_equal(value, 0x40100004);
    assert_true(ota_elf_symbol(&elf, "base", OTA_ELF_ABSOLUTE, &value));
    assert_int_equal(value, 0x3ffe8000);
}

static void a_symbol_in_another_place_is_not_found(void **state)
{
    (void)state;
    struct ota_elf elf;
    struct ota_error err;
    uint32_t value;
    assert_true(ota_elf_parse(&elf, file, sizeof(file), &err));
    assert_false(ota_elf_symbol(&elf, "start", OTA_ELF_ABSOLUTE, &value));
    assert_false(ota_elf_symbol(&elf, "base", OTA_ELF_CODE, &value));
    assert_false(ota_elf_symbol(&elf, "missing", OTA_ELF_CODE, &value));
    file[SYMBOLS_AT + 44] = 0; /* local now */
    assert_false(ota_elf_symbol(&elf, "base", OTA_ELF_ABSOLUTE, &value));
}

static void every_prefix_is_refused(void **state)
{
    (void)state;
    struct ota_elf elf;
    struct ota_error err;
    for (size_t length = 0; length < sizeof(file); length++) {
        assert_false(ota_elf_parse(&elf, file, length, &err));
        assert_int_equal(err.code, OTA_E_ELF);
    }
}

static void every_flipped_bit_is_refused_or_harmless(void **state)
{
    (void)state;
    for (size_t bit = 0; bit < sizeof(file) * 8; bit++) {
        file[bit / 8] ^= (uint8_t)(1 << bit % 8);
        is_found(file, sizeof(file));
        file[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
    assert_true(is_found(file, sizeof(file)));
}

static void offsets_near_the_end_of_32_bits_are_refused(void **state)
{
    (void)state;
    static const size_t fields[] = {32, SECTIONS_AT + 40 + 16,
                                    SECTIONS_AT + 80 + 20};
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
        for (uint32_t value = 0xfffffff0; value != 0; value++) {
            make_elf(state);
            put(fields[i], value);
            assert_false(is_found(file, sizeof(file)));
        }
}

static void other_programs_are_refused(void **state)
{
    static const size_t fields[] = {0, 3, 4, 5, 18, 46};
    struct ota_elf elf;
    struct ota_error err;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        make_elf(state);
        file[fields[i]]++;
        assert_false(ota_elf_parse(&elf, file, sizeof(file), &err));
        assert_int_equal(err.code, OTA_E_ELF);
        assert_non_null(err.detail);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(sections_and_symbols_are_found_by_name,
                               make_elf),
        cmocka_unit_test_setup(a_symbol_in_another_place_is_not_found,
                               make_elf),
        cmocka_unit_test_setup(every_prefix_is_refused, make_elf),
        cmocka_unit_test_setup(every_flipped_bit_is_refused_or_harmless,
                               make_elf),
        cmocka_unit_test(offsets_near_the_end_of_32_bits_are_refused),
        cmocka_unit_test(other_programs_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
