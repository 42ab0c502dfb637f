/* SPDX-License-Identifier: Apache-2.0 */
#include "cmocka_all.h"
#include "flasher_fixture.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SECTOR = 0x1000, PLANNED = 14 * SECTOR };

static struct flasher_fixture fixture;

static int set_up(void **state)
{
    (void)state;
    flasher_fixture_init(&fixture, true);
    return 0;
}

static int set_up_rom(void **state)
{
    (void)state;
    flasher_fixture_init(&fixture, false);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    flasher_fixture_release(&fixture);
    return 0;
}

static void the_flash_holds_the_plan_and_all_else_as_before(void **state)
{
    (void)state;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_OK);
    assert_true(flasher_fixture_is_right(&fixture));
    assert_int_equal(fixture.result.written, PLANNED);
    assert_int_equal(fixture.chip.starts_of_app, 1);
    assert_int_equal(fixture.flasher.recoveries, 0);
}

static void a_second_time_nothing_is_written(void **state)
{
    (void)state;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_OK);
    fixture.chip.written_bytes = fixture.chip.erased_sectors = 0;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_OK);
    assert_int_equal(fixture.chip.written_bytes, 0);
    assert_int_equal(fixture.chip.erased_sectors, 0);
    assert_int_equal(fixture.result.same, PLANNED);
}

static void only_the_sector_that_differs_is_written(void **state)
{
    (void)state;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_OK);
    fixture.chip.written_bytes = fixture.chip.erased_sectors = 0;
    fixture.chip.flash[0x9123] ^= 1;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_OK);
    assert_true(flasher_fixture_is_right(&fixture));
    assert_int_equal(fixture.result.written, SECTOR);
    assert_int_equal(fixture.chip.erased_sectors, fixture.options.stub ? 1 : 2);
}

static void a_full_job_writes_what_is_there_too(void **state)
{
    (void)state;
    fixture.job.is_full = true;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_OK);
    fixture.chip.written_bytes = 0;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_OK);
    assert_int_equal(fixture.chip.written_bytes, PLANNED);
}

static void erasing_all_leaves_the_rest_blank(void **state)
{
    (void)state;
    fixture.job.erase_all = true;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_OK);
    memset(fixture.expected, 0xff, FIXTURE_FLASH);
    for (size_t i = 0; i < fixture.plan.count; i++)
        memcpy(fixture.expected + fixture.plan.parts[i].address,
               fixture.plan.parts[i].data, fixture.plan.parts[i].size);
    assert_true(flasher_fixture_is_right(&fixture));
}

static void a_protected_flash_is_told(void **state)
{
    (void)state;
    fixture.chip.is_protected = true;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_E_FLASH_NO_EFFECT);
}

static void a_worn_flash_is_told(void **state)
{
    (void)state;
    fixture.chip.is_worn = true;
    assert_int_equal(flasher_fixture_run(&fixture), fixture.options.stub
                                                        ? OTA_E_FLASH_DIGEST
                                                        : OTA_E_LOADER_REFUSED);
}

static void another_chip_is_refused(void **state)
{
    (void)state;
    fixture.chip.mark = 0x00f01d83;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_E_LOADER_CHIP);
    assert_int_equal(fixture.chip.erased_sectors, 0);
}

static void a_flash_chip_that_is_silent_is_told(void **state)
{
    (void)state;
    static const uint32_t ids[] = {0, 0xffffff};
    for (size_t i = 0; i < 2; i++) {
        fixture.chip.flash_id = ids[i];
        assert_int_equal(flasher_fixture_run(&fixture), OTA_E_FLASH_ID);
    }
    fixture.chip.flash_id = 0x0140ef;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_E_FLASH_KIND);
}

static void a_silent_device_is_told(void **state)
{
    (void)state;
    fixture.chip.state = FAKE_CHIP_DEAD;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_E_LOADER_SILENT);
}

static void a_device_that_starts_its_firmware_is_told(void **state)
{
    (void)state;
    fixture.chip.is_stuck = true;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_E_LOADER_BOOTS);
    assert_string_equal(fixture.flasher.loader.detail, "boot mode:(3,6)");
}

static void a_loader_that_hears_nothing_is_told(void **state)
{
    (void)state;
    fixture.chip.is_deaf = true;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_E_LOADER_SILENT);
}

static void a_speed_that_is_too_high_is_told(void **state)
{
    (void)state;
    fixture.chip.most_baud = 230400;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_E_LOADER_BAUD);
}

static bool only_the_usual_speed(void *context, uint32_t baud,
                                 struct ota_error *err)
{
    (void)context;
    return baud == 115200 || ota_fail(err, OTA_E_SERIAL_SPEED, .actual = baud);
}

static void a_port_that_cannot_run_at_the_speed_is_told(void **state)
{
    (void)state;
    struct ota_error err;
    struct ota_port port = fake_line_port(&fixture.line);
    port.set_speed = only_the_usual_speed;
    assert_false(
        ota_flasher_open(&fixture.flasher, &port, &fixture.options, &err));
    ota_flasher_close(&fixture.flasher, false);
    assert_int_equal(err.code, OTA_E_SERIAL_SPEED);
    assert_int_equal(err.actual, fixture.options.baud);
}

static void a_stub_that_does_not_start_is_told(void **state)
{
    (void)state;
    fixture.chip.is_mute_stub = true;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_E_LOADER_STUB);
}

static void a_request_that_is_never_answered_is_told(void **state)
{
    (void)state;
    fixture.chip.unanswered = OTA_LOADER_MD5;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_E_LOADER_TIMEOUT);
    assert_int_equal(fixture.chip.erased_sectors, 0);
}

static void a_write_that_hits_something_else_is_seen_with_a_guard(void **state)
{
    (void)state;
    fixture.chip.is_stray = true;
    fixture.job.is_guarded = true;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_E_FLASH_ASTRAY);
}

static void without_lines_the_loader_must_be_there(void **state)
{
    (void)state;
    fixture.line.has_no_lines = true;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_OK);
    assert_true(flasher_fixture_is_right(&fixture));
    assert_int_equal(fixture.chip.starts_of_app, 1);
    assert_int_equal(flasher_fixture_run(&fixture), OTA_E_LOADER_SILENT);
}

/* As --after none and --before none have it. */
static void a_stub_that_was_left_is_found_again(void **state)
{
    (void)state;
    struct ota_port port = fake_line_port(&fixture.line);
    fixture.line.has_no_lines = true;
    for (int i = 0; i < 4; i++) {
        assert_true(
            ota_flasher_open(&fixture.flasher, &port, &fixture.options, NULL));
        assert_int_equal(fixture.chip.state, FAKE_CHIP_STUB);
        if (i != 2) /* once it is just dropped */
            ota_flasher_close(&fixture.flasher, false);
    }
}

static void both_ways_to_reset_work(void **state)
{
    (void)state;
    static const enum ota_loader_reset ways[] = {OTA_LOADER_RESET_TIGHT,
                                                 OTA_LOADER_RESET_CLASSIC};
    for (size_t i = 0; i < 2; i++) {
        fixture.chip.state = FAKE_CHIP_APP;
        fixture.options.reset = ways[i];
        assert_int_equal(flasher_fixture_run(&fixture), OTA_OK);
    }
}

static void the_chip_is_identified(void **state)
{
    (void)state;
    static const uint8_t mac[] = {0x5c, 0xcf, 0x7f, 0x1a, 0x2b, 0x4d};
    assert_int_equal(flasher_fixture_run(&fixture), OTA_OK);
    assert_int_equal(fixture.flasher.chip.flash_size, FIXTURE_FLASH);
    assert_true(fixture.flasher.chip.has_mac);
    assert_memory_equal(fixture.flasher.chip.mac, mac, sizeof(mac));
    assert_int_equal(fixture.flasher.chip.id, 0x001a2b4d);
    assert_false(fixture.flasher.chip.is_esp8285);
}

/* --- beside writing --- */

static void open_flasher(void)
{
    struct ota_port port = fake_line_port(&fixture.line);
    assert_true(
        ota_flasher_open(&fixture.flasher, &port, &fixture.options, NULL));
}

static void any_range_is_read(void **state)
{
    (void)state;
    static const uint32_t ranges[][2] = {{0, SECTOR},
                                         {1, 1},
                                         {SECTOR - 1, 2},
                                         {100, 3 * SECTOR},
                                         {FIXTURE_FLASH - 1, 1},
                                         {0x800, 0},
                                         {0x12345, 70000}};
    static uint8_t data[70000];
    open_flasher();
    size_t count = fixture.options.stub ? 7 : 6;
    for (size_t i = 0; i < count; i++) {
        assert_true(ota_flasher_read(&fixture.flasher, ranges[i][0], data,
                                     ranges[i][1], NULL));
        assert_memory_equal(data, fixture.chip.flash + ranges[i][0],
                            ranges[i][1]);
    }
    struct ota_error err;
    assert_false(
        ota_flasher_read(&fixture.flasher, FIXTURE_FLASH, data, 1, &err));
    assert_int_equal(err.code, OTA_E_FLASH_BEYOND);
}

static void a_region_is_erased_and_nothing_else(void **state)
{
    (void)state;
    memcpy(fixture.expected, fixture.chip.flash, FIXTURE_FLASH);
    open_flasher();
    static const uint32_t regions[][2] = {{0x3000, SECTOR},
                                          {0xf000, SECTOR},
                                          {0x20000, 0x20000},
                                          {FIXTURE_FLASH - SECTOR, SECTOR},
                                          {0x41000, 5 * SECTOR}};
    for (size_t i = 0; i < 5; i++) {
        assert_true(ota_flasher_erase(&fixture.flasher, regions[i][0],
                                      regions[i][1], NULL));
        memset(fixture.expected + regions[i][0], 0xff, regions[i][1]);
    }
    assert_true(flasher_fixture_is_right(&fixture));
}

static void verifying_names_the_first_sector_that_differs(void **state)
{
    (void)state;
    struct ota_error err = {0};
    assert_int_equal(flasher_fixture_run(&fixture), OTA_OK);
    fixture.chip.state = FAKE_CHIP_ROM;
    open_flasher();
    assert_true(ota_flasher_verify(&fixture.flasher, &fixture.plan, &err));
    fixture.chip.flash[0xa001] ^= 4;
    assert_false(ota_flasher_verify(&fixture.flasher, &fixture.plan, &err));
    assert_int_equal(err.code, OTA_E_FLASH_DIFFERS);
    assert_int_equal(err.offset, 0xa000);
}

static void the_mirror_is_the_flash(void **state)
{
    (void)state;
    struct ota_flasher_mirror mirror;
    uint8_t data[5000];
    open_flasher();
    assert_true(ota_flasher_mirror_init(&mirror, &fixture.flasher, NULL));
    struct ota_source source = ota_flasher_source(&mirror);
    assert_true(ota_source_read(&source, 0x3fff, data, sizeof(data), NULL));
    assert_memory_equal(data, fixture.chip.flash + 0x3fff, sizeof(data));
    assert_false(ota_source_read(&source, FIXTURE_FLASH, data, 1, NULL));
    ota_flasher_mirror_release(&mirror);
}

/* --- the journal --- */

static void an_interrupted_full_job_goes_on(void **state)
{
    (void)state;
    char folder[] = "/tmp/otatool-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    fixture.job = (struct ota_flasher_job){
        .is_full = true, .erase_all = true, .journal = folder};
    fixture.line.fault = FAKE_LINE_VANISH;
    fixture.line.at = 25000;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_E_SERIAL_LOST);
    assert_true(fixture.chip.erased_sectors >= FIXTURE_FLASH / SECTOR);
    fixture.line.at = 0;
    fixture.line.is_gone = false;
    fixture.chip.erased_sectors = 0;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_OK);
    assert_true(fixture.chip.erased_sectors < FIXTURE_FLASH / SECTOR);
    assert_true(fixture.result.resumed > 0);
    assert_int_equal(fixture.result.resumed + fixture.result.written, PLANNED);
    assert_int_equal(rmdir(folder), 0); /* the journal is gone */
}

/* As an app is, which is most of what there is to write. */
static void plan_one_long_part(uint32_t size)
{
    uint8_t *data = malloc(size);
    uint32_t seed = 1;
    assert_non_null(data);
    for (uint32_t i = 0; i < size; i++) {
        seed = seed * 1664525 + 1013904223;
        data[i] = (uint8_t)(seed >> 24);
    }
    ota_flash_plan_release(&fixture.plan);
    assert_true(
        ota_flash_plan_add(&fixture.plan, "long", 0x10000, data, size, NULL));
    assert_true(ota_flash_plan_seal(&fixture.plan, NULL));
    free(data);
}

static void an_interrupted_part_goes_on_in_its_middle(void **state)
{
    (void)state;
    enum { SIZE = 64 * SECTOR };
    char folder[] = "/tmp/otatool-test-XXXXXX";
    assert_non_null(mkdtemp(folder));
    plan_one_long_part(SIZE);
    fixture.job = (struct ota_flasher_job){.is_full = true, .journal = folder};
    fixture.line.fault = FAKE_LINE_VANISH;
    fixture.line.at = SIZE * 3 / 4;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_E_SERIAL_LOST);
    fixture.line.at = 0;
    fixture.line.is_gone = false;
    assert_int_equal(flasher_fixture_run(&fixture), OTA_OK);
    assert_in_range(fixture.result.resumed, SIZE / 2, SIZE - SECTOR);
    assert_int_equal(fixture.result.resumed + fixture.result.written, SIZE);
    assert_int_equal(rmdir(folder), 0);
}

static void the_rom_erases_what_it_says(void **state)
{
    (void)state;
    for (uint32_t first = 0; first < 40; first++)
        for (uint32_t count = 1; count < 70; count++) {
            uint32_t asked;
            uint32_t erased = ota_loader_rom_erases(first, count, &asked);
            uint32_t head = 16 - first % 16 < asked ? 16 - first % 16 : asked;
            assert_int_equal(erased, asked + head);
            assert_true(erased == count || erased == count + 1);
        }
}

#define STUB_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define ROM_TEST(name)                                                         \
    cmocka_unit_test_setup_teardown(name, set_up_rom, tear_down)

int main(void)
{
    const struct CMUnitTest with_stub[] = {
        STUB_TEST(the_flash_holds_the_plan_and_all_else_as_before),
        STUB_TEST(a_second_time_nothing_is_written),
        STUB_TEST(only_the_sector_that_differs_is_written),
        STUB_TEST(a_full_job_writes_what_is_there_too),
        STUB_TEST(erasing_all_leaves_the_rest_blank),
        STUB_TEST(a_protected_flash_is_told),
        STUB_TEST(a_worn_flash_is_told),
        STUB_TEST(another_chip_is_refused),
        STUB_TEST(a_flash_chip_that_is_silent_is_told),
        STUB_TEST(a_silent_device_is_told),
        STUB_TEST(a_device_that_starts_its_firmware_is_told),
        STUB_TEST(a_loader_that_hears_nothing_is_told),
        STUB_TEST(a_speed_that_is_too_high_is_told),
        STUB_TEST(a_port_that_cannot_run_at_the_speed_is_told),
        STUB_TEST(a_stub_that_does_not_start_is_told),
        STUB_TEST(a_request_that_is_never_answered_is_told),
        STUB_TEST(a_write_that_hits_something_else_is_seen_with_a_guard),
        STUB_TEST(without_lines_the_loader_must_be_there),
        STUB_TEST(a_stub_that_was_left_is_found_again),
        STUB_TEST(both_ways_to_reset_work),
        STUB_TEST(the_chip_is_identified),
        STUB_TEST(any_range_is_read),
        STUB_TEST(a_region_is_erased_and_nothing_else),
        STUB_TEST(verifying_names_the_first_sector_that_differs),
        STUB_TEST(the_mirror_is_the_flash),
        STUB_TEST(an_interrupted_full_job_goes_on),
        STUB_TEST(an_interrupted_part_goes_on_in_its_middle),
        STUB_TEST(the_rom_erases_what_it_says),
    };
    const struct CMUnitTest with_rom[] = {
        ROM_TEST(the_flash_holds_the_plan_and_all_else_as_before),
        ROM_TEST(a_second_time_nothing_is_written),
        ROM_TEST(only_the_sector_that_differs_is_written),
        ROM_TEST(erasing_all_leaves_the_rest_blank),
        ROM_TEST(a_protected_flash_is_told),
        ROM_TEST(a_worn_flash_is_told),
        ROM_TEST(any_range_is_read),
        ROM_TEST(a_region_is_erased_and_nothing_else),
        ROM_TEST(verifying_names_the_first_sector_that_differs),
    };
    return cmocka_run_group_tests(with_stub, NULL, NULL) |
           cmocka_run_group_tests(with_rom, NULL, NULL);
}
