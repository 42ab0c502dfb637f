/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A campaign: whatever a device does to its flash, the power fails inside of
 * every operation, in many ways, and each flash that this leaves is run to
 * its end in a fresh state. A device is lost when neither the new app nor
 * the old firmware starts.
 *
 * What a device does from a flash depends on its content alone, so a content
 * that was met before need not be run again. Contents are told apart by a
 * 64-bit hash, and counted once.
 */
#ifndef OTATOOL_CAMPAIGN_H
#define OTATOOL_CAMPAIGN_H

#include "otatool/chip.h"
#include "otatool/simulate.h"
#include "otatool/state_set.h"

enum ota_cuts {
    OTA_CUTS_ONE,    /* one, in each operation of a page or sector */
    OTA_CUTS_PAIRS,  /* a second one, in each operation that follows the
                      * first; a program is one of a whole sector here */
    OTA_CUTS_ANY,    /* any number of them, each before, in the middle of or
                      * behind an operation of a sector, until nothing new
                      * is met */
    OTA_CUTS_RANDOM, /* runs with one to eight cuts anywhere */
};

struct ota_campaign_plan {
    enum ota_cuts cuts;
    uint32_t tears; /* ways an operation is torn, at least 1; with any number
                     * of cuts at most 3 of them, which chance has no part in */
    uint32_t runs;  /* of random cuts */
    uint64_t seed;
    bool has_faults; /* also each operation once failing and once silently
                      * doing nothing, each sector once unreadable */
};

/* What is put to the test. */
struct ota_campaign_subject {
    /* Runs from power-on (ota_chip_power_on) to the end, in a fresh state;
     * returns soon where the chip is off. */
    enum ota_rehearsal_end (*power_on)(void *context, struct ota_chip *chip);
    void *context;
};

enum { OTA_CAMPAIGN_CUTS = 8, OTA_CAMPAIGN_LOSSES = 64 };

struct ota_campaign_cut {
    uint32_t operation; /* since the last power-on, from 1 */
    uint32_t tear;      /* which of the ways, from 0 */
    uint32_t offset;
    enum ota_chip_kind kind;
};

enum ota_campaign_cause {
    OTA_CAUSE_CUTS,
    OTA_CAUSE_FAILED,     /* operation says that it failed */
    OTA_CAUSE_SILENT,     /* operation does nothing */
    OTA_CAUSE_UNREADABLE, /* sector at offset of the first cut */
};

/* How a device was lost. */
struct ota_campaign_loss {
    enum ota_campaign_cause cause;
    enum ota_rehearsal_end end;
    uint32_t depth; /* cuts, 0: none is needed; the first
                     * OTA_CAMPAIGN_CUTS are kept */
    struct ota_campaign_cut cuts[OTA_CAMPAIGN_CUTS];
};

/* An operation of the run that nothing disturbs. */
struct ota_campaign_step {
    enum ota_chip_kind kind;
    uint32_t offset;
    uint32_t size;
    uint32_t lost; /* of the devices whose first cut was in here */
};

struct ota_campaign {
    /* of the undisturbed run */
    enum ota_rehearsal_end end;
    struct ota_campaign_step *steps; /* owned */
    uint32_t step_count;
    uint32_t erases;
    uint32_t programs;
    uint32_t ms; /* modelled */
    /* of all others */
    struct ota_state_set states; /* that a cut left */
    uint64_t runs;               /* ended by a verdict */
    uint64_t ends[OTA_REHEARSAL_ENDS];
    uint64_t fault_runs; /* of them */
    uint64_t lost;
    struct ota_campaign_loss losses[OTA_CAMPAIGN_LOSSES]; /* the first */
    uint32_t loss_count;
};

/*
 * Runs the plan for one subject, on chip as it is, which is as before when
 * this returns; a device that is lost without a cut is not cut. Fails with
 * OTA_E_MEMORY only; lost devices are a result. *campaign, released by the
 * caller, is filled in any case.
 */
OTA_CHECKED bool ota_campaign_run(struct ota_campaign *campaign,
                                  const struct ota_campaign_plan *plan,
                                  const struct ota_campaign_subject *subject,
                                  struct ota_chip *chip, struct ota_error *err);
void ota_campaign_release(struct ota_campaign *campaign);

/* Modelled time: 45 ms an erase, 0.7 ms a page. (W25Q, GD25Q data sheets) */
uint32_t ota_campaign_ms(uint32_t erases, uint32_t programs);

#endif
