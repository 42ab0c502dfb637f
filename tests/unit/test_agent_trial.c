/* SPDX-License-Identifier: Apache-2.0 */
/* Updates on trial, as the client sees them: with a server that has a version
 * which confirms itself, and one which does not. */
#include "agent_fixture.h"
#include "cmocka_all.h"
#include <stdlib.h>
#include <string.h>

enum { SIZE = 3 * 4096 + 700 };

static const struct agent_world_map *const maps[] = {&agent_world_1m,
                                                     &agent_world_2m};

/* The new one is linked for ota_0: on 1 MB it must be swapped. */
static void init(struct agent_fixture *f, const struct agent_world_map *map)
{
    agent_fixture_init(f, map, 0, map->slots[0], SIZE);
    f->world.agent.on_trial = true;
    f->world.agent.confirms = true;
}

/* The app that starts now. */
static void expect_runs(struct agent_fixture *f, const uint8_t *app,
                        uint32_t size)
{
    agent_world_restart(&f->world);
    nor_flash_power_on(&f->world.nor);
    assert_memory_equal(f->world.nor.data + f->world.agent.layout.running, app,
                        size);
}

static void reaching_the_server_confirms(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct agent_fixture f;
        init(&f, maps[i]);
        agent_fixture_expect(&f, AGENT_UPDATED);
        assert_int_equal(f.world.told[AGENT_CONFIRMED], 0);
        expect_runs(&f, f.new, f.new_size);
        agent_fixture_expect(&f, AGENT_UP_TO_DATE);
        assert_int_equal(f.world.told[AGENT_CONFIRMED], 1);
        for (int start = 0; start < 2; start++) {
            expect_runs(&f, f.new, f.new_size);
            agent_fixture_expect(&f, AGENT_UP_TO_DATE);
            assert_int_equal(f.world.told[AGENT_CONFIRMED], 0);
        }
        agent_fixture_release(&f);
    }
}

/* A version that did not confirm itself is not taken again, and it is told
 * why; another one is. */
static void what_was_rolled_back_is_not_taken_again(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct agent_fixture f;
        uint32_t size;
        init(&f, maps[i]);
        uint8_t *mended = agent_world_app(maps[i]->slots[0], SIZE, 9, &size);
        agent_fixture_expect(&f, AGENT_UPDATED);
        expect_runs(&f, f.new, f.new_size);
        for (int start = 0; start < 2; start++) {
            expect_runs(&f, f.old, f.old_size);
            agent_fixture_expect(&f, AGENT_FAILED);
            assert_int_equal(f.world.reason.code, OTA_E_UPDATE_ROLLED_BACK);
            assert_int_equal(f.world.nor.operations, 0);
        }
        f.world.server.file.data = mended;
        f.world.server.file.size = size;
        agent_fixture_expect(&f, AGENT_UPDATED);
        expect_runs(&f, mended, size);
        agent_fixture_expect(&f, AGENT_UP_TO_DATE);
        expect_runs(&f, mended, size);
        free(mended);
        agent_fixture_release(&f);
    }
}

/* The other slot has what it would go back to. */
static void an_app_on_trial_takes_no_update(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct agent_fixture f;
        uint32_t size;
        init(&f, maps[i]);
        uint8_t *next = agent_world_app(maps[i]->slots[0], SIZE, 9, &size);
        agent_fixture_expect(&f, AGENT_UPDATED);
        expect_runs(&f, f.new, f.new_size);
        f.world.agent.confirms = false;
        f.world.server.file.data = next;
        f.world.server.file.size = size;
        agent_fixture_expect(&f, AGENT_FAILED);
        assert_int_equal(f.world.reason.code, OTA_E_UPDATE_UNCONFIRMED);
        assert_int_equal(f.world.nor.operations, 0);
        expect_runs(&f, f.old, f.old_size);
        free(next);
        agent_fixture_release(&f);
    }
}

/* The same without a trial. */
static void without_a_trial_it_stays(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct agent_fixture f;
        init(&f, maps[i]);
        f.world.agent.on_trial = f.world.agent.confirms = false;
        agent_fixture_expect(&f, AGENT_UPDATED);
        for (int start = 0; start < 3; start++)
            expect_runs(&f, f.new, f.new_size);
        agent_fixture_release(&f);
    }
}

/* The journal goes on over a restart although an entry says why the last
 * trial failed. */
static void after_a_rollback_downloads_go_on(void **state)
{
    struct agent_fixture f;
    uint32_t size;
    (void)state;
    init(&f, &agent_world_2m);
    uint8_t *mended = agent_world_app(0x10000, SIZE, 9, &size);
    agent_fixture_expect(&f, AGENT_UPDATED);
    expect_runs(&f, f.new, f.new_size);
    expect_runs(&f, f.old, f.old_size);
    f.world.server.file.data = mended;
    f.world.server.file.size = size;
    f.world.nor.cut_at = 9;
    agent_fixture_expect(&f, AGENT_FAILED);
    expect_runs(&f, f.old, f.old_size);
    agent_fixture_expect(&f, AGENT_UPDATED);
    assert_int_equal(f.world.told[AGENT_RESUMES], 1);
    expect_runs(&f, mended, size);
    free(mended);
    agent_fixture_release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reaching_the_server_confirms),
        cmocka_unit_test(what_was_rolled_back_is_not_taken_again),
        cmocka_unit_test(an_app_on_trial_takes_no_update),
        cmocka_unit_test(without_a_trial_it_stays),
        cmocka_unit_test(after_a_rollback_downloads_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
