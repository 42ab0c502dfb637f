/* SPDX-License-Identifier: Apache-2.0 */
/* Power cuts on every device, natively or in the emulator. */
#include "otatool/campaign_page.h"
#include "otatool/emulated_campaign.h"
#include "otatool/progress.h"
#include "otatool/report.h"
#include "simulate.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_LOSSES = 3, LOSS_SIZE = 1024 };

/* A campaign over all kinds of devices, on its way and done. */
struct siege {
    struct simulate_options *options;
    const struct ota_file *file;
    struct ota_native_pack pack;
    struct simulate_kinds kinds;
    struct ota_campaign_row *rows;
    uint64_t states;
    bool is_native;
    bool has_unpacker; /* unpacker is the same without cuts by Espressif's */
    struct ota_campaign_row unpacker;
    size_t compared; /* the row that unpacker is to be compared with */
    struct ota_progress progress;
};

/* --- running ------------------------------------------------------------ */

static uint32_t default_tears(enum ota_cuts cuts)
{
    static const uint32_t tears[] = {[OTA_CUTS_ONE] = OTA_CHIP_TEARS,
                                     [OTA_CUTS_PAIRS] = 4,
                                     [OTA_CUTS_ANY] = 3,
                                     [OTA_CUTS_RANDOM] = OTA_CHIP_TEARS};
    return tears[cuts];
}

static void show_rows(void *context, size_t done, uint64_t states)
{
    struct siege *siege = context;
    (void)states;
    ota_progress_update(&siege->progress, done);
}

static struct ota_campaign_pool pool_of(struct siege *siege)
{
    const struct simulate_options *options = siege->options;
    return (struct ota_campaign_pool){
        .pack = &siege->pack,
        .boot = options->is_upstream ? OTA_NATIVE_UPSTREAM : OTA_NATIVE_OURS,
        .plan = options->plan,
        .jobs = options->jobs,
        .rows = siege->rows,
        .count = siege->kinds.count,
        .tell = show_rows,
        .context = siege,
    };
}

static bool run_native(struct siege *siege, struct ota_error *err)
{
    struct ota_campaign_pool pool = pool_of(siege);
    ota_progress_begin_counting(&siege->progress, "cutting", "devices",
                                siege->kinds.count,
                                siege->options->common.quiet);
    bool ok = ota_campaign_pool_run(&pool, err);
    ota_progress_end(&siege->progress);
    siege->states = pool.states;
    return ok;
}

static void show_cuts(void *context, uint32_t done, uint32_t cuts)
{
    struct siege *siege = context;
    siege->progress.total = cuts;
    ota_progress_update(&siege->progress, done);
}

static bool run_emulated_rows(struct siege *siege, struct ota_error *err)
{
    const struct ota_emulated_campaign campaign = {
        .emulator = &siege->options->emulator,
        .pack = siege->file->data,
        .pack_size = siege->file->size,
        .seed = siege->options->plan.seed,
        .jobs = siege->options->jobs,
        .tell = show_cuts,
        .context = siege,
    };
    for (size_t i = 0; i < siege->kinds.count; i++) {
        ota_progress_begin_counting(&siege->progress,
                                    siege->rows[i].kind.map->name, "cuts", 0,
                                    siege->options->common.quiet);
        bool ok = ota_emulated_campaign_run(&siege->rows[i], &campaign, err);
        ota_progress_end(&siege->progress);
        siege->states += siege->rows[i].result.states.count;
        if (!ok)
            return false;
    }
    return true;
}

static bool run_emulated(struct siege *siege, struct ota_error *err)
{
    if (siege->options->plan.cuts != OTA_CUTS_ONE)
        return ota_fail(err, OTA_E_NATIVE_GEAR,
                        .subject = siege->options->pack);
    if (!ota_emulator_open(&siege->options->emulator, err))
        return false;
    bool ok = run_emulated_rows(siege, err);
    ota_emulator_close(&siege->options->emulator);
    return ok;
}

/* --- the cost beside Espressif's ---------------------------------------- */

/* The first row that moves the pack, behind a boot that theirs knows. */
static bool find_compared(struct siege *siege)
{
    for (size_t i = 0; i < siege->kinds.count; i++)
        if (siege->rows[i].kind.slot == 2 &&
            siege->rows[i].kind.boot_version > 2 &&
            siege->rows[i].result.end == OTA_REHEARSAL_APP) {
            siege->compared = i;
            return true;
        }
    return false;
}

static void run_unpacker(struct siege *siege)
{
    struct ota_campaign_pool pool = pool_of(siege);
    if (siege->options->is_upstream || !siege->is_native ||
        !find_compared(siege))
        return;
    siege->unpacker.kind = siege->rows[siege->compared].kind;
    pool.boot = OTA_NATIVE_UPSTREAM;
    pool.plan = (struct ota_campaign_plan){.cuts = OTA_CUTS_RANDOM};
    pool.rows = &siege->unpacker;
    pool.count = 1;
    pool.tell = NULL;
    siege->has_unpacker = ota_campaign_pool_run(&pool, NULL);
}

/* --- telling people ----------------------------------------------------- */

static uint64_t count_lost(const struct siege *siege)
{
    uint64_t lost = 0;
    for (size_t i = 0; i < siege->kinds.count; i++)
        lost += siege->rows[i].result.lost;
    return lost;
}

static void print_losses(const struct ota_campaign *result)
{
    char words[LOSS_SIZE];
    for (uint32_t i = 0; i < result->loss_count && i < SHOWN_LOSSES; i++) {
        ota_campaign_page_loss(&result->losses[i], words, sizeof(words));
        printf("    %s\n", words);
    }
    if (result->lost > SHOWN_LOSSES)
        printf("    and %" PRIu64 " more\n", result->lost - SHOWN_LOSSES);
}

static void print_row(const struct ota_campaign_row *row)
{
    const struct ota_campaign *result = &row->result;
    printf("  %-14s %-4s  user%u     %u     %6" PRIu32 " %5" PRIu32 " %3" PRIu32
           ".%" PRIu32 " s %9zu %8" PRIu64 "\n",
           row->kind.map->name, simulate_boot(&row->kind).text,
           (unsigned)row->kind.slot, row->kind.copy + 1u, result->erases,
           result->programs, result->ms / 1000, result->ms / 100 % 10,
           result->states.count, result->lost);
    print_losses(result);
}

static void print_cost(const struct siege *siege)
{
    const struct ota_campaign *ours = &siege->rows[siege->compared].result;
    const struct ota_campaign *theirs = &siege->unpacker.result;
    if (!siege->has_unpacker)
        return;
    printf("moving the pack on %s: %" PRIu32 " erases, %" PRIu32
           " pages, %" PRIu32 ".%" PRIu32 " s; Espressif's unpacker: %" PRIu32
           ", %" PRIu32 ", %" PRIu32 ".%" PRIu32 " s\n",
           siege->unpacker.kind.map->name, ours->erases, ours->programs,
           ours->ms / 1000, ours->ms / 100 % 10, theirs->erases,
           theirs->programs, theirs->ms / 1000, theirs->ms / 100 % 10);
}

static void print_siege(const struct siege *siege)
{
    bool is_quiet = siege->options->common.quiet;
    if (siege->options->common.json)
        return;
    if (!is_quiet)
        puts("  old map        boot  lands in  sector  erases pages  time   "
             "contents     lost");
    for (size_t i = 0; i < siege->kinds.count; i++)
        if (!is_quiet || siege->rows[i].result.lost > 0)
            print_row(&siege->rows[i]);
    if (is_quiet)
        return;
    print_cost(siege);
    printf("%zu kind%s of devices, %" PRIu64
           " distinct contents of the flash left by cuts (seed %" PRIu64
           "): %" PRIu64 " lost\n",
           siege->kinds.count, siege->kinds.count == 1 ? "" : "s",
           siege->states, siege->options->plan.seed, count_lost(siege));
}

/* --- telling programs --------------------------------------------------- */

static json_t *json_of_cost(const struct ota_campaign *result)
{
    return json_pack("{s:I, s:I, s:I}", "erases", (json_int_t)result->erases,
                     "page_programs", (json_int_t)result->programs, "ms",
                     (json_int_t)result->ms);
}

static json_t *json_of_losses(const struct ota_campaign *result)
{
    char words[LOSS_SIZE];
    json_t *losses = json_array();
    for (uint32_t i = 0; i < result->loss_count; i++) {
        const struct ota_campaign_loss *loss = &result->losses[i];
        ota_campaign_page_loss(loss, words, sizeof(words));
        json_array_append_new(
            losses, json_pack("{s:s, s:s, s:I, s:I}", "how", words, "end",
                              ota_rehearsal_end_name(loss->end), "operation",
                              (json_int_t)loss->cuts[0].operation, "address",
                              (json_int_t)loss->cuts[0].offset));
    }
    return losses;
}

static json_t *json_of_row(const struct ota_campaign_row *row)
{
    const struct ota_campaign *result = &row->result;
    json_t *object = json_pack(
        "{s:s, s:s, s:s, s:i, s:s}", "map", row->kind.map->name, "boot",
        simulate_boot(&row->kind).text, "slot",
        row->kind.slot == 1 ? "user1" : "user2", "parameters",
        row->kind.copy + 1, "end", ota_rehearsal_end_name(result->end));
    json_object_update_new(object, json_of_cost(result));
    json_object_update_new(object, json_pack("{s:I, s:I, s:I, s:o}", "contents",
                                             (json_int_t)result->states.count,
                                             "runs", (json_int_t)result->runs,
                                             "lost", (json_int_t)result->lost,
                                             "losses", json_of_losses(result)));
    return object;
}

static json_t *json_of_siege(const struct siege *siege, bool ok)
{
    json_t *devices = json_array();
    for (size_t i = 0; i < siege->kinds.count; i++)
        json_array_append_new(devices, json_of_row(&siege->rows[i]));
    json_t *object = json_pack("{s:b, s:o, s:s, s:I, s:I, s:I}", "ok", ok,
                               "pack", ota_report_text(siege->options->pack),
                               "gear", siege->is_native ? "native" : "emulator",
                               "seed", (json_int_t)siege->options->plan.seed,
                               "contents", (json_int_t)siege->states, "lost",
                               (json_int_t)count_lost(siege));
    if (siege->has_unpacker)
        json_object_set_new(object, "unpacker",
                            json_of_cost(&siege->unpacker.result));
    json_object_set_new(object, "devices", devices);
    return object;
}

/* --- the page ----------------------------------------------------------- */

static const char *cuts_in_words(enum ota_cuts cuts)
{
    static const char *const words[] = {
        [OTA_CUTS_ONE] = "one cut in each operation",
        [OTA_CUTS_PAIRS] = "two cuts, each in each operation",
        [OTA_CUTS_ANY] = "any number of cuts",
        [OTA_CUTS_RANDOM] = "random cuts",
    };
    return words[cuts];
}

static bool write_page(const struct siege *siege, struct ota_error *err)
{
    const struct simulate_options *options = siege->options;
    const struct ota_campaign_page page = {
        .pack = options->pack,
        .command = options->command,
        .gear = siege->is_native ? "native" : "emulator",
        .cuts = cuts_in_words(options->plan.cuts),
        .table = &siege->pack.pack.table,
        .rows = siege->rows,
        .count = siege->kinds.count,
        .states = siege->states,
    };
    char *text;
    size_t size;
    if (!options->report)
        return true;
    if (!ota_file_differ(options->report, options->pack, err) ||
        !ota_campaign_page_build(&page, &text, &size, err))
        return false;
    bool ok = ota_file_save(options->report, text, size, err);
    free(text);
    return ok;
}

/* --- all of it ---------------------------------------------------------- */

static bool choose_gear(struct siege *siege, struct ota_error *err)
{
    const struct simulate_options *options = siege->options;
    bool can_be_native = options->is_upstream || siege->pack.pack.has_own_boot;
    siege->is_native = options->gear == GEAR_NATIVE ||
                       (options->gear == GEAR_BY_PACK && can_be_native);
    return !siege->is_native || can_be_native ||
           ota_fail(err, OTA_E_NATIVE_GEAR, .subject = options->pack);
}

static bool prepare(struct siege *siege, struct ota_error *err)
{
    struct simulate_options *options = siege->options;
    if (!options->plan.tears)
        options->plan.tears = default_tears(options->plan.cuts);
    if (!ota_native_pack_init(&siege->pack, siege->file->data,
                              siege->file->size, err)) {
        if (err)
            err->subject = options->pack;
        return false;
    }
    if (!choose_gear(siege, err) ||
        !simulate_choose(&siege->kinds, options, siege->file->size, err))
        return false;
    siege->rows = calloc(siege->kinds.count, sizeof(*siege->rows));
    for (size_t i = 0; siege->rows && i < siege->kinds.count; i++)
        siege->rows[i].kind = siege->kinds.list[i];
    return siege->rows || ota_fail(err, OTA_E_MEMORY, .subject = options->pack);
}

static bool lay_siege(struct siege *siege, struct ota_error *err)
{
    if (!prepare(siege, err) ||
        !(siege->is_native ? run_native(siege, err) : run_emulated(siege, err)))
        return false;
    run_unpacker(siege);
    return write_page(siege, err);
}

static void release(struct siege *siege)
{
    for (size_t i = 0; siege->rows && i < siege->kinds.count; i++)
        ota_campaign_release(&siege->rows[i].result);
    ota_campaign_release(&siege->unpacker.result);
    ota_native_pack_release(&siege->pack);
    free(siege->rows);
}

static int conclude(const struct siege *siege)
{
    struct ota_error err = {.code = OTA_E_SIMULATED_LOSS,
                            .subject = siege->options->pack,
                            .actual = count_lost(siege)};
    bool ok = err.actual == 0;
    int status = ok ? EXIT_DONE : EXIT_REFUSED;
    print_siege(siege);
    if (!ok)
        ota_report_print(stderr, "otatool", &err);
    return siege->options->common.json
               ? command_json(json_of_siege(siege, ok), status)
               : status;
}

int simulate_cuts(struct simulate_options *options, const struct ota_file *pack)
{
    struct ota_error err;
    struct siege siege = {.options = options, .file = pack};
    int status = lay_siege(&siege, &err) ? conclude(&siege)
                                         : command_fail(&options->common, &err);
    release(&siege);
    return status;
}
