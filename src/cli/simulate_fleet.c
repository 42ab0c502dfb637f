/* SPDX-License-Identifier: Apache-2.0 */
/* A fleet of virtual devices. */
#include "otatool/progress.h"
#include "otatool/report.h"
#include "simulate.h"
#include <inttypes.h>

static void show(void *context, uint32_t done)
{
    ota_progress_update(context, done);
}

static bool prepare(struct ota_fleet *fleet, struct ota_native_pack *pack,
                    struct simulate_kinds *kinds,
                    const struct simulate_options *options,
                    const struct ota_file *file, struct ota_error *err)
{
    if (!ota_native_pack_init(pack, file->data, file->size, err)) {
        if (err)
            err->subject = options->pack;
        return false;
    }
    if (!options->is_upstream && !pack->pack.has_own_boot)
        return ota_fail(err, OTA_E_NATIVE_GEAR, .subject = options->pack);
    if (!simulate_choose(kinds, options, file->size, err))
        return false;
    *fleet = (struct ota_fleet){
        .pack = pack,
        .boot = options->is_upstream ? OTA_NATIVE_UPSTREAM : OTA_NATIVE_OURS,
        .kinds = kinds->list,
        .kind_count = kinds->count,
        .size = options->fleet,
        .radio_loss = options->radio_loss,
        .power_cut = options->power_cut,
        .seed = options->plan.seed,
        .jobs = options->jobs,
        .policy = options->policy,
    };
    return true;
}

static bool run(struct ota_fleet *fleet, bool is_quiet, struct ota_error *err)
{
    struct ota_progress progress;
    ota_progress_begin_counting(&progress, "migrating", "devices", fleet->size,
                                is_quiet);
    fleet->tell = show;
    fleet->context = &progress;
    bool ok = ota_fleet_run(fleet, err);
    ota_progress_end(&progress);
    return ok;
}

static uint32_t tried(const struct ota_fleet_wave *sum)
{
    return sum->offered - sum->unreached;
}

/* --- telling people ----------------------------------------------------- */

static void print_wave(const char *name, const struct ota_fleet_wave *wave)
{
    printf("  %-6s %9" PRIu32 " %9" PRIu32 " %9" PRIu32 " %9" PRIu32
           " %9" PRIu32 " %9" PRIu64 "\n",
           name, wave->offered, wave->migrated, wave->old, wave->unreached,
           wave->lost, wave->cuts);
}

static void print(const struct ota_fleet *fleet)
{
    char name[16];
    struct ota_fleet_wave sum = ota_fleet_sum(fleet);
    puts("  wave       asked  migrated stay old unreached      lost      cuts");
    for (uint32_t i = 0; i < fleet->waves_run; i++) {
        snprintf(name, sizeof(name), "%" PRIu32, i + 1);
        print_wave(name, &fleet->waves[i]);
    }
    print_wave("all", &sum);
    if (fleet->was_stopped)
        puts("stopped: the policy allows no more losses");
    printf("%" PRIu32 " of %" PRIu32
           " devices that took the pack are lost; with 95 %% confidence "
           "fewer than %.4f %% would be (seed %" PRIu64 ")\n",
           sum.lost, tried(&sum),
           100 * ota_fleet_upper_bound(sum.lost, tried(&sum)), fleet->seed);
}

/* --- telling programs --------------------------------------------------- */

static json_t *json_of_wave(const struct ota_fleet_wave *wave)
{
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "asked",
                     (json_int_t)wave->offered, "migrated",
                     (json_int_t)wave->migrated, "old", (json_int_t)wave->old,
                     "unreached", (json_int_t)wave->unreached, "lost",
                     (json_int_t)wave->lost, "cuts", (json_int_t)wave->cuts);
}

static json_t *json_of(const struct ota_fleet *fleet,
                       const struct simulate_options *options, bool ok)
{
    struct ota_fleet_wave sum = ota_fleet_sum(fleet);
    json_t *waves = json_array();
    for (uint32_t i = 0; i < fleet->waves_run; i++)
        json_array_append_new(waves, json_of_wave(&fleet->waves[i]));
    json_t *object =
        json_pack("{s:b, s:o, s:I, s:I, s:b, s:f, s:o}", "ok", ok, "pack",
                  ota_report_text(options->pack), "fleet",
                  (json_int_t)fleet->size, "seed", (json_int_t)fleet->seed,
                  "stopped", fleet->was_stopped, "loss_bound",
                  ota_fleet_upper_bound(sum.lost, tried(&sum)), "waves", waves);
    json_object_update_new(object, json_of_wave(&sum));
    return object;
}

static int conclude(const struct ota_fleet *fleet,
                    const struct simulate_options *options)
{
    struct ota_error err = {.code = OTA_E_SIMULATED_LOSS,
                            .subject = options->pack,
                            .actual = ota_fleet_sum(fleet).lost};
    bool ok = err.actual == 0;
    int status = ok ? EXIT_DONE : EXIT_REFUSED;
    if (!options->common.json && !options->common.quiet)
        print(fleet);
    if (!ok)
        ota_report_print(stderr, "otatool", &err);
    return options->common.json
               ? command_json(json_of(fleet, options, ok), status)
               : status;
}

int simulate_fleet(const struct simulate_options *options,
                   const struct ota_file *pack)
{
    struct ota_error err;
    struct ota_fleet fleet;
    struct ota_native_pack native = {0};
    struct simulate_kinds kinds;
    bool ok = prepare(&fleet, &native, &kinds, options, pack, &err) &&
              run(&fleet, options->common.quiet, &err);
    int status =
        ok ? conclude(&fleet, options) : command_fail(&options->common, &err);
    ota_native_pack_release(&native);
    return status;
}
