/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/fleet.h"
#include "otatool/campaign_pool.h"
#include "random.h"
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

enum { MOST_CUTS = 100, PER_MILLE = 1000 };

/* --- one device --------------------------------------------------------- */

/* Its fate for one run: the operation in which the power fails. */
struct misfortune {
    uint64_t chance;
    uint32_t strikes_at; /* 0: never */
    uint32_t operation;
};

static enum ota_chip_fate strike(void *context, struct ota_chip *chip,
                                 const struct ota_chip_operation *operation)
{
    struct misfortune *misfortune = context;
    if (++misfortune->operation != misfortune->strikes_at)
        return OTA_CHIP_DONE;
    enum ota_chip_tear tear = random_below(&misfortune->chance, OTA_CHIP_TEARS);
    ota_chip_tear(chip, operation, tear, random_next(&misfortune->chance));
    return OTA_CHIP_OFF;
}

/* A kind of devices, on the chip that they share. */
struct stable {
    const struct ota_fleet *fleet;
    struct ota_native_device device;
    struct ota_chip chip;
    struct ota_chip_mark start;
    uint32_t operations; /* of a run that nothing disturbs */
};

static enum ota_rehearsal_end run_once(struct stable *stable,
                                       struct misfortune *misfortune)
{
    bool is_struck =
        (bool)random_chance(&misfortune->chance, stable->fleet->power_cut);
    misfortune->operation = 0;
    misfortune->strikes_at =
        is_struck
            ? 1 + random_below(&misfortune->chance, stable->operations + 1)
            : 0;
    stable->chip.watcher = misfortune;
    stable->chip.watch = strike;
    return ota_native_device_power_on(&stable->device, &stable->chip);
}

static void count_end(struct ota_fleet_wave *wave, enum ota_rehearsal_end end)
{
    if (end == OTA_REHEARSAL_APP)
        wave->migrated++;
    else if (end == OTA_REHEARSAL_OLD)
        wave->old++;
    else
        wave->lost++;
}

static bool comes_through(const struct ota_fleet *fleet, uint64_t *chance)
{
    for (uint32_t i = 0; i < fleet->policy.attempts; i++)
        if (!random_chance(chance, fleet->radio_loss))
            return true;
    return false;
}

/* The device, whose luck begins with chance, from download to its end. */
static void migrate_one(struct stable *stable, uint64_t chance,
                        struct ota_fleet_wave *wave)
{
    struct misfortune misfortune = {.chance = chance};
    enum ota_rehearsal_end end;
    wave->offered++;
    if (!comes_through(stable->fleet, &misfortune.chance)) {
        wave->unreached++;
        return;
    }
    for (uint32_t cuts = 0;; cuts++) {
        end = run_once(stable, &misfortune);
        if (!stable->chip.at.is_off || cuts == MOST_CUTS)
            break;
        wave->cuts++;
    }
    count_end(wave, end);
    ota_chip_rollback(&stable->chip, &stable->start);
}

/* --- all devices of a kind in a wave ------------------------------------ */

struct wave_run {
    struct ota_fleet *fleet;
    struct ota_fleet_wave *wave;
    uint32_t from; /* the first device */
    uint32_t to;   /* behind the last */
    uint32_t done;
    pthread_mutex_t lock;
    bool has_failed;
};

static enum ota_chip_fate
count_operation(void *context, struct ota_chip *chip,
                const struct ota_chip_operation *operation)
{
    struct stable *stable = context;
    (void)chip, (void)operation;
    stable->operations++;
    return OTA_CHIP_DONE;
}

static bool open_stable(struct stable *stable, size_t kind)
{
    const struct ota_fleet *fleet = stable->fleet;
    const struct ota_rehearsal_device *device = &fleet->kinds[kind];
    if (!ota_native_device_init(&stable->device, device, fleet->pack,
                                fleet->boot, NULL) ||
        !ota_chip_init(&stable->chip, device->map->flash_size, NULL))
        return false;
    ota_native_device_put(&stable->device, &stable->chip);
    stable->start = ota_chip_mark(&stable->chip);
    stable->chip.watcher = stable;
    stable->chip.watch = count_operation;
    ota_native_device_power_on(&stable->device, &stable->chip);
    ota_chip_rollback(&stable->chip, &stable->start);
    return true;
}

/* Which kind a device is, is its luck as well. */
static uint64_t luck_of(const struct ota_fleet *fleet, uint32_t device)
{
    return random_mix(fleet->seed ^ random_mix(device + UINT64_C(1)));
}

static void run_kind(struct stable *stable, const struct wave_run *run,
                     size_t kind, struct ota_fleet_wave *sum)
{
    for (uint32_t i = run->from; i < run->to; i++) {
        uint64_t luck = luck_of(run->fleet, i);
        if (luck % run->fleet->kind_count == kind)
            migrate_one(stable, luck, sum);
    }
}

static void add(struct ota_fleet_wave *sum, const struct ota_fleet_wave *wave)
{
    sum->offered += wave->offered;
    sum->migrated += wave->migrated;
    sum->old += wave->old;
    sum->unreached += wave->unreached;
    sum->lost += wave->lost;
    sum->cuts += wave->cuts;
}

static void work(void *context, size_t kind)
{
    struct wave_run *run = context;
    struct stable stable = {.fleet = run->fleet};
    struct ota_fleet_wave sum = {0};
    bool ok = open_stable(&stable, kind);
    if (ok)
        run_kind(&stable, run, kind, &sum);
    ok = ok && !stable.chip.is_out_of_memory;
    ota_chip_release(&stable.chip);
    ota_native_device_release(&stable.device);
    pthread_mutex_lock(&run->lock);
    run->has_failed |= !ok;
    run->done += sum.offered;
    add(run->wave, &sum);
    if (run->fleet->tell)
        run->fleet->tell(run->fleet->context, run->from + run->done);
    pthread_mutex_unlock(&run->lock);
}

/* --- the fleet ---------------------------------------------------------- */

static uint32_t end_of_wave(const struct ota_fleet *fleet, uint32_t wave)
{
    uint64_t part = fleet->policy.waves[wave];
    return (uint32_t)(fleet->size * part / PER_MILLE);
}

static bool run_wave(struct ota_fleet *fleet, uint32_t wave)
{
    struct wave_run run = {
        .fleet = fleet,
        .wave = &fleet->waves[wave],
        .from = wave ? end_of_wave(fleet, wave - 1) : 0,
        .to = end_of_wave(fleet, wave),
    };
    pthread_mutex_init(&run.lock, NULL);
    ota_campaign_pool_share(fleet->jobs, fleet->kind_count, work, &run);
    pthread_mutex_destroy(&run.lock);
    return !run.has_failed;
}

bool ota_fleet_run(struct ota_fleet *fleet, struct ota_error *err)
{
    fleet->was_stopped = false;
    for (uint32_t i = 0; i < fleet->policy.wave_count; i++) {
        fleet->waves[i] = (struct ota_fleet_wave){0};
        fleet->waves_run = i + 1;
        if (!run_wave(fleet, i))
            return ota_fail(err, OTA_E_MEMORY, .subject = "fleet");
        if (ota_fleet_sum(fleet).lost > fleet->policy.most_lost &&
            i + 1 < fleet->policy.wave_count) {
            fleet->was_stopped = true;
            break;
        }
    }
    return true;
}

struct ota_fleet_wave ota_fleet_sum(const struct ota_fleet *fleet)
{
    struct ota_fleet_wave sum = {0};
    for (uint32_t i = 0; i < fleet->waves_run; i++)
        add(&sum, &fleet->waves[i]);
    return sum;
}

/* --- what it proves ----------------------------------------------------- */

/* Of tried devices at most lost are, when each is with this probability. */
static double chance_of_so_few(uint32_t lost, uint32_t tried, double rate)
{
    double sum = 0;
    for (uint32_t k = 0; k <= lost; k++)
        sum += exp(lgamma(tried + 1.0) - lgamma(k + 1.0) -
                   lgamma(tried - k + 1.0) + k * log(rate) +
                   (tried - k) * log1p(-rate));
    return sum;
}

double ota_fleet_upper_bound(uint32_t lost, uint32_t tried)
{
    const double doubt = 0.05;
    double low = 0;
    double high = 1;
    if (lost >= tried)
        return 1;
    for (int i = 0; i < 100; i++) {
        double middle = (low + high) / 2;
        if (chance_of_so_few(lost, tried, middle) > doubt)
            low = middle;
        else
            high = middle;
    }
    return high;
}
