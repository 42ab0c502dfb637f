/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The power is lost in every operation of an update on the flash: from
 * wherever that is, the next run ends with the new app, no more than one
 * sector is fetched again, and otadata never names what is not sound.
 */
#include "agent_fixture.h"
#include "cmocka_all.h"
#include <string.h>

enum {
    SIZE = 2 * 4096 + 700,
    LEARNED = 48 + 32, /* bytes that a run asks for first, at most */
    QUARTERS = 4,
    MOST_OPERATIONS = 100,
};

struct start {
    const struct agent_world_map *map;
    uint32_t running;
    uint32_t link_of;  /* index of the slot the new app is linked for */
    bool is_full;      /* the target holds bytes that must be erased */
    bool is_unnamed;   /* otadata is blank */
    bool has_fallen;   /* otadata names the target, which is no app */
    bool has_old_copy; /* the other copy of otadata is of an older choice */
};

static const struct start starts[] = {
    {.map = &agent_world_1m, .link_of = 1},
    {.map = &agent_world_1m, .link_of = 1, .is_full = true},
    {.map = &agent_world_1m, .link_of = 0}, /* is copied down */
    {.map = &agent_world_1m, .running = 1, .link_of = 0, .is_full = true},
    {.map = &agent_world_1m, .link_of = 1, .is_unnamed = true},
    {.map = &agent_world_1m, .link_of = 1, .is_full = true, .has_fallen = true},
    {.map = &agent_world_1m, .link_of = 1, .has_old_copy = true},
    {.map = &agent_world_2m, .link_of = 0, .is_full = true},
};
enum { STARTS = sizeof(starts) / sizeof(starts[0]) };

/* --- starting ----------------------------------------------------------- */

static void put_copy(struct agent_fixture *f, uint32_t copy, uint32_t slot)
{
    struct agent_world *world = &f->world;
    struct ota_source source = ota_flash_source(&world->nor.flash);
    struct ota_otadata otadata;
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    int chosen;
    assert_true(
        ota_otadata_parse(&otadata, &source, world->map->otadata, NULL));
    assert_true(ota_otadata_switch(&otadata, slot, 2, OTA_OTADATA_UNDEFINED,
                                   &chosen, entry, NULL));
    assert_int_equal(chosen, copy);
    nor_flash_put(&world->nor,
                  world->map->otadata + copy * OTA_OTADATA_COPY_STRIDE, entry,
                  sizeof(entry));
}

static void init(struct agent_fixture *f, const struct start *start)
{
    const struct agent_world_map *map = start->map;
    agent_fixture_init(f, map, start->running, map->slots[start->link_of],
                       SIZE);
    uint8_t *flash = f->world.nor.data;
    if (start->is_full)
        memset(flash + map->slots[1 - start->running], 0x5a, map->slot_size);
    if (start->is_unnamed)
        memset(flash + map->otadata, 0xff, OTA_OTADATA_SIZE);
    if (start->has_fallen)
        put_copy(f, 1, 1 - start->running);
    if (start->has_old_copy) {
        put_copy(f, 1, 1);
        put_copy(f, 0, 0);
    }
    memcpy(f->before, flash, map->flash_size);
}

/* --- expecting ---------------------------------------------------------- */

/* The slot that otadata names, if any, is what starts. */
static void expect_sound(const struct agent_fixture *f,
                         const struct start *start)
{
    const struct agent_world *world = &f->world;
    struct ota_source source = ota_flash_source(&world->nor.flash);
    struct ota_otadata otadata;
    uint32_t slot;
    struct ota_start choice = agent_world_choice(world);
    assert_true(
        ota_otadata_parse(&otadata, &source, world->map->otadata, NULL));
    if (ota_otadata_choose(&otadata, 2, false, &slot) != OTA_OTADATA_SLOT) {
        assert_true(start->is_unnamed);
        slot = 0;
    }
    if (!start->has_fallen)
        assert_int_equal(choice.image.offset, world->map->slots[slot]);
}

/* A run in which the power is lost; whether it was. */
static bool run_cut(struct agent_fixture *f, const struct start *start,
                    uint32_t operation, uint32_t quarters)
{
    struct ota_error err;
    f->world.nor.cut_at = operation;
    f->world.nor.cut_quarters = quarters;
    enum agent_result result = agent_world_run(&f->world, &err);
    bool is_cut = f->world.nor.is_off;
    assert_int_equal(is_cut, result == AGENT_FAILED);
    f->world.nor.is_off = false;
    expect_sound(f, start);
    agent_world_restart(&f->world);
    return is_cut;
}

/* The run that ends it; cuts were before. */
static void expect_end(struct agent_fixture *f, uint32_t cuts)
{
    struct agent_world *world = &f->world;
    struct ota_error err;
    uint32_t most = f->new_size + (cuts + 1) * LEARNED + cuts * 4096;
    if (agent_world_run(world, &err) == AGENT_UPDATED)
        agent_world_restart(world);
    agent_fixture_expect(f, AGENT_UP_TO_DATE);
    assert_memory_equal(world->nor.data + world->agent.layout.running, f->new,
                        f->new_size);
    assert_in_range(world->server.body_bytes, f->new_size, most + LEARNED);
}

/* --- cuts --------------------------------------------------------------- */

static void a_cut_costs_a_sector_at_most(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < STARTS; i++) {
        struct agent_fixture f;
        uint32_t operation = 0;
        bool is_cut = true;
        init(&f, &starts[i]);
        while (is_cut) {
            operation++;
            for (uint32_t quarters = 0; quarters <= QUARTERS; quarters++) {
                agent_fixture_reset(&f);
                is_cut = run_cut(&f, &starts[i], operation, quarters);
                expect_end(&f, 1);
            }
        }
        assert_in_range(operation, 8, MOST_OPERATIONS);
        agent_fixture_release(&f);
    }
}

static void cut_twice(struct agent_fixture *f, const struct start *start,
                      uint32_t first)
{
    bool is_cut = true;
    for (uint32_t second = 1; is_cut && second < MOST_OPERATIONS; second++) {
        agent_fixture_reset(f);
        run_cut(f, start, first, (first + second) % (QUARTERS + 1));
        is_cut = run_cut(f, start, second, second % (QUARTERS + 1));
        expect_end(f, 2);
    }
}

static void a_cut_while_going_on_as_well(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < STARTS; i++) {
        struct agent_fixture f;
        init(&f, &starts[i]);
        for (uint32_t first = 1; first < 14; first++)
            cut_twice(&f, &starts[i], first);
        agent_fixture_release(&f);
    }
}

/* At every operation, until nothing is left to be cut. */
static void many_cuts_in_a_row_come_to_an_end(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < STARTS; i++)
        for (uint32_t at = 2; at <= 4; at++) {
            struct agent_fixture f;
            uint32_t cuts = 0;
            init(&f, &starts[i]);
            while (run_cut(&f, &starts[i], at, QUARTERS) && cuts < 30)
                cuts++;
            expect_end(&f, cuts);
            assert_in_range(cuts, 1, 20);
            agent_fixture_release(&f);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cut_costs_a_sector_at_most),
        cmocka_unit_test(a_cut_while_going_on_as_well),
        cmocka_unit_test(many_cuts_in_a_row_come_to_an_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
