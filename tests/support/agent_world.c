/* SPDX-License-Identifier: Apache-2.0 */
#include "agent_world.h"
#include "otatool/digest.h"
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>

const struct agent_world_map agent_world_1m = {
    .flash_size = 0x100000,
    .table = 0x5000,
    .otadata = 0x83000,
    .slots = {0x7000, 0x85000},
    .slot_size = 0x77000,
};

const struct agent_world_map agent_world_2m = {
    .flash_size = 0x200000,
    .table = 0x8000,
    .otadata = 0xd000,
    .slots = {0x10000, 0x110000},
    .slot_size = 0xec000,
};

/* --- the port ----------------------------------------------------------- */

static uint32_t now_ms(void *context)
{
    return ((struct agent_world *)context)->server.now_ms;
}

static void sleep_ms(void *context, uint32_t ms)
{
    struct agent_world *world = context;
    world->server.now_ms += ms;
    world->slept_ms += ms;
}

static uint32_t take_chance(void *context)
{
    struct agent_world *world = context;
    return world->server.now_ms * 2654435761u;
}

static void sha256_start(void *context)
{
    sha256_init(((struct agent_world *)context)->digest);
}

static void sha256_more(void *context, const void *data, uint32_t size)
{
    sha256_update(((struct agent_world *)context)->digest, size, data);
}

static void sha256_end(void *context, uint8_t digest[32])
{
    sha256_digest(((struct agent_world *)context)->digest, 32, digest);
}

static void tell(void *context, enum agent_step step, uint32_t value,
                 const struct ota_error *error)
{
    struct agent_world *world = context;
    if (step == AGENT_RETRIES && world->told[step] < AGENT_WORLD_WAITS)
        world->waits[world->told[step]] = value;
    world->told[step]++;
    world->last_value[step] = value;
    if (error)
        world->reason = *error;
}

static void fill_tables(struct agent_world *world)
{
    world->clock = (struct agent_clock){now_ms, sleep_ms, take_chance, world};
    world->sha256 =
        (struct agent_sha256){sha256_start, sha256_more, sha256_end, world};
    world->report = (struct agent_report){tell, world};
    world->agent = (struct agent){
        .net = &world->server.net,
        .flash = &world->nor.flash,
        .clock = &world->clock,
        .sha256 = &world->sha256,
        .report = &world->report,
        .host = "updates.example",
        .port = 8070,
        .path = "/app.bin",
    };
}

/* --- the flash ---------------------------------------------------------- */

static void add_row(struct ota_partition_table *table, uint8_t type,
                    uint8_t subtype, uint32_t offset, uint32_t size)
{
    struct ota_partition *row = &table->entries[table->count++];
    *row = (struct ota_partition){
        .type = type, .subtype = subtype, .offset = offset, .size = size};
    row->name[0] = (char)('a' + table->count);
}

static void fill_table(const struct agent_world_map *map,
                       struct ota_partition_table *table)
{
    memset(table, 0, sizeof(*table));
    add_row(table, OTA_PARTITION_DATA, OTA_PARTITION_DATA_OTADATA, map->otadata,
            OTA_OTADATA_SIZE);
    for (uint8_t i = 0; i < 2; i++)
        add_row(table, OTA_PARTITION_APP, OTA_PARTITION_APP_OTA_0 + i,
                map->slots[i], map->slot_size);
}

static void put_table(struct agent_world *world)
{
    struct ota_partition_table table;
    uint8_t bytes[OTA_PARTITION_TABLE_SIZE];
    fill_table(world->map, &table);
    if (!ota_partition_table_build(&table, NULL, bytes, NULL))
        abort();
    nor_flash_put(&world->nor, world->map->table, bytes, sizeof(bytes));
}

static void put_otadata(struct agent_world *world, uint32_t slot)
{
    struct ota_otadata otadata = {0};
    uint8_t entry[OTA_OTADATA_ENTRY_SIZE];
    int copy;
    memset(otadata.copies[0].label, 0xff, OTA_OTADATA_LABEL_SIZE);
    if (!ota_otadata_switch(&otadata, slot, 2, OTA_OTADATA_UNDEFINED, &copy,
                            entry, NULL))
        abort();
    nor_flash_put(&world->nor, world->map->otadata, entry, sizeof(entry));
}

static void read_layout(struct agent_world *world, uint32_t running)
{
    struct ota_error err;
    if (!agent_layout_read(&world->agent.layout, &world->nor.flash,
                           world->map->table, running, &err))
        abort();
}

void agent_world_init(struct agent_world *world,
                      const struct agent_world_map *map, uint32_t running,
                      const uint8_t *app, uint32_t size)
{
    const struct agent_server_file nothing = {0};
    memset(world, 0, sizeof(*world));
    world->map = map;
    world->digest = malloc(sizeof(struct sha256_ctx));
    if (!world->digest)
        abort();
    nor_flash_init(&world->nor, map->flash_size);
    agent_server_init(&world->server, nothing);
    fill_tables(world);
    put_table(world);
    put_otadata(world, running);
    nor_flash_put(&world->nor, map->slots[running], app, size);
    read_layout(world, map->slots[running]);
}

void agent_world_release(struct agent_world *world)
{
    nor_flash_release(&world->nor);
    free(world->digest);
}

const uint8_t *agent_world_slot(const struct agent_world *world, uint32_t index)
{
    return world->nor.data + world->map->slots[index];
}

/* --- starting ----------------------------------------------------------- */

/* The partition of the result is not kept: it is in the local table. */
struct ota_start agent_world_choice(const struct agent_world *world)
{
    struct ota_partition_table table;
    struct ota_start start;
    fill_table(world->map, &table);
    if (!ota_update_choose(&start, &world->nor.flash, &table, NULL))
        abort();
    start.partition = NULL;
    return start;
}

/* As the bootloader: what must be done before the app starts, and where
 * that is. */
static uint32_t start(struct agent_world *world)
{
    static uint32_t sector[OTA_SECTOR_SIZE / 4];
    struct ota_partition_table table;
    struct ota_start start;
    const struct ota_update update = {.flash = &world->nor.flash,
                                      .table = &table,
                                      .sector = (uint8_t *)sector};
    fill_table(world->map, &table);
    do {
        if (!ota_update_choose(&start, &world->nor.flash, &table, NULL) ||
            !ota_update_prepare(&update, &start, NULL))
            abort();
    } while (start.way != OTA_START_IN_PLACE &&
             start.way != OTA_START_ON_TRIAL);
    return start.image.offset;
}

void agent_world_restart(struct agent_world *world)
{
    nor_flash_power_on(&world->nor);
    world->server.is_open = false;
    read_layout(world, start(world));
}

enum agent_result agent_world_run(struct agent_world *world,
                                  struct ota_error *err)
{
    memset(err, 0, sizeof(*err));
    memset(world->told, 0, sizeof(world->told));
    memset(&world->reason, 0, sizeof(world->reason));
    return agent_run(&world->agent, err);
}

/* --- apps --------------------------------------------------------------- */

uint8_t *agent_world_app(uint32_t slot, uint32_t size, uint8_t seed,
                         uint32_t *built)
{
    uint8_t *data = malloc(2 * (size_t)size + 4096);
    uint8_t *noise = malloc(size);
    if (!data || !noise)
        abort();
    for (uint32_t i = 0; i < size; i++)
        noise[i] = (uint8_t)(i * 7 + i / 251 + seed);
    uint32_t text = 0x40200010 + (slot & 0xfffff);
    uint32_t half = size / 2 / 4 * 4;
    struct ota_image_part parts[] = {
        {text, noise, half},
        {text + half + 8, noise + half, size - half - 0x80},
        {0x3ffe8000, noise, 0x80},
    };
    struct ota_image_plan plan = {.mode = OTA_FLASH_DIO,
                                  .entry = text + 4,
                                  .parts = parts,
                                  .part_count = 3,
                                  .segment_count = 3};
    *built = ota_image_built_size(&plan, 0);
    if (!ota_image_build(&plan, 0, data, *built, NULL))
        abort();
    ota_sha256(data, *built, data + *built);
    *built += OTA_SHA256_SIZE;
    free(noise);
    return data;
}
