/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Makes the flash hold a plan. What differs is found by digests, of parts, of
 * blocks, of sectors; runs of such sectors are written and compared at once,
 * so that a failure costs one run and is seen where it happened.
 */
#include "flash_journal.h"
#include "flasher_parts.h"
#include "loader_parts.h"
#include "otatool/digest.h"
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 0x10000,
    RUN_STUB = 256, /* sectors at once, on a good line */
    RUN_NOTED = 16, /* where a journal keeps what is done */
    RUN_LEAST = 1,  /* on a bad one */
    RUN_ROM = 16,
    ROUNDS = 4,
    TRIES = 4, /* of a run that was written and is not there */
};

struct work {
    struct ota_flasher *flasher;
    const struct ota_flash_plan *plan;
    const struct ota_flasher_job *job;
    struct ota_flasher_result *result;
    struct flash_journal journal;
    bool dirty[JOURNAL_SECTORS];
    uint32_t limit; /* sectors in a run */
    uint32_t most;  /* the same, on the line as it is */
    uint32_t runs;  /* written */
    uint32_t total; /* bytes to write */
    uint32_t done;
    bool is_astray; /* something may have been written elsewhere */
};

static bool has_stub(const struct work *work)
{
    return work->flasher->options.stub != NULL;
}

/* --- finding what differs --- */

static void mark(struct work *work, uint32_t offset, uint32_t size,
                 bool is_dirty)
{
    for (uint32_t at = 0; at < size; at += OTA_SECTOR_SIZE)
        work->dirty[(offset + at) / OTA_SECTOR_SIZE] = is_dirty;
}

static bool find_in(struct work *work, uint32_t offset, const uint8_t *data,
                    uint32_t size, uint32_t step, struct ota_error *err)
{
    for (uint32_t at = 0; at < size; at += step) {
        uint32_t piece = minimum(step, size - at);
        bool is_same;
        if (!flasher_compare(work->flasher, offset + at, data + at, piece,
                             &is_same, err))
            return false;
        if (is_same || step == OTA_SECTOR_SIZE)
            mark(work, offset + at, piece, !is_same);
        else if (!find_in(work, offset + at, data + at, piece, OTA_SECTOR_SIZE,
                          err))
            return false;
        if (step == OTA_SECTOR_SIZE && !has_stub(work))
            flasher_progress(work->flasher, OTA_FLASHER_COMPARING, at + piece,
                             size);
    }
    return true;
}

static bool find_in_part(struct work *work, const struct ota_flash_part *part,
                         struct ota_error *err)
{
    bool is_same = false;
    if (!has_stub(work))
        return find_in(work, part->address, part->data, part->size,
                       OTA_SECTOR_SIZE, err);
    if (!flasher_compare(work->flasher, part->address, part->data, part->size,
                         &is_same, err))
        return false;
    if (is_same) {
        mark(work, part->address, part->size, false);
        return true;
    }
    return find_in(work, part->address, part->data, part->size, BLOCK, err);
}

static bool find_dirty(struct work *work, struct ota_error *err)
{
    for (size_t i = 0; i < work->plan->count; i++)
        if (!find_in_part(work, &work->plan->parts[i], err))
            return false;
    return true;
}

/* Of a full job everything but what the journal knows. */
static void mark_all(struct work *work)
{
    for (size_t i = 0; i < work->plan->count; i++) {
        const struct ota_flash_part *part = &work->plan->parts[i];
        for (uint32_t at = 0; at < part->size; at += OTA_SECTOR_SIZE) {
            uint32_t sector = (part->address + at) / OTA_SECTOR_SIZE;
            bool is_known = flash_journal_knows(&work->journal, sector);
            work->dirty[sector] = !is_known;
            work->result->resumed += is_known ? OTA_SECTOR_SIZE : 0;
        }
    }
}

static uint32_t count_dirty(const struct work *work)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < JOURNAL_SECTORS; i++)
        count += work->dirty[i];
    return count;
}

/* --- writing a run --- */

struct run {
    struct work *work;
    uint32_t first; /* sectors */
    uint32_t count;
    uint8_t *data;
};

static bool find_run(struct work *work, uint32_t from, struct run *run)
{
    while (from < JOURNAL_SECTORS && !work->dirty[from])
        from++;
    *run = (struct run){.work = work, .first = from};
    while (from < JOURNAL_SECTORS && run->count < work->most &&
           work->dirty[from]) {
        from++;
        run->count++;
    }
    return run->count > 0;
}

/* The ROM may erase one sector too many: then that one is part of the run. */
static void widen(struct run *run)
{
    uint32_t asked;
    const struct ota_flasher *flasher = run->work->flasher;
    if (has_stub(run->work) ||
        ota_loader_rom_erases(run->first, run->count, &asked) == run->count)
        return;
    bool has_next =
        (run->first + run->count) * OTA_SECTOR_SIZE < flasher->chip.flash_size;
    run->first -= !has_next;
    run->count++;
}

static bool fill(struct run *run, struct ota_error *err)
{
    for (uint32_t i = 0; i < run->count; i++) {
        uint32_t offset = (run->first + i) * OTA_SECTOR_SIZE;
        uint8_t *to = run->data + i * OTA_SECTOR_SIZE;
        const uint8_t *sector = ota_flash_plan_sector(run->work->plan, offset);
        if (sector)
            memcpy(to, sector, OTA_SECTOR_SIZE);
        else if (!ota_flasher_read(run->work->flasher, offset, to,
                                   OTA_SECTOR_SIZE, err))
            return false;
    }
    return true;
}

/* A line that fails now and then lets short runs through: the rest is left
 * for the next one. What the ROM erases too much binds its runs. */
static void shorten(struct run *run)
{
    if (!has_stub(run->work) || run->count <= RUN_LEAST)
        return;
    run->count = run->count / 4 > RUN_LEAST ? run->count / 4 : RUN_LEAST;
    run->work->most = run->count;
}

/* Where less came than the stub was told, it was told more than was sent, and
 * may have erased that. */
static bool write_once(struct ota_flasher *flasher, void *context,
                       struct ota_error *err)
{
    struct run *run = context;
    if (ota_loader_write(&flasher->loader, run->first * OTA_SECTOR_SIZE,
                         run->data, run->count * OTA_SECTOR_SIZE, err))
        return true;
    run->work->is_astray |= err->code == OTA_E_LOADER_REFUSED &&
                            err->actual == OTA_LOADER_TOO_LITTLE;
    shorten(run);
    return false;
}

/* The first sector of a run as it is; without the stub that would take too
 * long. */
static bool look(const struct run *run, uint8_t md5[OTA_MD5_SIZE],
                 struct ota_error *err)
{
    memset(md5, 0, OTA_MD5_SIZE);
    return !has_stub(run->work) ||
           flasher_digest(run->work->flasher, run->first * OTA_SECTOR_SIZE,
                          OTA_SECTOR_SIZE, md5, err);
}

/* Whether any sector of the run that had to change holds what it should. */
static bool find_right(const struct run *run, bool *has_any,
                       struct ota_error *err)
{
    *has_any = false;
    for (uint32_t i = 0; !*has_any && i < run->count; i++)
        if (run->work->dirty[run->first + i] &&
            !flasher_compare(
                run->work->flasher, (run->first + i) * OTA_SECTOR_SIZE,
                run->data + i * OTA_SECTOR_SIZE, OTA_SECTOR_SIZE, has_any, err))
            return false;
    return true;
}

/* Whether the run, which is not what it should be, was touched at all. */
static bool find_effect(const struct run *run,
                        const uint8_t before[OTA_MD5_SIZE], bool *has_effect,
                        struct ota_error *err)
{
    uint8_t after[OTA_MD5_SIZE];
    if (!find_right(run, has_effect, err) || !look(run, after, err))
        return false;
    *has_effect |= memcmp(before, after, sizeof(after)) != 0;
    return true;
}

static bool write_run(struct run *run, struct ota_error *err)
{
    struct ota_flasher *flasher = run->work->flasher;
    uint32_t offset = run->first * OTA_SECTOR_SIZE;
    uint8_t before[OTA_MD5_SIZE];
    bool has_effect = false;
    if (!look(run, before, err))
        return false;
    for (int i = 0; i < TRIES; i++) {
        uint32_t recoveries = flasher->recoveries;
        bool is_same;
        if (!flasher_retry(flasher, write_once, run, err) ||
            !flasher_compare(flasher, offset, run->data,
                             run->count * OTA_SECTOR_SIZE, &is_same, err))
            return false;
        if (is_same)
            return true;
        if (!find_effect(run, before, &has_effect, err))
            return false;
        /* All was acknowledged, and is not here: where is it? */
        run->work->is_astray |= recoveries == flasher->recoveries;
    }
    return ota_fail(err,
                    has_effect ? OTA_E_FLASH_DIGEST : OTA_E_FLASH_NO_EFFECT,
                    .part = "writing", .offset = offset);
}

static void note_done(struct work *work, const struct run *run)
{
    for (uint32_t i = run->first; i < run->first + run->count; i++) {
        work->done += work->dirty[i] ? OTA_SECTOR_SIZE : 0;
        work->dirty[i] = false;
    }
    flash_journal_add(&work->journal, run->first, run->count);
    flash_journal_save(&work->journal);
    flasher_progress(work->flasher, OTA_FLASHER_WRITING, work->done,
                     work->total);
}

static bool write_dirty(struct work *work, struct ota_error *err)
{
    struct run run;
    work->total = work->done + count_dirty(work) * OTA_SECTOR_SIZE;
    flasher_progress(work->flasher, OTA_FLASHER_WRITING, work->done,
                     work->total);
    for (uint32_t from = 0; find_run(work, from, &run);
         from = run.first + run.count) {
        widen(&run);
        run.data = malloc(run.count * OTA_SECTOR_SIZE);
        bool ok = run.data ? fill(&run, err) && write_run(&run, err)
                           : ota_fail(err, OTA_E_MEMORY);
        free(run.data);
        if (!ok)
            return false;
        note_done(work, &run);
        work->runs++;
        if (has_stub(work))
            work->most = minimum(2 * work->most, work->limit);
    }
    return true;
}

/* --- what lies beside --- */

struct beside {
    uint8_t md5[OTA_FLASH_PLAN_PARTS + 1][OTA_MD5_SIZE];
};

/* Digests of what lies between the parts. */
static bool look_beside(struct work *work, struct beside *beside,
                        struct ota_error *err)
{
    const struct ota_flash_plan *plan = work->plan;
    uint32_t from = 0;
    memset(beside, 0, sizeof(*beside));
    for (size_t i = 0; i <= plan->count; i++) {
        uint32_t to = i < plan->count ? plan->parts[i].address
                                      : work->flasher->chip.flash_size;
        if (to > from && !flasher_digest(work->flasher, from, to - from,
                                         beside->md5[i], err))
            return false;
        if (i < plan->count)
            from = plan->parts[i].address + plan->parts[i].size;
    }
    return true;
}

/* --- the job --- */

static bool erase_all(struct work *work, struct ota_error *err)
{
    if (!work->job->erase_all || work->journal.is_erased)
        return true;
    if (!ota_flasher_erase(work->flasher, 0, work->flasher->chip.flash_size,
                           err))
        return false;
    memset(work->journal.done, 0, sizeof(work->journal.done));
    work->journal.is_erased = true;
    flash_journal_save(&work->journal);
    return true;
}

/* Every run was compared when it was written. Only a later one can have
 * damaged it: where all the plan was one run, there was none. */
static bool was_one_run(const struct work *work)
{
    return work->runs == 1 && work->done == ota_flash_plan_size(work->plan);
}

/* Without the stub every run was read back, and to read all once more would
 * take as long as the job. */
static bool settle(struct work *work, struct ota_error *err)
{
    for (int i = 0; i < ROUNDS; i++) {
        if (!write_dirty(work, err))
            return false;
        if (!has_stub(work) || was_one_run(work))
            return true;
        if (!find_dirty(work, err))
            return false;
        if (count_dirty(work) == 0)
            return true;
    }
    return ota_fail(err, OTA_E_FLASH_DIGEST, .part = "comparing");
}

static bool do_work(struct work *work, struct ota_error *err)
{
    struct beside before;
    struct beside after;
    bool is_guarded = work->job->is_guarded && has_stub(work);
    if (!erase_all(work, err) ||
        (is_guarded && !look_beside(work, &before, err)))
        return false;
    if (work->job->is_full)
        mark_all(work);
    else if (!find_dirty(work, err))
        return false;
    if (!settle(work, err))
        return false;
    if (is_guarded) {
        if (!look_beside(work, &after, err))
            return false;
        work->is_astray = memcmp(&before, &after, sizeof(after)) != 0;
    }
    work->result->written = work->done;
    uint32_t kept = work->done + work->result->resumed;
    uint32_t planned = ota_flash_plan_size(work->plan);
    work->result->same = planned > kept ? planned - kept : 0;
    flash_journal_remove(&work->journal);
    return !work->is_astray || ota_fail(err, OTA_E_FLASH_ASTRAY);
}

static uint32_t longest_run(const struct work *work)
{
    if (!has_stub(work))
        return RUN_ROM;
    return work->journal.path[0] ? RUN_NOTED : RUN_STUB;
}

bool ota_flasher_write(struct ota_flasher *flasher,
                       const struct ota_flash_plan *plan,
                       const struct ota_flasher_job *job,
                       struct ota_flasher_result *result, struct ota_error *err)
{
    struct work *work = calloc(1, sizeof(*work));
    if (!work)
        return ota_fail(err, OTA_E_MEMORY);
    *result = (struct ota_flasher_result){0};
    work->flasher = flasher;
    work->plan = plan;
    work->job = job;
    work->result = result;
    flash_journal_open(&work->journal, job->journal, &flasher->chip, plan, job);
    work->limit = work->most = longest_run(work);
    bool ok = do_work(work, err);
    free(work);
    return ok;
}
