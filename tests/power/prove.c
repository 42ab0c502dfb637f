/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof that no power cut loses a device: campaigns over migrations,
 * updates, swaps, roll-backs and downloads.
 *
 *   prove check|quick|long [SEED]
 *
 * A check is quick and stops at the first loss. Exits with 1 when a device is
 * lost, or when the long one has met fewer contents of the flash than it is to.
 */
#include "download_subject.h"
#include "otatool/campaign_page.h"
#include "otatool/profiles.h"
#include "sample_pack.h"
#include "update_subject.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum { ENOUGH = 1000000, QUICK_APP = 0x2800, LONG_APP = 0x4000 };

/* How thorough, and what it came to. */
struct proof {
    bool is_long;
    bool stops; /* at the first loss */
    uint64_t seed;
    struct ota_state_set contents; /* of all campaigns */
    uint64_t runs;
    uint64_t lost;
    bool has_failed;
};

static bool is_over(const struct proof *proof)
{
    return proof->stops && (proof->lost > 0 || proof->has_failed);
}

/* --- adding up ---------------------------------------------------------- */

static void add(struct proof *proof, const char *name,
                const struct ota_campaign *result)
{
    char words[1024];
    ota_state_set_merge(&proof->contents, &result->states);
    proof->runs += result->runs;
    proof->lost += result->lost;
    for (uint32_t i = 0; i < result->loss_count && i < 3; i++) {
        ota_campaign_page_loss(&result->losses[i], words, sizeof(words));
        printf("    %s: %s\n", name, words);
    }
}

static void print(const char *what, const char *cuts, size_t kinds,
                  uint64_t contents, uint64_t runs, uint64_t lost)
{
    printf("%-38s %-7s %6zu %10" PRIu64 " %10" PRIu64 " %6" PRIu64 "\n", what,
           cuts, kinds, contents, runs, lost);
    fflush(stdout);
}

static const char *name_of(enum ota_cuts cuts)
{
    static const char *const names[] = {[OTA_CUTS_ONE] = "one",
                                        [OTA_CUTS_PAIRS] = "pairs",
                                        [OTA_CUTS_ANY] = "any",
                                        [OTA_CUTS_RANDOM] = "random"};
    return names[cuts];
}

/* --- migrations --------------------------------------------------------- */

struct layout {
    const char *name;
    uint16_t maps; /* of the old devices, bit c: code c */
    uint32_t table_at;
    uint32_t app_at;
    struct ota_partition entries[6];
};

enum { APP = OTA_PARTITION_APP, DATA = OTA_PARTITION_DATA };
enum { OTA_0 = OTA_PARTITION_APP_OTA_0, OTA_1 = OTA_0 + 1 };
enum { NVS = OTA_PARTITION_DATA_NVS, PHY = OTA_PARTITION_DATA_PHY };
enum { OTADATA = OTA_PARTITION_DATA_OTADATA };

/* The SDK's layouts for 1 MB and for 2 MB and more; one that goes on behind
 * the half of the map; one for the smallest map. */
static const struct layout layouts[] = {
    {"migration, 1 MB layout",
     1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 6,
     0x5000,
     0x7000,
     {{DATA, PHY, 0x6000, 0x1000, "phy", 0},
      {APP, OTA_0, 0x7000, 0x77000, "ota_0", 0},
      {DATA, NVS, 0x7f000, 0x4000, "nvs", 0},
      {DATA, OTADATA, 0x83000, 0x2000, "otadata", 0},
      {APP, OTA_1, 0x85000, 0x77000, "ota_1", 0}}},
    {"migration, 2 MB layout, with overlap",
     1 << 3 | 1 << 4 | 1 << 5 | 1 << 6,
     0x8000,
     0x10000,
     {{DATA, NVS, 0x9000, 0x4000, "nvs", 0},
      {DATA, OTADATA, 0xd000, 0x2000, "otadata", 0},
      {DATA, PHY, 0xf000, 0x1000, "phy", 0},
      {APP, OTA_0, 0x10000, 0xf0000, "ota_0", 0},
      {APP, OTA_1, 0x110000, 0xec000, "ota_1", 0}}},
    {"migration, 1 MB layout, with overlap",
     1 << 2,
     0x5000,
     0x7000,
     {{DATA, PHY, 0x6000, 0x1000, "phy", 0},
      {APP, OTA_0, 0x7000, 0x9f000, "ota_0", 0},
      {DATA, NVS, 0xa6000, 0x4000, "nvs", 0},
      {DATA, OTADATA, 0xaa000, 0x2000, "otadata", 0}}},
    {"migration, 512 KB",
     1 << 0,
     0x5000,
     0x7000,
     {{DATA, PHY, 0x6000, 0x1000, "phy", 0},
      {APP, OTA_0, 0x7000, 0x38000, "ota_0", 0},
      {DATA, NVS, 0x3f000, 0x4000, "nvs", 0},
      {DATA, OTADATA, 0x43000, 0x2000, "otadata", 0}}},
};

static void build_pack(struct sample_pack *pack, const struct layout *layout,
                       bool is_long)
{
    sample_pack_init(pack, 2);
    pack->link = pack->app_at = layout->app_at;
    pack->table_at = layout->table_at;
    pack->app_padding = is_long ? LONG_APP : QUICK_APP;
    pack->table.count = 0;
    for (size_t i = 0; i < COUNT(layout->entries); i++)
        if (layout->entries[i].size > 0)
            pack->table.entries[pack->table.count++] = layout->entries[i];
    sample_pack_build(pack);
}

static void migrate(struct proof *proof, const struct layout *layout,
                    const struct ota_native_pack *pack,
                    const struct ota_campaign_plan *plan)
{
    struct ota_rehearsal_device kinds[OTA_PROFILES_MAX];
    const uint16_t few = 1 << 0 | 1 << 2 | 1 << 4 | 1 << 6;
    const struct ota_profiles profiles = {
        .maps = layout->maps & (proof->is_long ? UINT16_MAX : few),
        .is_few = !proof->is_long};
    struct ota_campaign_pool pool = {.pack = pack, .plan = *plan};
    uint64_t runs = proof->runs;
    uint64_t lost = proof->lost;
    pool.count = ota_profiles_list(&profiles, pack->size, kinds);
    pool.rows = calloc(pool.count, sizeof(*pool.rows));
    for (size_t i = 0; pool.rows && i < pool.count; i++)
        pool.rows[i].kind = kinds[i];
    proof->has_failed |=
        !pool.rows || pool.count == 0 || !ota_campaign_pool_run(&pool, NULL);
    for (size_t i = 0; pool.rows && i < pool.count; i++) {
        add(proof, kinds[i].map->name, &pool.rows[i].result);
        proof->has_failed |= pool.rows[i].result.end != OTA_REHEARSAL_APP;
        ota_campaign_release(&pool.rows[i].result);
    }
    free(pool.rows);
    print(layout->name, name_of(plan->cuts), pool.count, pool.states,
          proof->runs - runs, proof->lost - lost);
}

static void prove_migrations(struct proof *proof)
{
    const struct ota_campaign_plan plans[] = {
        {OTA_CUTS_ONE, proof->is_long ? 80 : 6, 0, proof->seed, true},
        {OTA_CUTS_PAIRS, proof->is_long ? 5 : 4, 0, proof->seed, false},
        {OTA_CUTS_ANY, 3, 0, proof->seed, false},
        {OTA_CUTS_RANDOM, 9, proof->is_long ? 200 : 20, proof->seed, false},
    };
    for (size_t i = 0; i < COUNT(layouts) && !is_over(proof); i++) {
        struct sample_pack sample;
        struct ota_native_pack pack = {0};
        build_pack(&sample, &layouts[i], proof->is_long);
        if (!ota_native_pack_init(&pack, sample.data, sample.size, NULL))
            abort();
        for (size_t k = 0; k < COUNT(plans) && !is_over(proof); k++)
            migrate(proof, &layouts[i], &pack, &plans[k]);
        ota_native_pack_release(&pack);
        sample_pack_release(&sample);
    }
}

/* --- updates and downloads ---------------------------------------------- */

static const struct update_kind updates[] = {
    {"update, 1 MB: copied down", 0x100000, OTA_OTADATA_UNDEFINED,
     UPDATE_APP_GOOD, OTA_REHEARSAL_APP},
    {"update, 1 MB: swapped and confirmed", 0x100000, OTA_OTADATA_NEW,
     UPDATE_APP_GOOD, OTA_REHEARSAL_APP},
    {"update, 1 MB: swapped and rolled back", 0x100000, OTA_OTADATA_NEW,
     UPDATE_APP_HANGS, OTA_REHEARSAL_OLD},
    {"update, 2 MB: on trial and confirmed", 0x200000, OTA_OTADATA_NEW,
     UPDATE_APP_GOOD, OTA_REHEARSAL_APP},
    {"update, 2 MB: rolled back", 0x200000, OTA_OTADATA_NEW, UPDATE_APP_HANGS,
     OTA_REHEARSAL_OLD},
};

static const struct download_kind downloads[] = {
    {"download, 1 MB, linked for ota_1", &agent_world_1m, 1, false},
    {"download, 1 MB, copied down", &agent_world_1m, 0, false},
    {"download, 1 MB, swapped", &agent_world_1m, 0, true},
    {"download, 2 MB, on trial", &agent_world_2m, 0, true},
};

enum { UPDATES = COUNT(updates), SUBJECTS = UPDATES + COUNT(downloads) };

/* One of them with one plan. */
struct task {
    size_t subject; /* an update, then the downloads */
    struct ota_campaign_plan plan;
    struct ota_campaign result;
    bool ok;
};

static void run_subject(struct task *task,
                        const struct ota_campaign_subject *subject,
                        struct ota_chip *chip, enum ota_rehearsal_end end)
{
    task->ok =
        ota_campaign_run(&task->result, &task->plan, subject, chip, NULL) &&
        task->result.end == end;
    ota_chip_release(chip);
}

static void run_update(struct task *task, const struct update_kind *kind)
{
    struct update_subject *update = malloc(sizeof(*update));
    const struct ota_campaign_subject subject = {update_subject_power_on,
                                                 update};
    struct ota_chip chip;
    if (!update || !ota_chip_init(&chip, kind->flash_size, NULL))
        abort();
    update_subject_init(update, kind);
    update_subject_put(update, &chip);
    run_subject(task, &subject, &chip, kind->end);
    update_subject_release(update);
    free(update);
}

static void run_download(struct task *task, const struct download_kind *kind)
{
    struct download_subject download;
    const struct ota_campaign_subject subject = {download_subject_power_on,
                                                 &download};
    struct ota_chip chip;
    if (!ota_chip_init(&chip, kind->map->flash_size, NULL))
        abort();
    download_subject_init(&download, kind);
    download_subject_put(&download, &chip);
    run_subject(task, &subject, &chip, OTA_REHEARSAL_APP);
    download_subject_release(&download);
}

static const char *task_name(const struct task *task)
{
    return task->subject < UPDATES ? updates[task->subject].name
                                   : downloads[task->subject - UPDATES].name;
}

static void work(void *context, size_t index)
{
    struct task *task = (struct task *)context + index;
    if (task->subject < UPDATES)
        run_update(task, &updates[task->subject]);
    else
        run_download(task, &downloads[task->subject - UPDATES]);
}

static void prove_updates(struct proof *proof)
{
    const struct ota_campaign_plan plans[] = {
        {OTA_CUTS_ONE, proof->is_long ? 60 : 9, 0, proof->seed, true},
        {OTA_CUTS_PAIRS, proof->is_long ? 5 : 3, 0, proof->seed, false},
        {OTA_CUTS_ANY, 3, 0, proof->seed, false},
        {OTA_CUTS_RANDOM, 9, proof->is_long ? 2000 : 20, proof->seed, false},
    };
    enum { TASKS = COUNT(plans) * SUBJECTS };
    /* A client that was rolled back asks again, under the next number: with
     * any number of cuts there is no end to the contents. */
    struct task *tasks = calloc(TASKS, sizeof(*tasks));
    if (!tasks)
        abort();
    for (size_t i = 0; i < TASKS; i++)
        tasks[i] = (struct task){.subject = i / COUNT(plans),
                                 .plan = plans[i % COUNT(plans)]};
    for (size_t i = UPDATES * COUNT(plans); i < TASKS; i++)
        if (tasks[i].plan.cuts == OTA_CUTS_ANY)
            tasks[i].plan = (struct ota_campaign_plan){
                OTA_CUTS_RANDOM, 9, proof->is_long ? 2000 : 20, proof->seed + 1,
                false};
    ota_campaign_pool_share(0, TASKS, work, tasks);
    for (size_t i = 0; i < TASKS; i++) {
        struct ota_campaign *result = &tasks[i].result;
        add(proof, task_name(&tasks[i]), result);
        proof->has_failed |= !tasks[i].ok;
        print(task_name(&tasks[i]), name_of(tasks[i].plan.cuts), 1,
              result->states.count, result->runs, result->lost);
        ota_campaign_release(result);
    }
    free(tasks);
}

/* --- all of it ---------------------------------------------------------- */

static int conclude(const struct proof *proof)
{
    printf("%zu distinct contents of the flash left by cuts, %" PRIu64
           " devices run to their end (seed %" PRIu64 "): %" PRIu64 " lost\n",
           proof->contents.count, proof->runs, proof->seed, proof->lost);
    if (proof->has_failed || proof->contents.is_out_of_memory)
        puts("a campaign has failed");
    if (proof->is_long && proof->contents.count <= ENOUGH)
        printf("too few: more than %d are wanted\n", ENOUGH);
    return proof->lost > 0 || proof->has_failed ||
           proof->contents.is_out_of_memory ||
           (proof->is_long && proof->contents.count <= ENOUGH);
}

static bool read_mode(struct proof *proof, const char *mode)
{
    proof->is_long = strcmp(mode, "long") == 0;
    proof->stops = strcmp(mode, "check") == 0;
    return proof->is_long || proof->stops || strcmp(mode, "quick") == 0;
}

int main(int argc, char **argv)
{
    struct proof proof = {.seed = 1};
    if (argc < 2 || !read_mode(&proof, argv[1])) {
        fputs("usage: prove check|quick|long [SEED]\n", stderr);
        return 2;
    }
    if (argc > 2)
        proof.seed = strtoull(argv[2], NULL, 0);
    printf("%-38s %-7s %6s %10s %10s %6s\n", "", "cuts", "kinds", "contents",
           "runs", "lost");
    prove_updates(&proof);
    if (!is_over(&proof))
        prove_migrations(&proof);
    int status = conclude(&proof);
    ota_state_set_release(&proof.contents);
    return status;
}
