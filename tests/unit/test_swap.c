/* SPDX-License-Identifier: Apache-2.0 */
/* The record and the journal of a swap; what it does is in test_trial. */
#include "boot_world.h"
#include "cmocka_all.h"
#include <string.h>

enum { SECTOR = OTA_SECTOR_SIZE, N = BOOT_WORLD_SECTORS };
enum { OTA_0 = BOOT_WORLD_OTA_0, OTA_1 = BOOT_WORLD_OTA_1 };
enum { OTADATA = BOOT_WORLD_OTADATA };

static struct boot_world world;

static void init(void)
{
    boot_world_init(&world, 0x100000);
    boot_world_put_app(&world, OTA_0, N, 1);
    boot_world_put_app(&world, OTA_1, N, 2);
}

static void release(void)
{
    boot_world_release(&world);
}

/* --- an entry without its journal --------------------------------------- */

/* Other tools, or damage: a record that makes no sense is none. */
static void a_pending_entry_without_a_record_is_rolled_back(void **state)
{
    static const uint32_t wrong[][3] = {
        {OTA_0, OTA_1, 0},                    /* no sectors */
        {OTA_0, OTA_1, OTA_SWAP_MOST + 1},    /* too many */
        {OTA_0 + 4, OTA_1, N},                /* no sector */
        {OTA_0, OTA_1 + 4, N},                /* no sector */
        {OTA_0, 0x100000 - N * SECTOR, N},    /* no free sector */
        {0x100000, OTA_1, N},                 /* outside */
        {OTA_0, OTA_0 + (N - 1) * SECTOR, N}, /* overlap */
        {OTA_0 + N * SECTOR, OTA_0, N},       /* overlap by the free one */
    };
    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        const struct ota_swap swap = {wrong[i][0], wrong[i][1], wrong[i][2], 2};
        uint8_t record[OTA_OTADATA_RECORD_SIZE];
        init();
        boot_world_name(&world, 0, OTA_OTADATA_PENDING);
        ota_swap_encode(&swap, record);
        nor_flash_put(&world.nor, OTADATA + OTA_OTADATA_RECORD, record,
                      sizeof(record));
        boot_world_power_on(&world);
        assert_int_equal(world.told[OTA_BOOTLOADER_ROLLS_BACK], 1);
        release();
    }
}

static void a_damaged_record_is_none(void **state)
{
    (void)state;
    for (uint32_t bit = 0; bit < OTA_OTADATA_RECORD_SIZE * 8; bit++) {
        const struct ota_swap swap = {OTA_0, OTA_1, N, 2};
        uint8_t record[OTA_OTADATA_RECORD_SIZE];
        struct ota_swap found;
        struct ota_error err;
        bool is_there;
        init();
        ota_swap_encode(&swap, record);
        nor_flash_put(&world.nor, OTADATA + OTA_OTADATA_RECORD, record,
                      sizeof(record));
        assert_true(
            ota_swap_read(&found, &world.nor.flash, OTADATA, &is_there, &err));
        assert_true(is_there);
        assert_memory_equal(&found, &swap, sizeof(swap));
        world.nor.data[OTADATA + OTA_OTADATA_RECORD + bit / 8] ^=
            (uint8_t)(1u << bit % 8);
        assert_true(
            ota_swap_read(&found, &world.nor.flash, OTADATA, &is_there, &err));
        assert_false(is_there);
        release();
    }
}

/* --- a swap that is not called for -------------------------------------- */

static void without_a_way_to_go_nothing_is_moved(void **state)
{
    const struct ota_swap swap = {OTA_0, OTA_1, N, 2};
    const struct ota_swap_tools tools = {.flash = &world.nor.flash,
                                         .sector = (uint8_t *)world.sector};
    enum ota_swap_phase phase;
    struct ota_error err;
    (void)state;
    init();
    for (uint32_t mark = 2 * N; mark <= 4 * N + 1; mark += 2 * N + 1) {
        memset(world.nor.data + OTADATA + OTA_SWAP_MARKS, 0, mark * 4);
        assert_true(ota_swap_find_phase(&swap, &world.nor.flash, OTADATA,
                                        &phase, &err));
        assert_int_equal(phase,
                         mark == 2 * N ? OTA_SWAP_READY : OTA_SWAP_UNDONE);
        assert_true(ota_swap_go(&swap, &tools, OTADATA, &err));
    }
    assert_int_equal(world.nor.operations, 0);
    release();
}

/* The step that a power cut may have hit: its erase is done again, although
 * both sectors are blank. */
static void the_first_step_after_a_cut_trusts_no_blank(void **state)
{
    enum { DONE = 6, TO = OTA_1 + 2 * SECTOR, FROM = OTA_0 + SECTOR };
    const struct ota_swap swap = {OTA_0, OTA_1, N, 2};
    const struct ota_swap_tools tools = {.flash = &world.nor.flash,
                                         .sector = (uint8_t *)world.sector};
    struct ota_error err;
    (void)state;
    init();
    memset(world.nor.data + OTADATA + OTA_SWAP_MARKS, 0, DONE * 4);
    memset(world.nor.data + TO, 0xff, SECTOR);
    memset(world.nor.data + FROM, 0xff, SECTOR);
    assert_true(ota_swap_go(&swap, &tools, OTADATA, &err));
    assert_int_equal(world.nor.wear[TO / SECTOR], 1);
    release();
}

static void a_swap_may_lie_upside_down(void **state)
{
    const struct ota_swap swap = {OTA_1, OTA_0, N, 2};
    const struct ota_swap huge = {OTA_0, OTA_1, OTA_SWAP_MOST, 2};
    (void)state;
    assert_true(ota_swap_is_sound(&swap, 0x100000));
    assert_false(ota_swap_is_sound(&swap, SECTOR));
    assert_false(ota_swap_is_sound(&huge, 0x100000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pending_entry_without_a_record_is_rolled_back),
        cmocka_unit_test(a_damaged_record_is_none),
        cmocka_unit_test(without_a_way_to_go_nothing_is_moved),
        cmocka_unit_test(the_first_step_after_a_cut_trusts_no_blank),
        cmocka_unit_test(a_swap_may_lie_upside_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
