/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walk happens inside of the run that is cut: when an operation is about
 * to happen, the watcher tears it, starts the device anew on what that
 * leaves, and rolls the chip back, for each way to tear; then the operation
 * takes place. So nothing is run twice to get to a cut, and a second cut is
 * the same one level deeper.
 */
#include "otatool/campaign.h"
#include "random.h"
#include <stdlib.h>
#include <string.h>

enum {
    ANY_DEPTH = UINT8_MAX,
    CERTAIN_TEARS = 3, /* without chance, the first of all */
};

/* One power-on whose operations are watched. */
struct walk {
    struct ota_campaign *campaign;
    const struct ota_campaign_plan *plan;
    const struct ota_campaign_subject *subject;
    const struct walk *before;   /* the run that was cut; NULL: the first */
    struct ota_campaign_cut cut; /* which ends this power-on */
    uint8_t depth;               /* cuts still to make, this one included */
    bool is_out_of_memory;
    /* of other watchers */
    uint32_t strikes_at;     /* operation */
    enum ota_chip_fate fate; /* what befalls it */
    uint64_t chance;
    struct ota_campaign_loss *history;
};

/* --- ways to tear ------------------------------------------------------- */

/* The first two are the borders of the operation. */
static enum ota_chip_tear tear_of(uint32_t way)
{
    static const enum ota_chip_tear first[] = {
        OTA_CHIP_TEAR_NONE, OTA_CHIP_TEAR_ALL, OTA_CHIP_TEAR_HALF};
    static const enum ota_chip_tear more[] = {
        OTA_CHIP_TEAR_FRONT,  OTA_CHIP_TEAR_SCATTERED, OTA_CHIP_TEAR_WEAK,
        OTA_CHIP_TEAR_NEARLY, OTA_CHIP_TEAR_HARDLY,    OTA_CHIP_TEAR_BACK};
    if (way < CERTAIN_TEARS)
        return first[way];
    return more[(way - CERTAIN_TEARS) % (sizeof(more) / sizeof(more[0]))];
}

/* With any number of cuts all must lead to contents that come again. */
static uint32_t ways_of(const struct ota_campaign_plan *plan)
{
    return plan->cuts == OTA_CUTS_ANY && plan->tears > CERTAIN_TEARS
               ? CERTAIN_TEARS
               : plan->tears;
}

/* The same state is torn alike, however it was come to. */
static uint64_t seed_of(const struct walk *walk, const struct ota_chip *chip,
                        uint32_t way)
{
    return random_mix(walk->plan->seed ^ random_mix(way)) ^
           ota_chip_digest(chip);
}

/* --- verdicts ----------------------------------------------------------- */

/* The cuts that led here, the first one first. */
static void tell_cuts(struct ota_campaign_loss *loss, const struct walk *walk)
{
    if (!walk)
        return;
    tell_cuts(loss, walk->before);
    if (loss->depth < OTA_CAMPAIGN_CUTS)
        loss->cuts[loss->depth] = walk->cut;
    loss->depth++;
}

static void note_loss(struct ota_campaign *campaign,
                      const struct ota_campaign_loss *loss)
{
    campaign->lost++;
    if (campaign->loss_count < OTA_CAMPAIGN_LOSSES)
        campaign->losses[campaign->loss_count++] = *loss;
    uint32_t first = loss->cuts[0].operation;
    if (loss->cause == OTA_CAUSE_CUTS && first > 0 &&
        first <= campaign->step_count)
        campaign->steps[first - 1].lost++;
}

static void note_end(struct ota_campaign *campaign, enum ota_rehearsal_end end)
{
    campaign->runs++;
    campaign->ends[end]++;
}

/* --- the walk ----------------------------------------------------------- */

static ota_chip_watch cut_in_all_ways;

static void run_from_here(struct walk *walk, struct ota_chip *chip)
{
    struct walk next = *walk;
    next.before = walk;
    next.cut = (struct ota_campaign_cut){0};
    next.depth =
        walk->depth == ANY_DEPTH ? ANY_DEPTH : (uint8_t)(walk->depth - 1);
    chip->watcher = &next;
    chip->watch = next.depth > 0 ? cut_in_all_ways : NULL;
    enum ota_rehearsal_end end =
        walk->subject->power_on(walk->subject->context, chip);
    chip->watcher = walk;
    chip->watch = cut_in_all_ways;
    note_end(walk->campaign, end);
    if (ota_rehearsal_is_lost(end)) {
        struct ota_campaign_loss loss = {.end = end};
        tell_cuts(&loss, walk);
        note_loss(walk->campaign, &loss);
    }
}

static void cut_once(struct walk *walk, struct ota_chip *chip,
                     const struct ota_chip_operation *operation, uint32_t way)
{
    struct ota_chip_mark mark = ota_chip_mark(chip);
    uint8_t depth =
        walk->depth == ANY_DEPTH ? ANY_DEPTH : (uint8_t)(walk->depth - 1);
    walk->cut.tear = way;
    ota_chip_tear(chip, operation, tear_of(way), seed_of(walk, chip, way));
    if (ota_state_set_add(&walk->campaign->states, ota_chip_digest(chip),
                          depth))
        run_from_here(walk, chip);
    ota_chip_rollback(chip, &mark);
}

static enum ota_chip_fate
cut_in_all_ways(void *context, struct ota_chip *chip,
                const struct ota_chip_operation *operation)
{
    struct walk *walk = context;
    walk->cut = (struct ota_campaign_cut){walk->cut.operation + 1, 0,
                                          operation->offset, operation->kind};
    for (uint32_t way = 0; way < ways_of(walk->plan); way++)
        cut_once(walk, chip, operation, way);
    return OTA_CHIP_DONE;
}

static struct walk begin(struct ota_campaign *campaign,
                         const struct ota_campaign_plan *plan,
                         const struct ota_campaign_subject *subject)
{
    return (struct walk){
        .campaign = campaign, .plan = plan, .subject = subject};
}

static void walk_all(struct walk *walk, struct ota_chip *chip, uint8_t depth)
{
    struct ota_chip_mark start = ota_chip_mark(chip);
    walk->depth = depth;
    chip->watcher = walk;
    chip->watch = cut_in_all_ways;
    note_end(walk->campaign,
             walk->subject->power_on(walk->subject->context, chip));
    chip->watch = NULL;
    ota_chip_rollback(chip, &start);
}

/* --- the run that nothing disturbs -------------------------------------- */

static enum ota_chip_fate note_step(void *context, struct ota_chip *chip,
                                    const struct ota_chip_operation *operation)
{
    struct walk *walk = context;
    struct ota_campaign *campaign = walk->campaign;
    const struct ota_campaign_step step = {operation->kind, operation->offset,
                                           operation->size, 0};
    (void)chip;
    if ((campaign->step_count & (campaign->step_count - 1)) == 0) {
        size_t capacity = campaign->step_count ? 2u * campaign->step_count : 1;
        struct ota_campaign_step *steps =
            realloc(campaign->steps, capacity * sizeof(*steps));
        walk->is_out_of_memory |= !steps;
        if (!steps)
            return OTA_CHIP_DONE;
        campaign->steps = steps;
    }
    campaign->steps[campaign->step_count++] = step;
    return OTA_CHIP_DONE;
}

uint32_t ota_campaign_ms(uint32_t erases, uint32_t programs)
{
    return erases * 45 + programs * 7 / 10;
}

static void run_undisturbed(struct walk *walk, struct ota_chip *chip)
{
    struct ota_campaign *campaign = walk->campaign;
    struct ota_chip_mark start = ota_chip_mark(chip);
    chip->watcher = walk;
    chip->watch = note_step;
    campaign->end = walk->subject->power_on(walk->subject->context, chip);
    chip->watch = NULL;
    campaign->erases = chip->at.counts.erases - start.counts.erases;
    campaign->programs = chip->at.counts.programs - start.counts.programs;
    campaign->ms = ota_campaign_ms(campaign->erases, campaign->programs);
    if (ota_rehearsal_is_lost(campaign->end)) {
        note_end(campaign, campaign->end);
        note_loss(campaign, &(struct ota_campaign_loss){.end = campaign->end});
    }
    ota_chip_rollback(chip, &start);
}

/* --- random cuts -------------------------------------------------------- */

/* Restarts by itself count operations anew, so this counts its own. */
static enum ota_chip_fate
cut_by_chance(void *context, struct ota_chip *chip,
              const struct ota_chip_operation *operation)
{
    struct walk *walk = context;
    walk->cut = (struct ota_campaign_cut){walk->cut.operation + 1, 0,
                                          operation->offset, operation->kind};
    if (walk->cut.operation != walk->strikes_at)
        return OTA_CHIP_DONE;
    struct ota_campaign_loss *history = walk->history;
    walk->cut.tear = random_below(&walk->chance, walk->plan->tears);
    ota_chip_tear(chip, operation, tear_of(walk->cut.tear),
                  random_next(&walk->chance));
    history->cuts[history->depth++] = walk->cut;
    ota_state_set_add(&walk->campaign->states, ota_chip_digest(chip), 0);
    return OTA_CHIP_OFF;
}

static void run_with_cuts(struct walk *walk, struct ota_chip *chip)
{
    struct ota_chip_mark start = ota_chip_mark(chip);
    struct ota_campaign_loss history = {0};
    uint32_t cuts = 1 + random_below(&walk->chance, OTA_CAMPAIGN_CUTS);
    uint32_t limit = walk->campaign->step_count + 1;
    walk->history = &history;
    do {
        walk->cut.operation = 0;
        walk->strikes_at = 1 + random_below(&walk->chance, limit);
        chip->watcher = walk;
        chip->watch = history.depth < cuts ? cut_by_chance : NULL;
        history.end = walk->subject->power_on(walk->subject->context, chip);
    } while (chip->at.is_off);
    chip->watch = NULL;
    note_end(walk->campaign, history.end);
    if (ota_rehearsal_is_lost(history.end))
        note_loss(walk->campaign, &history);
    ota_chip_rollback(chip, &start);
}

/* --- faults ------------------------------------------------------------- */

static enum ota_chip_fate
strike_once(void *context, struct ota_chip *chip,
            const struct ota_chip_operation *operation)
{
    struct walk *walk = context;
    (void)chip;
    if (walk->cut.operation + 1 == walk->strikes_at)
        walk->cut = (struct ota_campaign_cut){
            walk->cut.operation, 0, operation->offset, operation->kind};
    return ++walk->cut.operation == walk->strikes_at ? walk->fate
                                                     : OTA_CHIP_DONE;
}

static void note_fault(struct walk *walk, enum ota_rehearsal_end end,
                       enum ota_campaign_cause cause)
{
    struct ota_campaign_loss loss = {.cause = cause, .end = end, .depth = 1};
    note_end(walk->campaign, end);
    walk->campaign->fault_runs++;
    loss.cuts[0] = walk->cut;
    loss.cuts[0].operation = walk->strikes_at;
    if (ota_rehearsal_is_lost(end))
        note_loss(walk->campaign, &loss);
}

static void run_with_fault(struct walk *walk, struct ota_chip *chip,
                           enum ota_campaign_cause cause)
{
    struct ota_chip_mark start = ota_chip_mark(chip);
    walk->cut = (struct ota_campaign_cut){0};
    walk->fate = cause == OTA_CAUSE_FAILED ? OTA_CHIP_FAILED : OTA_CHIP_SILENT;
    chip->watcher = walk;
    chip->watch = strike_once;
    enum ota_rehearsal_end end =
        walk->subject->power_on(walk->subject->context, chip);
    chip->watch = NULL;
    note_fault(walk, end, cause);
    ota_chip_rollback(chip, &start);
}

/* The sector of the operation cannot be read just when it was changed. */
static enum ota_chip_fate
make_unreadable(void *context, struct ota_chip *chip,
                const struct ota_chip_operation *operation)
{
    struct walk *walk = context;
    enum ota_chip_fate fate = strike_once(context, chip, operation);
    if (fate != OTA_CHIP_DONE)
        ota_chip_make_unreadable(chip, walk->cut.offset);
    return OTA_CHIP_DONE;
}

static void run_unreadable(struct walk *walk, struct ota_chip *chip)
{
    struct ota_chip_mark start = ota_chip_mark(chip);
    walk->cut = (struct ota_campaign_cut){0};
    walk->fate = OTA_CHIP_FAILED;
    chip->watcher = walk;
    chip->watch = make_unreadable;
    enum ota_rehearsal_end end =
        walk->subject->power_on(walk->subject->context, chip);
    chip->watch = NULL;
    note_fault(walk, end, OTA_CAUSE_UNREADABLE);
    ota_chip_rollback(chip, &start);
}

static void run_faults(struct walk *walk, struct ota_chip *chip)
{
    for (uint32_t i = 1; i <= walk->campaign->step_count; i++) {
        walk->strikes_at = i;
        run_with_fault(walk, chip, OTA_CAUSE_FAILED);
        run_with_fault(walk, chip, OTA_CAUSE_SILENT);
        run_unreadable(walk, chip);
    }
}

/* --- all of it ---------------------------------------------------------- */

static void run_cuts(struct walk *walk, struct ota_chip *chip)
{
    switch (walk->plan->cuts) {
    case OTA_CUTS_ONE:
        walk_all(walk, chip, 1);
        break;
    case OTA_CUTS_PAIRS:
        walk_all(walk, chip, 2);
        break;
    case OTA_CUTS_ANY:
        walk_all(walk, chip, ANY_DEPTH);
        break;
    case OTA_CUTS_RANDOM:
        walk->chance = random_mix(walk->plan->seed ^ ota_chip_digest(chip));
        for (uint32_t i = 0; i < walk->plan->runs; i++)
            run_with_cuts(walk, chip);
        break;
    }
}

bool ota_campaign_run(struct ota_campaign *campaign,
                      const struct ota_campaign_plan *plan,
                      const struct ota_campaign_subject *subject,
                      struct ota_chip *chip, struct ota_error *err)
{
    *campaign = (struct ota_campaign){0};
    struct walk walk = begin(campaign, plan, subject);
    bool is_coarse = plan->cuts == OTA_CUTS_PAIRS || plan->cuts == OTA_CUTS_ANY;
    chip->granule = is_coarse ? OTA_SECTOR_SIZE : (uint32_t)OTA_CHIP_PAGE;
    run_undisturbed(&walk, chip);
    if (!ota_rehearsal_is_lost(campaign->end)) {
        run_cuts(&walk, chip);
        if (plan->has_faults)
            run_faults(&walk, chip);
    }
    return (!walk.is_out_of_memory && !chip->is_out_of_memory &&
            !campaign->states.is_out_of_memory) ||
           ota_fail(err, OTA_E_MEMORY, .subject = "campaign");
}

void ota_campaign_release(struct ota_campaign *campaign)
{
    free(campaign->steps);
    ota_state_set_release(&campaign->states);
    campaign->steps = NULL;
}
