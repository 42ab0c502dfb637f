/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "otatool/digest.h"
#include "stub_world.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { HEADER = 8, STATUS = 2, MOST_PACKETS = 40, RAM_BLOCK = 16 };

struct fixture {
    struct stub stub;
    struct stub_world *world;
    uint8_t packets[MOST_PACKETS][STUB_PACKET];
    uint32_t packet_count;
    uint8_t data[0x30000];
    uint8_t packed[0x32000];
};

static struct fixture f;

static int set_up(void **state)
{
    (void)state;
    f.world = stub_world_begin();
    f.packet_count = 0;
    stub_begin(&f.stub, &f.world->chip);
    for (uint32_t i = 0; i < sizeof(f.data); i++)
        f.data[i] = (uint8_t)(i * i >> 7);
    return 0;
}

/* --- requests and answers ----------------------------------------------- */

static void queue(uint8_t command, const void *data, uint32_t size,
                  uint32_t checksum)
{
    uint8_t *packet = f.packets[f.packet_count++ % MOST_PACKETS];
    const struct loader_header header = {
        .command = command, .size = (uint16_t)size, .value = checksum};
    memcpy(packet, &header, HEADER);
    if (size > 0)
        memcpy(packet + HEADER, data, size);
    stub_world_queue(packet, HEADER + size);
}

static void queue_words(uint8_t command, const uint32_t *words, uint32_t count)
{
    queue(command, words, count * 4, 0);
}

static void queue_block(uint8_t command, uint32_t number, const void *data,
                        uint32_t size)
{
    static uint8_t block[STUB_PACKET];
    const struct loader_block head = {.size = size, .number = number};
    memcpy(block, &head, sizeof(head));
    memcpy(block + sizeof(head), data, size);
    queue(command, block, (uint32_t)sizeof(head) + size,
          loader_checksum(data, size));
}

/* Serves all that is queued; the reason in the last packet that was sent. */
static uint8_t serve(void)
{
    uint32_t size;
    while (stub_serve(&f.stub) != STUB_IS_LEFT)
        ;
    f.world->queued = 0;
    f.world->received = 0;
    const uint8_t *packet = stub_world_sent(f.world->packet_count - 1, &size);
    assert_true(size >= HEADER + STATUS);
    assert_int_equal(packet[size - 2], packet[size - 1] != 0);
    return packet[size - 1];
}

static uint8_t ask_words(uint8_t command, const uint32_t *words, uint32_t count)
{
    queue_words(command, words, count);
    return serve();
}

static uint8_t ask_block(uint8_t command, uint32_t number, const void *data,
                         uint32_t size)
{
    queue_block(command, number, data, size);
    return serve();
}

static uint8_t begin(uint8_t command, uint32_t size, uint32_t blocks,
                     uint32_t block_size, uint32_t address)
{
    const uint32_t words[] = {size, blocks, block_size, address};
    return ask_words(command, words, 4);
}

static uint8_t end(uint8_t command)
{
    const uint32_t stay = 1;
    return ask_words(command, &stay, 1);
}

static void check_flash(uint32_t offset, const void *data, uint32_t size)
{
    assert_memory_equal(f.world->flash + offset, data, size);
}

static void check_erased(uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        assert_int_equal(f.world->flash[i], 0xff);
}

/* --- writing ------------------------------------------------------------ */

static void plain_data_is_written(void **state)
{
    (void)state;
    assert_int_equal(begin(LOADER_FLASH_BEGIN, 0x2400, 3, 0x1000, 0x3000), 0);
    for (uint32_t i = 0; i < 2; i++)
        assert_int_equal(
            ask_block(LOADER_FLASH_DATA, i, f.data + i * 0x1000, 0x1000), 0);
    assert_int_equal(ask_block(LOADER_FLASH_DATA, 2, f.data + 0x2000, 0x1000),
                     0);
    assert_int_equal(end(LOADER_FLASH_END), 0);
    check_flash(0x3000, f.data, 0x2400);
    check_erased(0x5400, 0x6000);
    assert_int_equal(f.world->flash[0x2fff], 0);
    assert_int_equal(f.world->flash[0x6000], 0);
    assert_int_equal(f.world->sector_erases, 3);
}

static void an_odd_place_is_written_as_well(void **state)
{
    (void)state;
    begin(LOADER_FLASH_BEGIN, 1001, 1, 0x1000, 0x3123);
    ask_block(LOADER_FLASH_DATA, 0, f.data, 1001);
    assert_int_equal(end(LOADER_FLASH_END), 0);
    check_flash(0x3123, f.data, 1001);
    check_erased(0x3000, 0x3123);
    check_erased(0x3123 + 1001, 0x4000);
}

static void whole_blocks_are_erased_at_once(void **state)
{
    (void)state;
    begin(LOADER_FLASH_BEGIN, 0x22000, 9, 0x4000, 0xf000);
    for (uint32_t i = 0; i < 9; i++)
        ask_block(LOADER_FLASH_DATA, i, f.data + i * 0x4000,
                  i < 8 ? 0x4000 : 0x2000);
    assert_int_equal(end(LOADER_FLASH_END), 0);
    check_flash(0xf000, f.data, 0x22000);
    assert_int_equal(f.world->block_erases, 2);
    assert_int_equal(f.world->sector_erases, 2);
}

static void blank_pages_cost_no_program(void **state)
{
    (void)state;
    memset(f.data + 0x100, 0xff, 0xe00);
    begin(LOADER_FLASH_BEGIN, 0x1000, 1, 0x1000, 0);
    ask_block(LOADER_FLASH_DATA, 0, f.data, 0x1000);
    check_flash(0, f.data, 0x1000);
    assert_int_equal(f.world->programs, 2);
}

/* Packs size bytes of data and sends them by blocks; returns the last answer
 * to a block. */
static uint8_t write_packed(uint32_t size, uint32_t told, uint32_t address)
{
    uLongf packed = sizeof(f.packed);
    uint8_t reason = 0;
    compress2(f.packed, &packed, f.data, size, 9);
    uint32_t blocks = (uint32_t)(packed + 999) / 1000;
    reason = begin(LOADER_DEFLATE_BEGIN, told, blocks, 1000, address);
    for (uint32_t i = 0; i < blocks && reason == 0; i++) {
        uint32_t left = (uint32_t)packed - i * 1000;
        reason = ask_block(LOADER_DEFLATE_DATA, i, f.packed + i * 1000,
                           left < 1000 ? left : 1000);
    }
    return reason;
}

static void packed_data_is_unpacked_and_written(void **state)
{
    (void)state;
    assert_int_equal(write_packed(0x23456, 0x23456, 0x8000), 0);
    assert_int_equal(end(LOADER_DEFLATE_END), 0);
    check_flash(0x8000, f.data, 0x23456);
    check_erased(0x8000 + 0x23456, 0x2c000);
    assert_int_equal(f.world->flash[0x2c000], 0);
}

/* Blank pages wait for no flash chip, and so give no time to the line. */
static void the_line_is_looked_after_while_blank_data_is_unpacked(void **state)
{
    (void)state;
    memset(f.data, 0xff, 0x8000);
    write_packed(0x8000, 0x8000, 0x10000);
    assert_int_equal(f.world->programs, 0);
    assert_true(f.world->looks >= 0x8000 / INFLATE_PIECE);
}

static void packed_data_that_is_more_than_told_is_not_written(void **state)
{
    (void)state;
    write_packed(0x1800, 0x1000, 0x8000);
    assert_int_equal(end(LOADER_DEFLATE_END), STUB_TOO_MUCH);
    assert_int_equal(f.world->flash[0x9000], 0);
}

static void packed_data_that_is_less_than_told_is_noticed(void **state)
{
    (void)state;
    write_packed(0x1000, 0x1800, 0x8000);
    assert_int_equal(end(LOADER_DEFLATE_END), STUB_TOO_LITTLE);
}

static void a_wrong_stream_is_told_with_the_next_block(void **state)
{
    (void)state;
    begin(LOADER_DEFLATE_BEGIN, 0x1000, 2, 0x100, 0);
    assert_int_equal(ask_block(LOADER_DEFLATE_DATA, 0, f.data, 0x100), 0);
    assert_int_equal(ask_block(LOADER_DEFLATE_DATA, 1, f.data, 0x100),
                     STUB_BAD_STREAM);
    assert_int_equal(end(LOADER_DEFLATE_END), STUB_BAD_STREAM);
    assert_int_equal(end(LOADER_DEFLATE_END), STUB_NOT_WRITING);
}

static void a_failed_write_is_told_at_the_end(void **state)
{
    (void)state;
    f.world->failing_program = 2;
    begin(LOADER_FLASH_BEGIN, 0x1000, 1, 0x1000, 0);
    assert_int_equal(ask_block(LOADER_FLASH_DATA, 0, f.data, 0x1000), 0);
    assert_int_equal(end(LOADER_FLASH_END), STUB_FLASH_REFUSED);
}

static void a_block_that_comes_twice_is_written_once(void **state)
{
    uLongf packed = sizeof(f.packed);
    (void)state;
    compress2(f.packed, &packed, f.data, 0x1000, 9);
    begin(LOADER_DEFLATE_BEGIN, 0x1000, 2, 300, 0);
    ask_block(LOADER_DEFLATE_DATA, 0, f.packed, 300);
    assert_int_equal(ask_block(LOADER_DEFLATE_DATA, 0, f.packed, 300), 0);
    assert_int_equal(ask_block(LOADER_DEFLATE_DATA, 1, f.packed + 300,
                               (uint32_t)packed - 300),
                     STUB_BAD_BLOCK);
    begin(LOADER_DEFLATE_BEGIN, 0x1000, 3, 0x1000, 0);
    ask_block(LOADER_DEFLATE_DATA, 0, f.packed, 300);
    ask_block(LOADER_DEFLATE_DATA, 0, f.packed, 300);
    ask_block(LOADER_DEFLATE_DATA, 1, f.packed + 300, (uint32_t)packed - 300);
    assert_int_equal(end(LOADER_DEFLATE_END), 0);
    check_flash(0, f.data, 0x1000);
}

static void a_block_that_is_left_out_is_noticed(void **state)
{
    (void)state;
    begin(LOADER_FLASH_BEGIN, 0x3000, 3, 0x1000, 0);
    ask_block(LOADER_FLASH_DATA, 0, f.data, 0x1000);
    assert_int_equal(ask_block(LOADER_FLASH_DATA, 2, f.data, 0x1000),
                     STUB_OUT_OF_ORDER);
    assert_int_equal(end(LOADER_FLASH_END), STUB_TOO_LITTLE);
}

static void a_wrong_checksum_writes_nothing_and_may_be_mended(void **state)
{
    uint32_t block[5] = {4, 0, 0, 0, 0x01020304};
    (void)state;
    begin(LOADER_FLASH_BEGIN, 4, 1, 4, 0);
    queue(LOADER_FLASH_DATA, block, 20, 0x12);
    assert_int_equal(serve(), STUB_BAD_CHECKSUM);
    queue(LOADER_FLASH_DATA, block, 20, 0xef ^ 1 ^ 2 ^ 3 ^ 4);
    assert_int_equal(serve(), 0);
    check_flash(0, block + 4, 4);
}

static void what_is_not_in_the_flash_is_refused(void **state)
{
    (void)state;
    assert_int_equal(begin(LOADER_FLASH_BEGIN, 1, 1, 1, STUB_WORLD_FLASH),
                     STUB_FLASH_REFUSED);
    assert_int_equal(begin(LOADER_DEFLATE_BEGIN, UINT32_MAX, 1, 1, 0x1000),
                     STUB_FLASH_REFUSED);
    assert_int_equal(ask_block(LOADER_DEFLATE_DATA, 0, "", 0),
                     STUB_NOT_WRITING);
}

static void plain_and_packed_do_not_mix(void **state)
{
    (void)state;
    begin(LOADER_FLASH_BEGIN, 16, 1, 16, 0);
    assert_int_equal(ask_block(LOADER_DEFLATE_DATA, 0, f.data, 16),
                     STUB_NOT_WRITING);
}

/* --- erasing ------------------------------------------------------------ */

static void a_region_is_erased(void **state)
{
    const uint32_t region[] = {0xf000, 0x12000};
    (void)state;
    assert_int_equal(ask_words(LOADER_ERASE_REGION, region, 2), 0);
    check_erased(0xf000, 0x21000);
    assert_int_equal(f.world->flash[0xefff], 0);
    assert_int_equal(f.world->flash[0x21000], 0);
    assert_int_equal(f.world->sector_erases, 2);
    assert_int_equal(f.world->block_erases, 1);
}

static void a_region_off_the_sectors_or_the_flash_is_refused(void **state)
{
    const uint32_t odd[] = {0x1000, 0x800};
    const uint32_t beyond[] = {STUB_WORLD_FLASH - 0x1000, 0x2000};
    (void)state;
    assert_int_equal(ask_words(LOADER_ERASE_REGION, odd, 2), STUB_BAD_ADDRESS);
    assert_int_equal(ask_words(LOADER_ERASE_REGION, beyond, 2),
                     STUB_FLASH_REFUSED);
    assert_int_equal(f.world->sector_erases, 0);
}

static void all_is_erased(void **state)
{
    (void)state;
    assert_int_equal(ask_words(LOADER_ERASE_FLASH, NULL, 0), 0);
    check_erased(0, STUB_WORLD_FLASH);
    assert_int_equal(f.world->chip_erases, 1);
}

/* --- reading ------------------------------------------------------------ */

static void a_range_has_its_digest(void **state)
{
    const uint32_t range[] = {0x1235, 5001, 0, 0};
    uint8_t wanted[OTA_MD5_SIZE];
    uint32_t size;
    (void)state;
    memcpy(f.world->flash + 0x1235, f.data, 5001);
    assert_int_equal(ask_words(LOADER_MD5, range, 4), 0);
    ota_md5(f.data, 5001, wanted);
    const uint8_t *answer = stub_world_sent(0, &size);
    assert_int_equal(size, HEADER + OTA_MD5_SIZE + STATUS);
    assert_memory_equal(answer + HEADER, wanted, OTA_MD5_SIZE);
}

/* Acknowledges count packets of 1000 bytes beforehand. */
static void read_in_packets(uint32_t size, uint32_t most, uint32_t count)
{
    static uint32_t acknowledged[MOST_PACKETS];
    const uint32_t words[] = {0x1001, size, 1000, most};
    memcpy(f.world->flash + 0x1001, f.data, size);
    queue_words(LOADER_READ_FLASH, words, 4);
    for (uint32_t i = 0; i < count; i++) {
        acknowledged[i] = (i + 1) * 1000 < size ? (i + 1) * 1000 : size;
        stub_world_queue(&acknowledged[i], 4);
    }
    while (stub_serve(&f.stub) != STUB_IS_LEFT)
        ;
}

static void flash_is_read_by_packets_and_with_a_digest(void **state)
{
    uint8_t wanted[OTA_MD5_SIZE];
    uint32_t size;
    (void)state;
    read_in_packets(4500, 2, 5);
    assert_int_equal(f.world->packet_count, 7);
    for (uint32_t i = 0; i < 5; i++) {
        const uint8_t *packet = stub_world_sent(1 + i, &size);
        assert_int_equal(size, i < 4 ? 1000 : 500);
        assert_memory_equal(packet, f.data + i * 1000, size);
    }
    ota_md5(f.data, 4500, wanted);
    assert_memory_equal(stub_world_sent(6, &size), wanted, OTA_MD5_SIZE);
    assert_int_equal(size, OTA_MD5_SIZE);
}

static void no_more_than_the_window_is_in_flight(void **state)
{
    (void)state;
    read_in_packets(10000, 3, 0);
    assert_int_equal(f.world->packet_count, 1 + 3);
}

static void a_request_ends_the_reading_and_is_answered(void **state)
{
    const uint32_t words[] = {0, 10000, 1000, 2};
    const uint32_t address = 0x40001000;
    uint32_t size;
    (void)state;
    queue_words(LOADER_READ_FLASH, words, 4);
    queue_words(LOADER_READ_REGISTER, &address, 1);
    serve();
    const uint8_t *answer = stub_world_sent(f.world->packet_count - 1, &size);
    assert_int_equal(answer[1], LOADER_READ_REGISTER);
    assert_memory_equal(answer + 4, &address, 4);
}

/* --- the rest ----------------------------------------------------------- */

static void a_sync_is_answered_eight_times_with_no_value(void **state)
{
    uint32_t size;
    (void)state;
    ask_words(LOADER_SYNC, NULL, 0);
    assert_int_equal(f.world->packet_count, 8);
    assert_memory_equal(stub_world_sent(7, &size), "\1\x08\2\0\0\0\0\0\0\0",
                        10);
}

static void registers_are_read_and_written(void **state)
{
    const uint32_t orders[] = {STUB_WORLD_RAM,     0x11223344, UINT32_MAX, 0,
                               STUB_WORLD_RAM + 4, 0xaaaaaaaa, 0xff00,     9};
    const uint32_t odd = 0x3ffe8001;
    (void)state;
    f.world->ram[1] = 0x55555555;
    assert_int_equal(ask_words(LOADER_WRITE_REGISTER, orders, 8), 0);
    assert_int_equal(f.world->ram[0], 0x11223344);
    assert_int_equal(f.world->ram[1], 0x5555aa55);
    assert_int_equal(ask_words(LOADER_READ_REGISTER, &odd, 1),
                     STUB_BAD_ADDRESS);
}

static void a_program_is_loaded_and_called(void **state)
{
    const uint32_t words[] = {0, 0x40100004};
    (void)state;
    begin(LOADER_MEM_BEGIN, 24, 2, RAM_BLOCK, STUB_WORLD_RAM);
    ask_block(LOADER_MEM_DATA, 1, f.data + RAM_BLOCK, 8);
    assert_int_equal(ask_block(LOADER_MEM_DATA, 0, f.data, RAM_BLOCK), 0);
    assert_memory_equal(f.world->ram, f.data, 24);
    queue_words(LOADER_MEM_END, words, 2);
    assert_int_equal(stub_serve(&f.stub), STUB_CALLS);
    assert_int_equal(f.stub.entry, 0x40100004);
}

static void a_program_at_an_odd_address_is_refused(void **state)
{
    (void)state;
    assert_int_equal(
        begin(LOADER_MEM_BEGIN, 16, 1, RAM_BLOCK, STUB_WORLD_RAM + 2),
        STUB_BAD_ADDRESS);
    assert_int_equal(ask_block(LOADER_MEM_DATA, 0, f.data, RAM_BLOCK),
                     STUB_BAD_BLOCK);
}

static void a_speed_is_changed_after_the_answer(void **state)
{
    const uint32_t wrong[] = {0, 115200};
    const uint32_t words[] = {921600, 115200};
    (void)state;
    assert_int_equal(ask_words(LOADER_SPEED, wrong, 2), STUB_BAD_SIZE);
    assert_int_equal(f.world->baud, 0);
    assert_int_equal(ask_words(LOADER_SPEED, words, 2), 0);
    assert_int_equal(f.world->baud, 921600);
}

static void the_ends_are_told_apart(void **state)
{
    const uint32_t restart = 0;
    (void)state;
    begin(LOADER_FLASH_BEGIN, 0, 0, 0, 0);
    queue_words(LOADER_FLASH_END, &restart, 1);
    assert_int_equal(stub_serve(&f.stub), STUB_RESTARTS);
    queue_words(LOADER_RUN_FLASH, NULL, 0);
    assert_int_equal(stub_serve(&f.stub), STUB_RUNS_FLASH);
}

static void unknown_and_short_requests_are_refused(void **state)
{
    (void)state;
    assert_int_equal(ask_words(0x14, NULL, 0), STUB_UNKNOWN);
    assert_int_equal(ask_words(LOADER_READ_REGISTER, NULL, 0), STUB_BAD_SIZE);
    assert_int_equal(ask_words(LOADER_READ_FLASH, NULL, 0), STUB_BAD_SIZE);
    assert_int_equal(ask_words(LOADER_FLASH_DATA, NULL, 0), STUB_BAD_SIZE);
}

static void a_command_with_the_data_of_another_is_refused(void **state)
{
    const uint32_t words[8] = {0};
    (void)state;
    assert_int_equal(ask_words(LOADER_ERASE_FLASH, words, 2), STUB_BAD_SIZE);
    assert_int_equal(ask_words(LOADER_ERASE_REGION, words, 4), STUB_BAD_SIZE);
    assert_int_equal(ask_words(LOADER_FLASH_BEGIN, words, 8), STUB_BAD_SIZE);
    assert_int_equal(ask_words(LOADER_RUN_FLASH, words, 1), STUB_BAD_SIZE);
    assert_int_equal(f.world->chip_erases, 0);
}

static void a_request_with_a_wrong_checksum_is_refused(void **state)
{
    const uint32_t region[] = {0x1000, 0x1000};
    const uint32_t reading[] = {0, 0x1000, 0x400, 2};
    (void)state;
    queue(LOADER_ERASE_REGION, region, 8, 0x12);
    assert_int_equal(serve(), STUB_BAD_CHECKSUM);
    assert_int_equal(f.world->sector_erases, 0);
    queue(LOADER_READ_FLASH, reading, 16, 0x12);
    assert_int_equal(serve(), STUB_BAD_CHECKSUM);
    queue(LOADER_ERASE_REGION, region, 8, 0xef);
    assert_int_equal(serve(), 0);
    assert_int_equal(f.world->sector_erases, 1);
}

static void what_is_no_request_is_not_answered(void **state)
{
    const uint8_t answer[] = {1, LOADER_SYNC, 0, 0, 0, 0, 0, 0};
    (void)state;
    stub_world_queue(answer, sizeof(answer));
    stub_world_queue(answer, 3);
    assert_int_equal(stub_serve(&f.stub), STUB_GOES_ON);
    assert_int_equal(stub_serve(&f.stub), STUB_GOES_ON);
    assert_int_equal(f.world->packet_count, 0);
}

static void a_request_of_another_length_than_it_says_is_refused(void **state)
{
    const uint8_t request[] = {0, LOADER_SYNC, 9, 0, 0, 0, 0, 0};
    (void)state;
    stub_world_queue(request, sizeof(request));
    assert_int_equal(serve(), STUB_BAD_SIZE);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(plain_data_is_written),
        TEST(an_odd_place_is_written_as_well),
        TEST(whole_blocks_are_erased_at_once),
        TEST(blank_pages_cost_no_program),
        TEST(packed_data_is_unpacked_and_written),
        TEST(the_line_is_looked_after_while_blank_data_is_unpacked),
        TEST(packed_data_that_is_more_than_told_is_not_written),
        TEST(packed_data_that_is_less_than_told_is_noticed),
        TEST(a_wrong_stream_is_told_with_the_next_block),
        TEST(a_failed_write_is_told_at_the_end),
        TEST(a_block_that_comes_twice_is_written_once),
        TEST(a_block_that_is_left_out_is_noticed),
        TEST(a_wrong_checksum_writes_nothing_and_may_be_mended),
        TEST(a_command_with_the_data_of_another_is_refused),
        TEST(what_is_not_in_the_flash_is_refused),
        TEST(plain_and_packed_do_not_mix),
        TEST(a_region_is_erased),
        TEST(a_region_off_the_sectors_or_the_flash_is_refused),
        TEST(all_is_erased),
        TEST(a_range_has_its_digest),
        TEST(flash_is_read_by_packets_and_with_a_digest),
        TEST(no_more_than_the_window_is_in_flight),
        TEST(a_request_ends_the_reading_and_is_answered),
        TEST(a_sync_is_answered_eight_times_with_no_value),
        TEST(registers_are_read_and_written),
        TEST(a_program_is_loaded_and_called),
        TEST(a_program_at_an_odd_address_is_refused),
        TEST(a_speed_is_changed_after_the_answer),
        TEST(the_ends_are_told_apart),
        TEST(unknown_and_short_requests_are_refused),
        TEST(a_request_with_a_wrong_checksum_is_refused),
        TEST(what_is_no_request_is_not_answered),
        TEST(a_request_of_another_length_than_it_says_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
