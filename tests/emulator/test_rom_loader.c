/* SPDX-License-Identifier: Apache-2.0 */
/* The stand-in ROM's serial loader, over an RFC 2217 port. */
#include "../support/cmocka_all.h"
#include "chip/loader.h"
#include "loader_client.h"
#include "otatool/file.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FLASH_SIZE = 0x100000, SECTOR = 0x1000, BLOCK = 0x400 };
enum { BAD_MESSAGE = 5, BAD_CHECKSUM = 7, NOT_WRITTEN = 8 };
enum { SPI = 0x60000200 };

struct fixture {
    struct client client;
    char flash[32];
};

static struct fixture f;

static void make_flash(uint8_t fill)
{
    struct ota_error err;
    uint8_t *bytes = malloc(FLASH_SIZE);
    memset(bytes, fill, FLASH_SIZE);
    assert_true(ota_file_save(f.flash, bytes, FLASH_SIZE, &err));
    free(bytes);
}

static void start(const char *option)
{
    const char *const options[] = {"straps=1", option, NULL};
    make_flash(0);
    client_start(&f.client, f.flash, options);
}

static int set_up(void **state)
{
    (void)state;
    snprintf(f.flash, sizeof(f.flash), "flash.%d", (int)getpid());
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    client_stop(&f.client);
    unlink(f.flash);
    return 0;
}

/* The file is what the chip wrote at once. */
static struct ota_file look_at_flash(void)
{
    struct ota_file file;
    struct ota_error err;
    assert_true(ota_file_load(&file, f.flash, FLASH_SIZE, &err));
    return file;
}

static struct answer begin(uint32_t size, uint32_t blocks, uint32_t address)
{
    const uint32_t words[] = {size, blocks, BLOCK, address};
    return client_ask_words(&f.client, LOADER_FLASH_BEGIN, words, 4);
}

static void a_sync_is_answered_eight_times(void **state)
{
    (void)state;
    start(NULL);
    client_reset(&f.client, true);
    client_sync(&f.client);
    for (uint32_t i = 1; i < LOADER_SYNC_ANSWERS; i++)
        client_answer(&f.client, LOADER_SYNC);
    assert_false(client_receive(&f.client, 200));
}

static void registers_tell_the_chip_and_its_address(void **state)
{
    (void)state;
    start("mac=0xabcdef");
    client_enter(&f.client);
    assert_int_equal(client_read_register(&f.client, 0x40001000), 0xfff0c101);
    assert_int_equal(client_read_register(&f.client, 0x60000078), 0x62000);
    assert_int_equal(client_read_register(&f.client, 0x3ff00050), 0xef000000);
    assert_int_equal(client_read_register(&f.client, 0x3ff00054), 0xabcd);
    assert_int_equal(client_read_register(&f.client, 0x3ff0005c), 0x5ccf7f);
}

static void the_flash_tells_its_identity(void **state)
{
    const uint32_t all = UINT32_MAX;
    const uint32_t code[] = {SPI + 0x24, 7u << 28 | 0x9f, all, 0};
    const uint32_t command[] = {SPI, 1 << 18, all, 0};
    (void)state;
    start(NULL);
    client_enter(&f.client);
    client_ask_words(&f.client, LOADER_WRITE_REGISTER, code, 4);
    client_ask_words(&f.client, LOADER_WRITE_REGISTER, command, 4);
    assert_int_equal(client_read_register(&f.client, SPI + 0x40), 0x1440ef);
}

static void a_mask_leaves_other_bits_alone(void **state)
{
    const uint32_t whole[] = {0x3ffe9000, 0x11223344, UINT32_MAX, 0};
    const uint32_t part[] = {0x3ffe9000, 0xaaaaaaaa, 0x00ff0000, 10};
    (void)state;
    start(NULL);
    client_enter(&f.client);
    client_ask_words(&f.client, LOADER_WRITE_REGISTER, whole, 4);
    client_ask_words(&f.client, LOADER_WRITE_REGISTER, part, 4);
    assert_int_equal(client_read_register(&f.client, 0x3ffe9000), 0x11aa3344);
}

static void blocks_are_written_where_they_belong(void **state)
{
    uint8_t data[2][BLOCK];
    (void)state;
    memset(data[0], 0xc0, BLOCK);
    memset(data[1], 0xdb, BLOCK);
    start(NULL);
    client_enter(&f.client);
    assert_int_equal(begin(SECTOR, 2, 0x10000).is_failed, 0);
    for (uint32_t i = 0; i < 2; i++)
        assert_int_equal(
            client_ask_block(&f.client, LOADER_FLASH_DATA, i, data[i], BLOCK)
                .is_failed,
            0);
    struct ota_file flash = look_at_flash();
    assert_memory_equal(flash.data + 0x10000, data, sizeof(data));
    assert_int_equal(flash.data[0x10000 + sizeof(data)], 0xff);
    assert_int_equal(flash.data[0xffff], 0);
    ota_file_release(&flash);
}

static void a_block_that_is_not_sound_is_refused(void **state)
{
    struct answer answer;
    uint32_t block[5] = {4, 0, 0, 0, 0x01020304};
    (void)state;
    start(NULL);
    client_enter(&f.client);
    begin(SECTOR, 1, 0);
    answer = client_ask(&f.client, LOADER_FLASH_DATA, block, 20, 0x12);
    assert_int_equal(answer.is_failed, 1);
    assert_int_equal(answer.reason, BAD_CHECKSUM);
    block[0] = 5;
    answer = client_ask(&f.client, LOADER_FLASH_DATA, block, 20, 0xeb);
    assert_int_equal(answer.reason, BAD_MESSAGE);
    block[0] = 4;
    block[1] = 1;
    answer = client_ask(&f.client, LOADER_FLASH_DATA, block, 20, 0xeb);
    assert_int_equal(answer.reason, BAD_MESSAGE);
}

static void a_write_without_effect_is_told(void **state)
{
    const uint8_t data[BLOCK] = {1};
    (void)state;
    start("wnop=1");
    client_enter(&f.client);
    begin(SECTOR, 1, 0);
    assert_int_equal(
        client_ask_block(&f.client, LOADER_FLASH_DATA, 0, data, BLOCK).reason,
        NOT_WRITTEN);
}

static void an_unknown_command_is_refused(void **state)
{
    (void)state;
    start(NULL);
    client_enter(&f.client);
    struct answer answer = client_ask(&f.client, 0x14, "", 0, 0);
    assert_int_equal(answer.is_failed, 1);
    assert_int_equal(answer.reason, BAD_MESSAGE);
}

static void check_erased(uint32_t from, uint32_t to)
{
    struct ota_file flash = look_at_flash();
    for (uint32_t at = 0; at < FLASH_SIZE; at += SECTOR)
        assert_int_equal(flash.data[at], at >= from && at < to ? 0xff : 0);
    ota_file_release(&flash);
}

static void sectors_below_a_block_are_erased_twice_over(void **state)
{
    (void)state;
    start(NULL);
    client_enter(&f.client);
    begin(5 * SECTOR, 1, 0x4000); /* 12 to the border: 5, and 5 again */
    check_erased(0x4000, 0x4000 + 10 * SECTOR);
}

static void sectors_up_to_a_block_do_not_count(void **state)
{
    (void)state;
    start(NULL);
    client_enter(&f.client);
    begin(20 * SECTOR, 1, 0xe000); /* 2 to the border, and 20 */
    check_erased(0xe000, 0xe000 + 22 * SECTOR);
}

static void another_speed_is_garbage(void **state)
{
    const uint32_t address = 0x40001000;
    struct loader_header request = {.command = LOADER_READ_REGISTER, .size = 4};
    uint8_t packet[12];
    (void)state;
    start(NULL);
    client_enter(&f.client);
    memcpy(packet, &request, 8);
    memcpy(packet + 8, &address, 4);
    client_speed(&f.client, 230400);
    client_send(&f.client, packet, sizeof(packet));
    assert_false(client_receive(&f.client, 200));
    client_speed(&f.client, 115200);
    assert_int_equal(client_read_register(&f.client, address), 0xfff0c101);
}

static void the_first_speed_is_taken_over(void **state)
{
    (void)state;
    start(NULL);
    client_speed(&f.client, 921600);
    client_enter(&f.client);
    assert_int_equal(client_read_register(&f.client, 0x60000014), 56);
}

static void a_word_out_of_reach_is_fatal(void **state)
{
    const uint32_t word[] = {0x20000000};
    struct loader_header request = {.command = LOADER_READ_REGISTER, .size = 4};
    uint8_t packet[12];
    (void)state;
    start(NULL);
    client_enter(&f.client);
    memcpy(packet, &request, 8);
    memcpy(packet + 8, word, 4);
    client_send(&f.client, packet, sizeof(packet));
    client_expect(&f.client, "Fatal exception (28)");
    assert_int_equal(client_sync(&f.client), LOADER_SYNC_WORD);
}

/* Writes a file block by block, with the loader's error turned around. */
static void write_file(uint32_t address, const struct ota_file *file)
{
    uint32_t blocks = (uint32_t)((file->size + BLOCK - 1) / BLOCK);
    uint32_t sectors = (uint32_t)((file->size + SECTOR - 1) / SECTOR);
    assert_int_equal(
        begin((sectors + 1) / 2 * SECTOR, blocks, address).is_failed, 0);
    for (uint32_t i = 0; i < blocks; i++) {
        uint8_t data[BLOCK];
        size_t size = file->size - i * BLOCK;
        memset(data, 0xff, BLOCK);
        memcpy(data, file->data + i * BLOCK, size < BLOCK ? size : BLOCK);
        assert_int_equal(
            client_ask_block(&f.client, LOADER_FLASH_DATA, i, data, BLOCK)
                .is_failed,
            0);
    }
}

static void write_program(const char *path)
{
    struct ota_file program;
    struct ota_error err;
    assert_true(ota_file_load(&program, path, OTA_FILE_CEILING, &err));
    write_file(0, &program);
    ota_file_release(&program);
}

static void write_boot(void)
{
    write_program(IMAGES "/otatool_boot.bin");
}

static void what_was_written_boots_after_a_reset(void **state)
{
    (void)state;
    start(NULL);
    client_enter(&f.client);
    write_boot();
    client_speed(&f.client, 74880);
    client_reset(&f.client, false);
    client_expect(&f.client, "boot mode:(3,");
    client_expect(&f.client, "[boot] at 0, flash of 1024 KB");
}

static void what_was_written_boots_when_told_to(void **state)
{
    const uint32_t run = 1;
    (void)state;
    start(NULL);
    client_enter(&f.client);
    write_boot();
    client_ask_words(&f.client, LOADER_FLASH_END, &run, 1);
    client_expect(&f.client, "[boot] at 0, flash of 1024 KB");
}

static void a_restart_finds_the_same_straps(void **state)
{
    const uint32_t restart = 0;
    (void)state;
    start(NULL);
    client_enter(&f.client);
    client_ask_words(&f.client, LOADER_FLASH_END, &restart, 1);
    assert_int_equal(client_sync(&f.client), LOADER_SYNC_WORD);
}

static void what_is_received_interrupts_a_program(void **state)
{
    const uint32_t run = 1;
    (void)state;
    start("app.case=echo");
    client_enter(&f.client);
    write_program(IMAGES "/rom_probe.bin");
    client_ask_words(&f.client, LOADER_FLASH_END, &run, 1);
    client_expect(&f.client, "ready\n");
    client_send(&f.client, "GDKKN", 5);
    client_expect(&f.client, "HELLO");
    client_send(&f.client, "q", 1);
    client_expect(&f.client, "has worked meanwhile\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sync_is_answered_eight_times),
        TEST(registers_tell_the_chip_and_its_address),
        TEST(the_flash_tells_its_identity),
        TEST(a_mask_leaves_other_bits_alone),
        TEST(blocks_are_written_where_they_belong),
        TEST(a_block_that_is_not_sound_is_refused),
        TEST(a_write_without_effect_is_told),
        TEST(an_unknown_command_is_refused),
        TEST(sectors_below_a_block_are_erased_twice_over),
        TEST(sectors_up_to_a_block_do_not_count),
        TEST(another_speed_is_garbage),
        TEST(the_first_speed_is_taken_over),
        TEST(a_word_out_of_reach_is_fatal),
        TEST(what_was_written_boots_after_a_reset),
        TEST(what_was_written_boots_when_told_to),
        TEST(what_is_received_interrupts_a_program),
        TEST(a_restart_finds_the_same_straps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
