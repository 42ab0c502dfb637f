/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The flasher stub on the emulated chip, as the loader's host sees it; the
 * plugin ends the chip when the stub does what the real one refuses.
 */
#include "../support/cmocka_all.h"
#include "chip/loader.h"
#include "loader_client.h"
#include "otatool/digest.h"
#include "otatool/file.h"
#include "otatool/image.h"
#include "otatool/partition_table.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum {
    FLASH_SIZE = 0x100000,
    RAM_BLOCK = 0x1800,
    BLOCK = 0x4000,
    TABLE_OFFSET = 0x5000,
    APP_OFFSET = 0x7000,
    APP_SIZE = 0x77000,
};

struct fixture {
    struct client client;
    char flash[32];
    uint8_t packed[0x80000];
    uint8_t data[0x40000];
};

static struct fixture f;

static void start_chip(const char *option)
{
    const char *const options[] = {"straps=1", option,    "line.after=16000",
                                   "--",       "-plugin", NARROW_PLUGIN,
                                   NULL};
    client_start(&f.client, f.flash, options);
}

static int set_up_data(void **state)
{
    struct ota_error err;
    (void)state;
    snprintf(f.flash, sizeof(f.flash), "stub_flash.%d", (int)getpid());
    uint8_t *bytes = calloc(1, FLASH_SIZE);
    assert_true(ota_file_save(f.flash, bytes, FLASH_SIZE, &err));
    free(bytes);
    for (size_t i = 0; i < sizeof(f.data); i++)
        f.data[i] = (uint8_t)(i * i >> 9 ^ i >> 4);
    return 0;
}

static int set_up(void **state)
{
    set_up_data(state);
    start_chip("trace=0");
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    client_stop(&f.client);
    unlink(f.flash);
    return 0;
}

static struct ota_file load(const char *name)
{
    char path[512];
    struct ota_file file;
    struct ota_error err;
    snprintf(path, sizeof(path), "%s/%s", IMAGES, name);
    assert_true(ota_file_load(&file, path, OTA_FILE_CEILING, &err));
    return file;
}

static void check_flash(uint32_t offset, const void *data, size_t size)
{
    struct ota_file file;
    struct ota_error err;
    assert_true(ota_file_load(&file, f.flash, FLASH_SIZE, &err));
    assert_memory_equal(file.data + offset, data, size);
    ota_file_release(&file);
}

/* As many words as are given. */
#define ASK(command, ...)                                                      \
    ask_words(command, (const uint32_t[]){__VA_ARGS__},                        \
              sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

static struct answer ask_words(uint8_t command, const uint32_t *words,
                               size_t count)
{
    struct answer answer = client_ask_words(&f.client, command, words, count);
    assert_int_equal(answer.is_failed, 0);
    return answer;
}

/* --- getting it to run -------------------------------------------------- */

static void send_segment(uint32_t address, const uint8_t *data, uint32_t size)
{
    uint32_t blocks = (size + RAM_BLOCK - 1) / RAM_BLOCK;
    ASK(LOADER_MEM_BEGIN, size, blocks, RAM_BLOCK, address);
    for (uint32_t i = 0; i < blocks; i++) {
        uint32_t left = size - i * RAM_BLOCK;
        struct answer answer = client_ask_block(
            &f.client, LOADER_MEM_DATA, i, data + i * RAM_BLOCK,
            left < RAM_BLOCK ? left : RAM_BLOCK);
        assert_int_equal(answer.is_failed, 0);
    }
}

static void start_stub(void)
{
    struct ota_image image;
    struct ota_error err;
    struct ota_file file = load("stub.bin");
    struct ota_source source = ota_source_memory(file.data, file.size);
    assert_true(ota_image_verify(&image, &source, 0, &err));
    client_enter(&f.client);
    for (uint8_t i = 0; i < image.segment_count; i++)
        send_segment(image.segments[i].address,
                     file.data + image.segments[i].offset,
                     image.segments[i].size);
    ASK(LOADER_MEM_END, 0, image.entry);
    assert_true(client_receive(&f.client, 5000));
    assert_int_equal(f.client.packet_size, 4);
    assert_memory_equal(f.client.packet, "OHAI", 4);
    ota_file_release(&file);
}

/* --- writing ------------------------------------------------------------ */

static void write_packed(uint32_t offset, const void *data, uint32_t size)
{
    uLongf packed = sizeof(f.packed);
    assert_int_equal(compress2(f.packed, &packed, data, size, 9), Z_OK);
    uint32_t blocks = (uint32_t)(packed + BLOCK - 1) / BLOCK;
    ASK(LOADER_DEFLATE_BEGIN, size, blocks, BLOCK, offset);
    for (uint32_t i = 0; i < blocks; i++) {
        uint32_t left = (uint32_t)packed - i * BLOCK;
        struct answer answer =
            client_ask_block(&f.client, LOADER_DEFLATE_DATA, i,
                             f.packed + i * BLOCK, left < BLOCK ? left : BLOCK);
        assert_int_equal(answer.is_failed, 0);
    }
    ASK(LOADER_DEFLATE_END, 1);
}

static void packed_data_is_written_with_its_digest(void **state)
{
    uint8_t digest[OTA_MD5_SIZE];
    (void)state;
    start_stub();
    write_packed(0xf000, f.data, sizeof(f.data));
    check_flash(0xf000, f.data, sizeof(f.data));
    struct answer answer = ASK(LOADER_MD5, 0xf000, sizeof(f.data), 0, 0);
    ota_md5(f.data, sizeof(f.data), digest);
    assert_int_equal(answer.data_size, OTA_MD5_SIZE);
    assert_memory_equal(answer.data, digest, OTA_MD5_SIZE);
}

enum { PACKET_SIZE = 8 + 16 + BLOCK };

static const uint8_t *make_packet(uint32_t number)
{
    static uint8_t packet[PACKET_SIZE];
    const uint8_t *data = f.data + number * BLOCK;
    const struct loader_header header = {
        .command = LOADER_FLASH_DATA,
        .size = 16 + BLOCK,
        .value = loader_checksum(data, BLOCK),
    };
    const struct loader_block block = {.size = BLOCK, .number = number};
    memcpy(packet, &header, 8);
    memcpy(packet + 8, &block, 16);
    memcpy(packet + 24, data, BLOCK);
    return packet;
}

/* The second packet arrives while the first one is written. */
static void a_packet_may_come_before_the_one_before_is_answered(void **state)
{
    (void)state;
    start_stub();
    ASK(LOADER_FLASH_BEGIN, 2 * BLOCK, 2, BLOCK, 0);
    for (uint32_t i = 0; i < 2; i++)
        client_send(&f.client, make_packet(i), PACKET_SIZE);
    for (uint32_t i = 0; i < 2; i++)
        assert_int_equal(client_answer(&f.client, LOADER_FLASH_DATA).is_failed,
                         0);
    ASK(LOADER_FLASH_END, 1);
    check_flash(0, f.data, 2 * BLOCK);
}

static void check_answer(bool is_failed)
{
    struct answer answer = client_answer(&f.client, LOADER_FLASH_DATA);
    assert_int_equal(answer.is_failed, is_failed);
}

static void a_packet_that_was_cut_is_taken_the_second_time(void **state)
{
    (void)state;
    start_stub();
    ASK(LOADER_FLASH_BEGIN, BLOCK, 1, BLOCK, 0);
    client_send_cut(&f.client, make_packet(0), PACKET_SIZE / 3);
    client_send(&f.client, make_packet(0), PACKET_SIZE);
    check_answer(true);
    check_answer(false);
    ASK(LOADER_FLASH_END, 1);
    check_flash(0, f.data, BLOCK);
}

static void a_damaged_packet_is_taken_the_second_time(void **state)
{
    static uint8_t damaged[PACKET_SIZE];
    (void)state;
    start_stub();
    ASK(LOADER_FLASH_BEGIN, BLOCK, 1, BLOCK, 0);
    memcpy(damaged, make_packet(0), PACKET_SIZE);
    damaged[5000] ^= 4;
    client_send(&f.client, damaged, PACKET_SIZE);
    check_answer(true);
    client_send(&f.client, make_packet(0), PACKET_SIZE);
    check_answer(false);
    client_send(&f.client, make_packet(0), PACKET_SIZE); /* answer lost */
    check_answer(false);
    ASK(LOADER_FLASH_END, 1);
    check_flash(0, f.data, BLOCK);
}

/* --- a line that is not well -------------------------------------------- */

enum { SMALL_BLOCK = 1024, SMALL_BLOCKS = 64 };

/* Late answers are not those to the next request. */
static void wait_for_silence(void)
{
    while (client_receive(&f.client, 100))
        ;
}

/* Asks until an answer comes that is not of a damaged request. */
static struct answer insist(uint8_t command, const void *data, uint32_t size,
                            uint32_t checksum)
{
    enum { TRIES = 50, PATIENCE_MS = 1500, DAMAGED = 0xc0, MISSUMMED = 0xc1 };
    static uint8_t packet[8 + 16 + SMALL_BLOCK];
    const struct loader_header header = {
        .command = command, .size = (uint16_t)size, .value = checksum};
    struct answer answer = {.is_failed = 1};
    memcpy(packet, &header, 8);
    memcpy(packet + 8, data, size);
    for (uint32_t i = 0; i < TRIES; i++) {
        if (i > 0)
            wait_for_silence();
        client_send(&f.client, packet, 8 + size);
        if (client_receive(&f.client, PATIENCE_MS) &&
            client_take_answer(&f.client, command, &answer) &&
            answer.reason != DAMAGED && answer.reason != MISSUMMED)
            return answer;
    }
    fail_msg("command 0x%x is never answered", command);
    return answer;
}

static void insist_on_block(uint32_t number)
{
    static uint8_t packet[16 + SMALL_BLOCK];
    const uint8_t *data = f.data + number * SMALL_BLOCK;
    const struct loader_block block = {.size = SMALL_BLOCK, .number = number};
    memcpy(packet, &block, 16);
    memcpy(packet + 16, data, SMALL_BLOCK);
    struct answer answer = insist(LOADER_FLASH_DATA, packet, sizeof(packet),
                                  loader_checksum(data, SMALL_BLOCK));
    assert_int_equal(answer.is_failed, 0);
}

/* It begins when the stub runs. */
static void write_over_a_line_that(const char *does)
{
    const uint32_t size = SMALL_BLOCK * SMALL_BLOCKS;
    const uint32_t begin[] = {size, SMALL_BLOCKS, SMALL_BLOCK, 0x10000};
    const uint32_t range[] = {0x10000, size, 0, 0};
    uint8_t digest[OTA_MD5_SIZE];
    struct answer answer;
    start_chip(does);
    start_stub();
    insist(LOADER_FLASH_BEGIN, begin, sizeof(begin), 0);
    for (uint32_t i = 0; i < SMALL_BLOCKS; i++)
        insist_on_block(i);
    ota_md5(f.data, size, digest);
    do
        answer = insist(LOADER_MD5, range, sizeof(range), 0);
    while (answer.data_size != OTA_MD5_SIZE ||
           memcmp(answer.data, digest, OTA_MD5_SIZE) != 0);
    check_flash(0x10000, f.data, size);
}

static void lost_bytes_are_borne(void **state)
{
    (void)state;
    write_over_a_line_that("line.lose=15013");
}

static void repeated_bytes_are_borne(void **state)
{
    (void)state;
    write_over_a_line_that("line.repeat=15013");
}

static void flipped_bits_are_borne(void **state)
{
    (void)state;
    write_over_a_line_that("line.flip=15013");
}

static void regions_and_the_whole_are_erased(void **state)
{
    static uint8_t blank[FLASH_SIZE];
    (void)state;
    memset(blank, 0xff, sizeof(blank));
    start_stub();
    ASK(LOADER_ERASE_REGION, 0xf000, 0x12000);
    check_flash(0xf000, blank, 0x12000);
    check_flash(0x21000, "\0\0\0\0", 4);
    ask_words(LOADER_ERASE_FLASH, NULL, 0);
    check_flash(0, blank, FLASH_SIZE);
}

/* --- reading ------------------------------------------------------------ */

static void flash_is_read_with_its_digest(void **state)
{
    enum { SIZE = 100001, PACKET = 0x1000, FROM = 0x12345 };
    static uint8_t got[SIZE + PACKET];
    const uint32_t words[] = {FROM, SIZE, PACKET, 4};
    uint8_t digest[OTA_MD5_SIZE];
    uint32_t had = 0;
    (void)state;
    start_stub();
    write_packed(0x12000, f.data, sizeof(f.data));
    client_ask_words(&f.client, LOADER_READ_FLASH, words, 4);
    while (had < SIZE) {
        assert_true(client_receive(&f.client, 5000));
        memcpy(got + had, f.client.packet, f.client.packet_size);
        had += (uint32_t)f.client.packet_size;
        client_send(&f.client, &had, sizeof(had));
    }
    assert_int_equal(had, SIZE);
    assert_memory_equal(got, f.data + FROM - 0x12000, SIZE);
    assert_true(client_receive(&f.client, 5000));
    ota_md5(got, SIZE, digest);
    assert_memory_equal(f.client.packet, digest, OTA_MD5_SIZE);
    assert_int_equal(client_read_register(&f.client, 0x40001000), 0xfff0c101);
}

/* --- the rest ----------------------------------------------------------- */

static void the_speed_is_changed(void **state)
{
    (void)state;
    start_stub();
    ASK(LOADER_SPEED, 921600, 115200);
    client_speed(&f.client, 921600);
    assert_int_equal(client_read_register(&f.client, 0x60000014), 56);
    ASK(LOADER_SPEED, 115200, 921600);
    client_speed(&f.client, 115200);
    client_read_register(&f.client, 0x40001000);
}

static void a_program_in_ram_is_called_and_comes_back(void **state)
{
    const uint8_t returns[] = {0x0d, 0xf0, 0, 0}; /* ret.n */
    (void)state;
    start_stub();
    send_segment(0x40100000, returns, sizeof(returns));
    ASK(LOADER_MEM_END, 0, 0x40100000);
    client_read_register(&f.client, 0x40001000);
}

static void a_restart_leads_back_to_the_loader(void **state)
{
    (void)state;
    start_stub();
    ASK(LOADER_FLASH_BEGIN, 0, 0, BLOCK, 0);
    ASK(LOADER_FLASH_END, 0);
    assert_int_equal(client_sync(&f.client), LOADER_SYNC_WORD);
}

static void write_table(void)
{
    uint8_t table[OTA_PARTITION_TABLE_SIZE];
    struct ota_error err;
    const struct ota_partition_table parts = {
        .count = 1,
        .entries = {{.type = OTA_PARTITION_APP,
                     .subtype = OTA_PARTITION_APP_OTA_0,
                     .offset = APP_OFFSET,
                     .size = APP_SIZE,
                     .name = "ota_0"}},
    };
    assert_true(ota_partition_table_build(&parts, NULL, table, &err));
    write_packed(TABLE_OFFSET, table, sizeof(table));
}

static void what_was_written_runs_when_told_to(void **state)
{
    (void)state;
    if (access(IMAGES "/app_1_ota_0.bin", F_OK) != 0)
        skip(); /* the build had no network stack for it */
    struct ota_file boot = load("otatool_boot.bin");
    struct ota_file app = load("app_1_ota_0.bin");
    start_stub();
    write_packed(0, boot.data, (uint32_t)boot.size);
    write_table();
    write_packed(APP_OFFSET, app.data, (uint32_t)app.size);
    ask_words(LOADER_RUN_FLASH, NULL, 0);
    client_expect(&f.client, "[boot] at 0, flash of 1024 KB");
    client_expect(&f.client, "[boot] starting the app at 0x7000");
    client_expect(&f.client, "[app] version 1");
    ota_file_release(&boot);
    ota_file_release(&app);
}

#define LINE(name) cmocka_unit_test_setup_teardown(name, set_up_data, tear_down)
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(packed_data_is_written_with_its_digest),
        TEST(a_packet_may_come_before_the_one_before_is_answered),
        TEST(a_packet_that_was_cut_is_taken_the_second_time),
        TEST(a_damaged_packet_is_taken_the_second_time),
        LINE(lost_bytes_are_borne),
        LINE(repeated_bytes_are_borne),
        LINE(flipped_bits_are_borne),
        TEST(regions_and_the_whole_are_erased),
        TEST(flash_is_read_with_its_digest),
        TEST(the_speed_is_changed),
        TEST(a_program_in_ram_is_called_and_comes_back),
        TEST(a_restart_leads_back_to_the_loader),
        TEST(what_was_written_runs_when_told_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
