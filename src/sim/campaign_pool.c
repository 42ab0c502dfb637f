/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/campaign_pool.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { MOST_JOBS = 256 };

/* A campaign goes as deep as it makes cuts. */
#define STACK_SIZE ((size_t)128 * 1024 * 1024)

/* --- sharing work ------------------------------------------------------- */

struct share {
    void (*work)(void *context, size_t index);
    void *context;
    size_t count;
    atomic_size_t next;
};

static void *take_turns(void *argument)
{
    struct share *share = argument;
    for (;;) {
        size_t index = atomic_fetch_add(&share->next, 1);
        if (index >= share->count)
            return NULL;
        share->work(share->context, index);
    }
}

uint32_t ota_campaign_pool_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof(set), &set) != 0)
        return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? (uint32_t)count : 1;
}

static uint32_t start_threads(struct share *share, uint32_t wanted,
                              pthread_t threads[MOST_JOBS])
{
    pthread_attr_t attributes;
    uint32_t started = 0;
    if (pthread_attr_init(&attributes) != 0)
        return 0;
    if (pthread_attr_setstacksize(&attributes, STACK_SIZE) == 0)
        while (started < wanted &&
               pthread_create(&threads[started], &attributes, take_turns,
                              share) == 0)
            started++;
    pthread_attr_destroy(&attributes);
    return started;
}

void ota_campaign_pool_share(uint32_t jobs, size_t count,
                             void (*work)(void *context, size_t index),
                             void *context)
{
    pthread_t threads[MOST_JOBS];
    struct share share = {.work = work, .context = context, .count = count};
    uint32_t wanted = jobs ? jobs : ota_campaign_pool_processors();
    if (wanted > MOST_JOBS)
        wanted = MOST_JOBS;
    uint32_t started = start_threads(&share, wanted, threads);
    if (started == 0)
        take_turns(&share);
    for (uint32_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
}

/* --- campaigns ---------------------------------------------------------- */

struct progress {
    struct ota_campaign_pool *pool;
    pthread_mutex_t lock;
    size_t done;
    uint64_t states;
    bool has_failed;
};

static bool run_row(const struct ota_campaign_pool *pool,
                    struct ota_campaign_row *row)
{
    struct ota_native_device device = {0};
    struct ota_chip chip = {0};
    const struct ota_campaign_subject subject = {ota_native_device_power_on,
                                                 &device};
    bool ok = ota_native_device_init(&device, &row->kind, pool->pack,
                                     pool->boot, NULL) &&
              ota_chip_init(&chip, row->kind.map->flash_size, NULL);
    if (ok) {
        ota_native_device_put(&device, &chip);
        ok = ota_campaign_run(&row->result, &pool->plan, &subject, &chip, NULL);
    }
    ota_chip_release(&chip);
    ota_native_device_release(&device);
    return ok;
}

static void work(void *context, size_t index)
{
    struct progress *progress = context;
    struct ota_campaign_pool *pool = progress->pool;
    struct ota_campaign_row *row = &pool->rows[index];
    bool ok = run_row(pool, row);
    pthread_mutex_lock(&progress->lock);
    progress->has_failed |= !ok;
    progress->done++;
    progress->states += row->result.states.count;
    if (pool->tell)
        pool->tell(pool->context, progress->done, progress->states);
    pthread_mutex_unlock(&progress->lock);
}

/* A content that two kinds of devices come to counts once. */
static bool count_states(struct ota_campaign_pool *pool)
{
    struct ota_state_set all = {0};
    for (size_t i = 0; i < pool->count; i++)
        ota_state_set_merge(&all, &pool->rows[i].result.states);
    pool->states = all.count;
    bool ok = !all.is_out_of_memory;
    ota_state_set_release(&all);
    return ok;
}

bool ota_campaign_pool_run(struct ota_campaign_pool *pool,
                           struct ota_error *err)
{
    struct progress progress = {.pool = pool};
    pthread_mutex_init(&progress.lock, NULL);
    ota_campaign_pool_share(pool->jobs, pool->count, work, &progress);
    pthread_mutex_destroy(&progress.lock);
    return (!progress.has_failed && count_states(pool)) ||
           ota_fail(err, OTA_E_MEMORY, .subject = "campaign");
}
