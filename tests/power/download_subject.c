/* SPDX-License-Identifier: Apache-2.0 */
#include "download_subject.h"
#include <stdlib.h>
#include <string.h>

enum { SIZE = 3 * 4096 + 700, MOST_RESTARTS = 24 };

/* --- the flash before --------------------------------------------------- */

void download_subject_init(struct download_subject *subject,
                           const struct download_kind *kind)
{
    const struct agent_world_map *map = kind->map;
    struct agent_world world;
    *subject = (struct download_subject){.kind = *kind};
    subject->old = agent_world_app(map->slots[0], SIZE, 1, &subject->old_size);
    subject->new = agent_world_app(map->slots[kind->link_of], SIZE + 900, 2,
                                   &subject->new_size);
    agent_world_init(&world, map, 0, subject->old, subject->old_size);
    memset(world.nor.data + map->slots[1], 0x5a, 8 * OTA_SECTOR_SIZE);
    subject->before = malloc(map->flash_size);
    if (!subject->before)
        abort();
    memcpy(subject->before, world.nor.data, map->flash_size);
    agent_world_release(&world);
}

void download_subject_release(struct download_subject *subject)
{
    free(subject->before);
    free(subject->old);
    free(subject->new);
}

void download_subject_put(const struct download_subject *subject,
                          struct ota_chip *chip)
{
    ota_chip_put(chip, 0, subject->before, subject->kind.map->flash_size);
}

/* --- running ------------------------------------------------------------ */

static bool read_table(const struct download_subject *subject,
                       const struct ota_chip *chip,
                       struct ota_partition_table *table)
{
    struct ota_source source = ota_flash_source(&chip->flash);
    return ota_partition_table_parse(table, &source, subject->kind.map->table,
                                     NULL);
}

/* The boot, from the choice on; false: it restarts. */
static bool boot(const struct download_subject *subject, struct ota_chip *chip,
                 uint32_t *app)
{
    uint32_t sector[OTA_SECTOR_SIZE / 4];
    struct ota_partition_table table;
    struct ota_start start;
    const struct ota_update update = {
        .flash = &chip->flash, .table = &table, .sector = (uint8_t *)sector};
    ota_chip_power_on(chip);
    if (!read_table(subject, chip, &table) ||
        !ota_update_choose(&start, &chip->flash, &table, NULL) ||
        !ota_update_prepare(&update, &start, NULL) ||
        (start.way != OTA_START_IN_PLACE && start.way != OTA_START_ON_TRIAL))
        return false;
    *app = start.partition->offset;
    return true;
}

static bool is_app(const struct ota_chip *chip, uint32_t at, const uint8_t *app,
                   uint32_t size)
{
    return memcmp(chip->data + at, app, size) == 0;
}

/* The app's update client, with a server that knows nothing of before. */
static enum agent_result update(const struct download_subject *subject,
                                struct ota_chip *chip, uint32_t app)
{
    struct agent_world world;
    struct ota_error err;
    agent_world_init(&world, subject->kind.map, 0, subject->old,
                     subject->old_size);
    agent_server_init(&world.server,
                      (struct agent_server_file){.data = subject->new,
                                                 .size = subject->new_size,
                                                 .etag = "\"two\""});
    world.agent.flash = &chip->flash;
    world.agent.on_trial = subject->kind.on_trial;
    world.agent.confirms = true;
    enum agent_result result = AGENT_FAILED;
    if (agent_layout_read(&world.agent.layout, &chip->flash,
                          subject->kind.map->table, app, &err))
        result = agent_run(&world.agent, &err);
    agent_world_release(&world);
    return result;
}

static enum ota_rehearsal_end identify(const struct download_subject *subject,
                                       const struct ota_chip *chip,
                                       uint32_t app)
{
    if (is_app(chip, app, subject->new, subject->new_size))
        return OTA_REHEARSAL_APP;
    return is_app(chip, app, subject->old, subject->old_size)
               ? OTA_REHEARSAL_OLD
               : OTA_REHEARSAL_DAMAGED;
}

/* The new app is there for good only when it has confirmed itself, which its
 * client does when the server has nothing newer. */
enum ota_rehearsal_end download_subject_power_on(void *context,
                                                 struct ota_chip *chip)
{
    const struct download_subject *subject = context;
    enum ota_rehearsal_end end = OTA_REHEARSAL_RESTARTS;
    for (int i = 0; i < MOST_RESTARTS; i++) {
        uint32_t app;
        bool starts = boot(subject, chip, &app);
        if (chip->at.is_off)
            break;
        if (!starts)
            continue;
        end = identify(subject, chip, app);
        if (ota_rehearsal_is_lost(end) ||
            update(subject, chip, app) == AGENT_UP_TO_DATE || chip->at.is_off)
            break;
    }
    return end;
}
