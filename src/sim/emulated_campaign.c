/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/emulated_campaign.h"
#include "emulator.h"
#include "otatool/file.h"
#include "random.h"
#include "rehearsal.h"
#include "rom/status.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What became of a cut. */
struct outcome {
    bool is_known; /* else error tells why not */
    bool was_cut;  /* else the device ended before that operation */
    uint32_t tear;
    uint64_t digest;
    enum ota_rehearsal_end end;
    struct ota_error error;
};

struct run {
    const struct ota_emulated_campaign *campaign;
    struct ota_campaign_row *row;
    uint8_t *flash; /* before */
    uint32_t size;
    uint32_t stop;
    struct outcome *outcomes; /* of each cut, from the first on */
    pthread_mutex_t lock;
    uint32_t done;
};

/* --- the run that nothing disturbs -------------------------------------- */

static bool read_step(const char *line, struct ota_campaign_step *step)
{
    static const struct {
        const char *format;
        enum ota_chip_kind kind;
    } forms[] = {
        {"[rom] erase 0x%" SCNx32 " %" SCNu32 " bytes", OTA_CHIP_ERASE},
        {"[rom] program 0x%" SCNx32 " %" SCNu32 " bytes", OTA_CHIP_PROGRAM},
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
        if (sscanf(line, forms[i].format, &step->offset, &step->size) == 2) {
            step->kind = forms[i].kind;
            return true;
        }
    return false;
}

/* The console is traced: a line for each operation. */
static bool read_steps(struct ota_campaign *result, const char *console,
                       uint32_t most)
{
    result->steps = calloc((size_t)most + 1, sizeof(*result->steps));
    if (!result->steps)
        return false;
    for (const char *line = console; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        if (result->step_count < most &&
            read_step(line, &result->steps[result->step_count]))
            result->step_count++;
    }
    return true;
}

static bool take_figures(struct run *run, struct ota_rehearsal *rehearsal,
                         struct ota_error *err)
{
    struct ota_campaign *result = &run->row->result;
    rehearsal_read_figures(rehearsal);
    result->end = rehearsal->end;
    result->erases = rehearsal->erases;
    result->programs = rehearsal->programs;
    result->ms = rehearsal->ms;
    return read_steps(result, rehearsal->console,
                      rehearsal->erases + rehearsal->programs) ||
           ota_fail(err, OTA_E_MEMORY, .subject = "campaign");
}

static void name_file(const struct run *run, char path[PATH_MAX + 32],
                      uint32_t cut)
{
    snprintf(path, PATH_MAX + 32, "%s/cut-%" PRIu32 ".bin",
             run->campaign->emulator->scratch, cut);
}

static bool run_undisturbed(struct run *run, struct ota_error *err)
{
    char path[PATH_MAX + 32];
    struct ota_rehearsal rehearsal = {0};
    int status = 0;
    name_file(run, path, 0);
    const struct emulator_order order = {
        .flash_file = path, .stop = run->stop, .trace = true};
    bool ok = ota_file_save(path, run->flash, run->size, err) &&
              emulator_run(run->campaign->emulator, &order, &rehearsal.console,
                           &status, err);
    rehearsal.end = rehearsal_end_of(status);
    ok = ok && take_figures(run, &rehearsal, err);
    unlink(path);
    ota_rehearsal_release(&rehearsal);
    return ok;
}

/* --- one cut ------------------------------------------------------------ */

static uint64_t digest_of(const struct ota_file *file)
{
    uint64_t sum = 1;
    for (size_t i = 0; i + 8 <= file->size; i += 8) {
        uint64_t word;
        memcpy(&word, file->data + i, sizeof(word));
        sum = (sum ^ word) * UINT64_C(0xff51afd7ed558ccd);
        sum ^= sum >> 32;
    }
    return sum;
}

static bool run_order(const struct run *run, const struct emulator_order *order,
                      int *status, struct ota_error *err)
{
    char *console = NULL;
    bool ok =
        emulator_run(run->campaign->emulator, order, &console, status, err);
    free(console);
    return ok;
}

/* A device that was cut and runs again. */
static bool cut_and_run(const struct run *run, struct emulator_order *order,
                        struct outcome *outcome, struct ota_error *err)
{
    struct ota_file left = {0};
    int status = 0;
    if (!run_order(run, order, &status, err))
        return false;
    outcome->was_cut = status == ROM_POWER_CUT;
    if (outcome->was_cut) {
        if (!ota_file_load(&left, order->flash_file, OTA_FILE_CEILING, err))
            return false;
        outcome->digest = digest_of(&left);
        ota_file_release(&left);
        order->cut = 0;
        if (!run_order(run, order, &status, err))
            return false;
    }
    outcome->end = rehearsal_end_of(status);
    return true;
}

static bool try_cut(const struct run *run, uint32_t cut,
                    struct outcome *outcome, struct ota_error *err)
{
    char path[PATH_MAX + 32];
    name_file(run, path, cut);
    struct emulator_order order = {.flash_file = path,
                                   .stop = run->stop,
                                   .cut = cut,
                                   .tear = outcome->tear};
    bool ok = ota_file_save(path, run->flash, run->size, err) &&
              cut_and_run(run, &order, outcome, err);
    unlink(path);
    return ok;
}

/* --- all of them -------------------------------------------------------- */

static void work(void *context, size_t index)
{
    enum { FIRST_SEED = 2, SEEDS = 1000000 };
    struct run *run = context;
    struct outcome *outcome = &run->outcomes[index];
    uint32_t cut = (uint32_t)index + 1;
    uint64_t chance = random_mix(run->campaign->seed ^ random_mix(cut));
    outcome->tear = FIRST_SEED + (uint32_t)(chance % SEEDS);
    outcome->is_known = try_cut(run, cut, outcome, &outcome->error);
    pthread_mutex_lock(&run->lock);
    run->done++;
    if (run->campaign->tell)
        run->campaign->tell(run->campaign->context, run->done,
                            run->row->result.step_count);
    pthread_mutex_unlock(&run->lock);
}

static void note(struct ota_campaign *result, uint32_t cut,
                 const struct outcome *outcome)
{
    struct ota_campaign_step *step = &result->steps[cut - 1];
    result->runs++;
    result->ends[outcome->end]++;
    if (outcome->was_cut)
        ota_state_set_add(&result->states, outcome->digest, 0);
    if (!ota_rehearsal_is_lost(outcome->end))
        return;
    step->lost++;
    result->lost++;
    if (result->loss_count < OTA_CAMPAIGN_LOSSES)
        result->losses[result->loss_count++] = (struct ota_campaign_loss){
            .end = outcome->end,
            .depth = 1,
            .cuts = {{cut, outcome->tear, step->offset, step->kind}},
        };
}

/* In their order, whichever thread was first. */
static bool note_all(struct run *run, struct ota_error *err)
{
    for (uint32_t i = 0; i < run->row->result.step_count; i++) {
        if (!run->outcomes[i].is_known)
            return ota_error_set(err, run->outcomes[i].error);
        note(&run->row->result, i + 1, &run->outcomes[i]);
    }
    return true;
}

static bool run_cuts(struct run *run, struct ota_error *err)
{
    size_t count = run->row->result.step_count;
    run->outcomes = calloc(count + 1, sizeof(*run->outcomes));
    if (!run->outcomes)
        return ota_fail(err, OTA_E_MEMORY, .subject = "campaign");
    pthread_mutex_init(&run->lock, NULL);
    ota_campaign_pool_share(run->campaign->jobs, count, work, run);
    pthread_mutex_destroy(&run->lock);
    bool ok = note_all(run, err);
    free(run->outcomes);
    return ok;
}

/* Nothing is left to be cut then. */
static bool is_lost_already(struct ota_campaign *result)
{
    if (!ota_rehearsal_is_lost(result->end))
        return false;
    result->runs++;
    result->ends[result->end]++;
    result->lost++;
    result->losses[result->loss_count++].end = result->end;
    return true;
}

bool ota_emulated_campaign_run(struct ota_campaign_row *row,
                               const struct ota_emulated_campaign *campaign,
                               struct ota_error *err)
{
    struct run run = {
        .campaign = campaign,
        .row = row,
        .size = row->kind.map->flash_size,
        .flash = malloc(row->kind.map->flash_size),
        .stop = rehearsal_app_entry(campaign->pack, campaign->pack_size),
    };
    if (!run.flash)
        return ota_fail(err, OTA_E_MEMORY, .subject = row->kind.map->name);
    bool ok = rehearsal_lay_out(run.flash, campaign->emulator, &row->kind,
                                campaign->pack, campaign->pack_size, err) &&
              run_undisturbed(&run, err) &&
              (is_lost_already(&row->result) || run_cuts(&run, err));
    free(run.flash);
    return ok;
}
