/* SPDX-License-Identifier: Apache-2.0 */
#include "agent_fixture.h"
#include "cmocka_all.h"
#include "sample_pack.h"
#include <stdlib.h>
#include <string.h>

enum { SIZE = 5 * 4096 + 700 };

static void expect_slot(const struct agent_fixture *f, uint32_t index,
                        const uint8_t *data, uint32_t size)
{
    assert_memory_equal(agent_world_slot(&f->world, index), data, size);
}

static bool has_asked(const struct agent_fixture *f, uint32_t i, uint32_t first,
                      uint32_t last)
{
    const struct agent_server_request *asked = &f->world.server.asked[i];
    return f->world.server.requests > i && asked->first == first &&
           asked->last == last;
}

/* --- what is served ----------------------------------------------------- */

static void an_app_is_taken(void **state)
{
    struct agent_fixture f;
    (void)state;
    agent_fixture_init(&f, &agent_world_2m, 0, agent_world_2m.slots[0], SIZE);
    agent_fixture_expect(&f, AGENT_UPDATED);
    expect_slot(&f, 1, f.new, f.new_size);
    expect_slot(&f, 0, f.old, f.old_size);
    assert_int_equal(f.world.server.requests, 3);
    assert_int_equal(f.world.server.connections, 1);
    assert_int_equal(f.world.last_value[AGENT_FOUND], f.new_size);
    assert_int_equal(f.world.last_value[AGENT_PROGRESS], f.new_size);
    assert_int_equal(f.world.told[AGENT_SWITCHED], 1);
    assert_int_equal(f.world.last_value[AGENT_SWITCHED], 1);
    agent_world_restart(&f.world);
    assert_int_equal(f.world.agent.layout.running, agent_world_2m.slots[1]);
    agent_fixture_expect(&f, AGENT_UP_TO_DATE);
    agent_fixture_release(&f);
}

static void what_runs_costs_two_small_requests(void **state)
{
    struct agent_fixture f;
    (void)state;
    agent_fixture_init(&f, &agent_world_2m, 0, agent_world_2m.slots[0], SIZE);
    f.world.server.file.data = f.old;
    f.world.server.file.size = f.old_size;
    agent_fixture_expect(&f, AGENT_UP_TO_DATE);
    assert_int_equal(f.world.server.requests, 2);
    assert_int_equal(f.world.server.body_bytes, 48);
    assert_true(has_asked(&f, 0, 0, 15));
    assert_true(has_asked(&f, 1, f.old_size - 32, f.old_size - 1));
    assert_int_equal(f.world.nor.operations, 0);
    agent_fixture_release(&f);
}

static void the_request_has_its_fields(void **state)
{
    static const char wanted[] =
        "GET /app.bin HTTP/1.1\r\nHost: updates.example:8070\r\n"
        "User-Agent: otatool-agent\r\nAccept-Encoding: identity\r\n"
        "Range: bytes=0-21411\r\nIf-Range: \"one\"\r\n\r\n";
    struct agent_fixture f;
    (void)state;
    agent_fixture_init(&f, &agent_world_2m, 0, agent_world_2m.slots[0], SIZE);
    agent_fixture_expect(&f, AGENT_UPDATED);
    const char *range = strstr(f.world.server.request, "Range: bytes=0-");
    const char *fixed = strstr(wanted, "Range: bytes=0-");
    assert_memory_equal(f.world.server.request, wanted,
                        (size_t)(fixed - wanted));
    assert_non_null(range);
    assert_string_equal(strstr(range, "\r\n"), strstr(fixed, "\r\n"));
    assert_false(f.world.server.asked[0].has_if_range);
    assert_true(f.world.server.asked[1].has_if_range);
    agent_fixture_release(&f);
}

/* The pack for the 2 MB layout with f->new in it. */
static uint8_t *make_pack(const struct agent_fixture *f, uint32_t *size)
{
    uint32_t at = f->world.map->slots[0] - 0x1000;
    uint8_t *pack = malloc(at + f->new_size + 4);
    assert_non_null(pack);
    memset(pack, 0xff, at + f->new_size + 4);
    const uint8_t boot[] = {0xe9, 3, 2, 0x20, 4, 0, 0x10, 0x40,
                            0,    0, 0, 0,    0, 0, 0,    0};
    memcpy(pack, boot, sizeof(boot));
    pack[10] = 0x10; /* the first segment goes to 0x40100000 */
    pack[11] = 0x40;
    memcpy(pack + at, f->new, f->new_size);
    *size = at + f->new_size + 4;
    return pack;
}

static void of_a_pack_the_prefix_is_skipped(void **state)
{
    struct agent_fixture f;
    (void)state;
    agent_fixture_init(&f, &agent_world_2m, 0, agent_world_2m.slots[0], SIZE);
    uint8_t *pack = make_pack(&f, &f.world.server.file.size);
    f.world.server.file.data = pack;
    agent_fixture_expect(&f, AGENT_UPDATED);
    expect_slot(&f, 1, f.new, f.new_size);
    assert_int_equal(f.world.server.body_bytes, 16 + 16 + 32 + f.new_size);
    agent_world_restart(&f.world);
    f.world.server.body_bytes = f.world.server.requests = 0;
    agent_fixture_expect(&f, AGENT_UP_TO_DATE);
    assert_int_equal(f.world.server.requests, 3);
    free(pack);
    agent_fixture_release(&f);
}

static void a_pack_of_otatool_is_taken(void **state)
{
    struct agent_fixture f;
    struct sample_pack sample;
    (void)state;
    agent_fixture_init(&f, &agent_world_1m, 0, 0, SIZE);
    sample_pack_init(&sample, 2);
    f.world.server.file.data = sample.data;
    f.world.server.file.size = (uint32_t)sample.size;
    agent_fixture_expect(&f, AGENT_UPDATED);
    expect_slot(&f, 1, sample.data + 0x6000, (uint32_t)sample.size - 0x6004);
    sample_pack_release(&sample);
    agent_fixture_release(&f);
}

/* --- 1 MB: links -------------------------------------------------------- */

static void an_app_for_ota_0_waits_in_ota_1_to_be_copied(void **state)
{
    struct agent_fixture f;
    (void)state;
    agent_fixture_init(&f, &agent_world_1m, 0, agent_world_1m.slots[0], SIZE);
    agent_fixture_expect(&f, AGENT_UPDATED);
    expect_slot(&f, 1, f.new, f.new_size);
    assert_int_equal(agent_world_choice(&f.world).way, OTA_START_COPY);
    agent_world_restart(&f.world);
    assert_int_equal(f.world.agent.layout.running, agent_world_1m.slots[0]);
    assert_int_equal(f.world.agent.layout.target_index, 1);
    expect_slot(&f, 0, f.new, f.new_size);
    agent_fixture_expect(&f, AGENT_UP_TO_DATE);
    agent_fixture_release(&f);
}

static void without_a_copying_bootloader_it_is_refused(void **state)
{
    struct agent_fixture f;
    struct ota_error err;
    (void)state;
    agent_fixture_init(&f, &agent_world_1m, 0, agent_world_1m.slots[0], SIZE);
    f.world.agent.layout.bootloader_copies = false;
    assert_int_equal(agent_world_run(&f.world, &err), AGENT_FAILED);
    assert_int_equal(err.code, OTA_E_UPDATE_LINK);
    assert_int_equal(f.world.nor.operations, 0);
    agent_fixture_release(&f);
}

static void an_app_for_ota_1_runs_there(void **state)
{
    struct agent_fixture f;
    (void)state;
    agent_fixture_init(&f, &agent_world_1m, 0, agent_world_1m.slots[1], SIZE);
    agent_fixture_expect(&f, AGENT_UPDATED);
    assert_int_equal(agent_world_choice(&f.world).way, OTA_START_IN_PLACE);
    agent_world_restart(&f.world);
    assert_int_equal(f.world.agent.layout.running, agent_world_1m.slots[1]);
    assert_int_equal(f.world.agent.layout.target_index, 0);
    agent_fixture_expect(&f, AGENT_UP_TO_DATE);
    agent_fixture_release(&f);
}

static void from_ota_1_only_what_is_for_ota_0_is_taken(void **state)
{
    struct agent_fixture f;
    struct ota_error err;
    (void)state;
    agent_fixture_init(&f, &agent_world_1m, 1, agent_world_1m.slots[1], SIZE);
    assert_int_equal(agent_world_run(&f.world, &err), AGENT_FAILED);
    assert_int_equal(err.code, OTA_E_UPDATE_LINK);
    assert_int_equal(f.world.nor.operations, 0);
    agent_fixture_release(&f);
    agent_fixture_init(&f, &agent_world_1m, 1, agent_world_1m.slots[0], SIZE);
    agent_fixture_expect(&f, AGENT_UPDATED);
    expect_slot(&f, 0, f.new, f.new_size);
    agent_fixture_release(&f);
}

struct pair {
    uint8_t *data;
    uint32_t half;
};

static struct pair make_pair(uint8_t seed)
{
    struct pair pair;
    uint32_t size;
    uint8_t *first =
        agent_world_app(agent_world_1m.slots[0], SIZE, seed, &pair.half);
    uint8_t *second =
        agent_world_app(agent_world_1m.slots[1], SIZE, seed, &size);
    assert_int_equal(size, pair.half);
    pair.data = malloc(2 * (size_t)size);
    assert_non_null(pair.data);
    memcpy(pair.data, first, size);
    memcpy(pair.data + size, second, size);
    free(first);
    free(second);
    return pair;
}

static void serve_pair(struct agent_fixture *f, const struct pair *pair)
{
    f->world.server.file.data = pair->data;
    f->world.server.file.size = 2 * pair->half;
}

static void of_a_pair_the_half_for_the_slot_is_taken(void **state)
{
    struct agent_fixture f;
    struct pair one = make_pair(7);
    struct pair two = make_pair(8);
    (void)state;
    agent_fixture_init(&f, &agent_world_1m, 0, 0, SIZE);
    serve_pair(&f, &one);
    agent_fixture_expect(&f, AGENT_UPDATED);
    expect_slot(&f, 1, one.data + one.half, one.half);
    agent_world_restart(&f.world);
    assert_int_equal(f.world.agent.layout.target_index, 0);
    agent_fixture_expect(&f, AGENT_UP_TO_DATE);
    serve_pair(&f, &two);
    agent_fixture_expect(&f, AGENT_UPDATED);
    expect_slot(&f, 0, two.data, two.half);
    agent_world_restart(&f.world);
    assert_int_equal(f.world.agent.layout.target_index, 1);
    agent_fixture_expect(&f, AGENT_UP_TO_DATE);
    free(one.data);
    free(two.data);
    agent_fixture_release(&f);
}

/* --- without a digest --------------------------------------------------- */

static void without_a_digest_starts_are_compared(void **state)
{
    struct agent_fixture f;
    struct ota_error err;
    (void)state;
    agent_fixture_init(&f, &agent_world_2m, 0, agent_world_2m.slots[0], SIZE);
    f.world.server.file.data = f.old;
    f.world.server.file.size = f.old_size - 32;
    agent_fixture_expect(&f, AGENT_UP_TO_DATE);
    /* Two bits at the same place of a byte leave the checksum alone. */
    f.old[16 + SIZE / 2 / 4 * 4 + 8 + 4] ^= 1;
    f.old[16 + SIZE / 2 / 4 * 4 + 8 + 400] ^= 1;
    assert_int_equal(agent_world_run(&f.world, &err), AGENT_FAILED);
    assert_int_equal(err.code, OTA_E_IMAGE_DIGEST);
    assert_int_equal(f.world.told[AGENT_CHECKS], 1);
    assert_int_equal(agent_world_choice(&f.world).image.offset,
                     agent_world_2m.slots[0]);
    agent_fixture_release(&f);
}

/* --- going on ----------------------------------------------------------- */

static void dropped_connections_cost_no_byte(void **state)
{
    struct agent_fixture f;
    (void)state;
    agent_fixture_init(&f, &agent_world_2m, 0, agent_world_2m.slots[0], SIZE);
    f.world.server.most_bytes = 1000;
    agent_fixture_expect(&f, AGENT_UPDATED);
    expect_slot(&f, 1, f.new, f.new_size);
    assert_int_equal(f.world.server.body_bytes, f.new_size + 48);
    assert_true(f.world.server.connections > f.new_size / 1000);
    assert_int_equal(f.world.told[AGENT_RETRIES],
                     f.world.server.connections - 1);
    agent_fixture_release(&f);
}

static void any_size_of_receive_will_do(void **state)
{
    (void)state;
    for (uint32_t chunk = 1; chunk < 5000; chunk = chunk * 3 + 1) {
        struct agent_fixture f;
        agent_fixture_init(&f, &agent_world_2m, 0, agent_world_2m.slots[0],
                           SIZE);
        f.world.server.chunk = chunk;
        agent_fixture_expect(&f, AGENT_UPDATED);
        expect_slot(&f, 1, f.new, f.new_size);
        assert_int_equal(f.world.told[AGENT_RETRIES], 0);
        agent_fixture_release(&f);
    }
}

/* Interrupts the run where the flash has failed at an operation. */
static void interrupt(struct agent_fixture *f, uint32_t operation)
{
    f->world.nor.cut_at = f->world.nor.operations + operation;
    agent_fixture_expect(f, AGENT_FAILED);
    agent_world_restart(&f->world);
    f->world.server.body_bytes = 0;
}

static void a_restart_goes_on_at_the_sector(void **state)
{
    struct agent_fixture f;
    (void)state;
    agent_fixture_init(&f, &agent_world_2m, 0, agent_world_2m.slots[0], SIZE);
    interrupt(&f, 2 + 2 * 3 + 2); /* the journal, then three a sector */
    agent_fixture_expect(&f, AGENT_UPDATED);
    assert_int_equal(f.world.last_value[AGENT_RESUMES], 2 * 4096);
    assert_int_equal(f.world.server.body_bytes, 48 + f.new_size - 2 * 4096);
    expect_slot(&f, 1, f.new, f.new_size);
    agent_fixture_release(&f);
}

static void the_journal_of_another_file_does_not_count(void **state)
{
    struct agent_fixture f;
    uint32_t size;
    uint8_t *other = agent_world_app(0x10000, SIZE + 900, 3, &size);
    (void)state;
    agent_fixture_init(&f, &agent_world_2m, 0, agent_world_2m.slots[0], SIZE);
    f.world.server.file.etag = NULL;
    interrupt(&f, 12);
    f.world.server.file.data = other;
    agent_fixture_expect(&f, AGENT_UPDATED);
    assert_int_equal(f.world.told[AGENT_RESUMES], 0);
    assert_int_equal(size, f.new_size);
    expect_slot(&f, 1, other, size);
    free(other);
    agent_fixture_release(&f);
}

static void a_journal_that_is_complete_leads_to_the_check(void **state)
{
    struct agent_fixture f;
    (void)state;
    agent_fixture_init(&f, &agent_world_2m, 0, agent_world_2m.slots[0], SIZE);
    interrupt(&f, 2 + 3 * 6 + 1); /* the otadata entry */
    agent_fixture_expect(&f, AGENT_UPDATED);
    assert_int_equal(f.world.server.body_bytes, 48);
    assert_int_equal(f.world.last_value[AGENT_RESUMES], f.new_size);
    agent_fixture_release(&f);
}

static void sectors_that_are_right_are_not_erased(void **state)
{
    struct agent_fixture f;
    (void)state;
    agent_fixture_init(&f, &agent_world_2m, 0, agent_world_2m.slots[0], SIZE);
    nor_flash_put(&f.world.nor, 0x110000, f.new, f.new_size);
    f.world.nor.data[0x112345] ^= 0x10;
    agent_fixture_expect(&f, AGENT_UPDATED);
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(f.world.nor.wear[0x110 + i], i == 2);
    expect_slot(&f, 1, f.new, f.new_size);
    agent_fixture_release(&f);
}

/* --- otadata ------------------------------------------------------------ */

static void the_copy_in_use_is_never_touched(void **state)
{
    struct agent_fixture f;
    uint8_t copy[4096];
    (void)state;
    agent_fixture_init(&f, &agent_world_2m, 0, agent_world_2m.slots[0], SIZE);
    memcpy(copy, f.world.nor.data + 0xd000, sizeof(copy));
    agent_fixture_expect(&f, AGENT_UPDATED);
    assert_memory_equal(f.world.nor.data + 0xd000, copy, sizeof(copy));
    assert_int_equal(f.world.nor.wear[0xd], 0);
    assert_int_equal(f.world.nor.wear[0xe], 2); /* journal and entry */
    agent_fixture_release(&f);
}

/* The bootloader fell back to ota_0 while otadata names ota_1: half an app
 * in ota_1 must not be tried first. */
static void after_a_fall_back_otadata_leaves_the_target(void **state)
{
    struct agent_fixture f;
    (void)state;
    agent_fixture_init(&f, &agent_world_2m, 0, agent_world_2m.slots[0], SIZE);
    agent_fixture_expect(&f, AGENT_UPDATED);
    f.world.nor.data[0x110100] ^= 1;
    agent_world_restart(&f.world);
    assert_int_equal(f.world.agent.layout.running, 0x10000);
    interrupt(&f, 8);
    struct ota_otadata otadata;
    struct ota_source source = ota_flash_source(&f.world.nor.flash);
    uint32_t slot;
    assert_true(ota_otadata_parse(&otadata, &source, 0xd000, NULL));
    assert_int_equal(ota_otadata_choose(&otadata, 2, false, &slot),
                     OTA_OTADATA_SLOT);
    assert_int_equal(slot, 0);
    agent_fixture_expect(&f, AGENT_UPDATED);
    expect_slot(&f, 1, f.new, f.new_size);
    agent_fixture_release(&f);
}

static void many_updates_in_a_row_work(void **state)
{
    struct agent_fixture f;
    (void)state;
    agent_fixture_init(&f, &agent_world_2m, 0, agent_world_2m.slots[0], SIZE);
    for (uint8_t i = 0; i < 9; i++) {
        uint32_t size;
        uint8_t *app = agent_world_app(0x10000, SIZE, 20 + i, &size);
        f.world.server.file.data = app;
        f.world.server.file.size = size;
        agent_fixture_expect(&f, AGENT_UPDATED);
        agent_world_restart(&f.world);
        assert_int_equal(f.world.agent.layout.running_index, (i + 1) % 2);
        expect_slot(&f, (i + 1u) % 2, app, size);
        free(app);
    }
    agent_fixture_release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_app_is_taken),
        cmocka_unit_test(what_runs_costs_two_small_requests),
        cmocka_unit_test(the_request_has_its_fields),
        cmocka_unit_test(of_a_pack_the_prefix_is_skipped),
        cmocka_unit_test(a_pack_of_otatool_is_taken),
        cmocka_unit_test(an_app_for_ota_0_waits_in_ota_1_to_be_copied),
        cmocka_unit_test(without_a_copying_bootloader_it_is_refused),
        cmocka_unit_test(an_app_for_ota_1_runs_there),
        cmocka_unit_test(from_ota_1_only_what_is_for_ota_0_is_taken),
        cmocka_unit_test(of_a_pair_the_half_for_the_slot_is_taken),
        cmocka_unit_test(without_a_digest_starts_are_compared),
        cmocka_unit_test(dropped_connections_cost_no_byte),
        cmocka_unit_test(any_size_of_receive_will_do),
        cmocka_unit_test(a_restart_goes_on_at_the_sector),
        cmocka_unit_test(the_journal_of_another_file_does_not_count),
        cmocka_unit_test(a_journal_that_is_complete_leads_to_the_check),
        cmocka_unit_test(sectors_that_are_right_are_not_erased),
        cmocka_unit_test(the_copy_in_use_is_never_touched),
        cmocka_unit_test(after_a_fall_back_otadata_leaves_the_target),
        cmocka_unit_test(many_updates_in_a_row_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
