/* SPDX-License-Identifier: Apache-2.0 */
#include "agent_fixture.h"
#include "cmocka_all.h"
#include <stdlib.h>
#include <string.h>

enum {
    MORE = 900,
    ATTEMPTS = 8,
    FIRST_WAIT_MS = 500,
    KEPT = 32, /* bytes of an otadata copy that mean something */
};

static const char etag[] = "\"one\"";

/* --- making ------------------------------------------------------------- */

static void serve_new(struct agent_fixture *fixture)
{
    agent_server_init(&fixture->world.server,
                      (struct agent_server_file){.data = fixture->new,
                                                 .size = fixture->new_size,
                                                 .etag = etag});
}

void agent_fixture_init(struct agent_fixture *fixture,
                        const struct agent_world_map *map, uint32_t running,
                        uint32_t new_link, uint32_t size)
{
    fixture->running = running;
    fixture->old =
        agent_world_app(map->slots[running], size, 1, &fixture->old_size);
    fixture->new =
        agent_world_app(new_link, size + MORE, 2, &fixture->new_size);
    agent_world_init(&fixture->world, map, running, fixture->old,
                     fixture->old_size);
    serve_new(fixture);
    fixture->before = malloc(map->flash_size);
    assert_non_null(fixture->before);
    memcpy(fixture->before, fixture->world.nor.data, map->flash_size);
}

void agent_fixture_release(struct agent_fixture *fixture)
{
    agent_world_release(&fixture->world);
    free(fixture->old);
    free(fixture->new);
    free(fixture->before);
}

void agent_fixture_reset(struct agent_fixture *fixture)
{
    struct agent_world *world = &fixture->world;
    memcpy(world->nor.data, fixture->before, world->map->flash_size);
    serve_new(fixture);
    world->slept_ms = 0;
    world->agent.timeout_ms = world->agent.most_attempts = 0;
    agent_world_restart(world);
}

/* --- expecting ---------------------------------------------------------- */

void agent_fixture_expect(struct agent_fixture *fixture,
                          enum agent_result result)
{
    struct ota_error err;
    assert_int_equal(agent_world_run(&fixture->world, &err), result);
}

void agent_fixture_expect_new(const struct agent_fixture *fixture)
{
    const struct agent_world *world = &fixture->world;
    uint32_t other = 1 - fixture->running;
    struct ota_start start = agent_world_choice(world);
    assert_memory_equal(agent_world_slot(world, other), fixture->new,
                        fixture->new_size);
    assert_int_equal(start.image.offset, world->map->slots[other]);
}

static void expect_same(const struct agent_fixture *fixture, uint32_t offset,
                        uint32_t size)
{
    assert_memory_equal(fixture->world.nor.data + offset,
                        fixture->before + offset, size);
}

void agent_fixture_expect_untouched(const struct agent_fixture *fixture)
{
    const struct agent_world *world = &fixture->world;
    const struct agent_world_map *map = world->map;
    struct ota_start start = agent_world_choice(world);
    assert_int_equal(start.image.offset, map->slots[fixture->running]);
    assert_int_equal(start.way, OTA_START_IN_PLACE);
    expect_same(fixture, map->slots[fixture->running], map->slot_size);
    expect_same(fixture, map->table, OTA_SECTOR_SIZE);
    for (uint32_t i = 0; i < OTA_OTADATA_COPIES; i++)
        expect_same(fixture, map->otadata + i * OTA_OTADATA_COPY_STRIDE, KEPT);
}

static void expect_failed(struct agent_fixture *fixture, struct ota_error *err)
{
    const struct agent_world *world = &fixture->world;
    assert_int_equal(agent_world_run(&fixture->world, err), AGENT_FAILED);
    assert_int_equal(world->told[AGENT_REFUSED], 1);
    assert_int_equal(world->told[AGENT_SWITCHED], 0);
    assert_false(world->server.is_open);
    agent_fixture_expect_untouched(fixture);
}

void agent_fixture_expect_refused(struct agent_fixture *fixture,
                                  enum ota_code why)
{
    struct ota_error err;
    expect_failed(fixture, &err);
    assert_int_equal(err.code, why);
    assert_int_equal(fixture->world.reason.code, why);
    assert_int_equal(fixture->world.told[AGENT_RETRIES], 0);
    assert_int_equal(fixture->world.slept_ms, 0);
}

void agent_fixture_expect_given_up(struct agent_fixture *fixture,
                                   enum ota_code why)
{
    const struct agent_world *world = &fixture->world;
    struct ota_error err;
    uint32_t span = FIRST_WAIT_MS;
    expect_failed(fixture, &err);
    assert_int_equal(err.code, OTA_E_UPDATE_GIVEN_UP);
    assert_int_equal(world->reason.code, why);
    assert_in_range(world->told[AGENT_RETRIES], ATTEMPTS - 1,
                    AGENT_WORLD_WAITS);
    uint32_t first = world->told[AGENT_RETRIES] - (ATTEMPTS - 1);
    for (uint32_t i = 0; i < ATTEMPTS - 1; i++, span *= 2)
        assert_in_range(world->waits[first + i], span / 2, span);
}
