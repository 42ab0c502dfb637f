/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A NOR flash chip in memory, for simulations that cut its power millions of
 * times: erase sets the bits of a sector, program only clears bits, and any
 * operation can be torn.
 *
 * A watcher sees each operation before it happens. It may tear it, run a
 * whole device on what that leaves, and roll the chip back: what changes is
 * logged, so that going back costs what was changed and not the chip's size.
 */
#ifndef OTATOOL_CHIP_H
#define OTATOOL_CHIP_H

#include "otatool/flash.h"

enum { OTA_CHIP_PAGE = 256 }; /* bytes that a chip programs at a time */

enum ota_chip_kind { OTA_CHIP_PROGRAM, OTA_CHIP_ERASE };

/* One that is about to happen. */
struct ota_chip_operation {
    enum ota_chip_kind kind;
    uint32_t offset;
    uint32_t size;
    const uint8_t *data; /* to program; NULL for an erase */
};

enum ota_chip_fate {
    OTA_CHIP_DONE,
    OTA_CHIP_FAILED, /* nothing done, and told so */
    OTA_CHIP_SILENT, /* nothing done, and nothing told */
    OTA_CHIP_OFF,    /* the power is gone; so are all operations to come */
};

/* How the power fails inside of an operation. */
enum ota_chip_tear {
    OTA_CHIP_TEAR_NONE,      /* just before it */
    OTA_CHIP_TEAR_ALL,       /* just behind it */
    OTA_CHIP_TEAR_HALF,      /* the first half done */
    OTA_CHIP_TEAR_FRONT,     /* up to some byte, of which some bits */
    OTA_CHIP_TEAR_SCATTERED, /* each bit by chance */
    OTA_CHIP_TEAR_NEARLY,    /* few bits lack */
    OTA_CHIP_TEAR_HARDLY,    /* few bits have changed */
    OTA_CHIP_TEAR_BACK,      /* from some byte on */
    /* An erase after which all bits read as set, but those that were cleared
     * fall back at the start after the next, unless the sector is erased
     * again by then. A program is torn like FRONT. */
    OTA_CHIP_TEAR_WEAK,
    OTA_CHIP_TEARS
};

struct ota_chip_counts {
    uint32_t operations; /* since the last power-on */
    uint32_t erases;     /* these for ever */
    uint32_t programs;   /* pages */
};

enum { OTA_CHIP_MOST_WEAK = 16 };

struct ota_chip_weak {
    uint32_t sector; /* its index */
    uint32_t starts; /* survived so far */
};

/* A point to go back to. */
struct ota_chip_mark {
    size_t log_size;
    struct ota_chip_counts counts;
    struct ota_chip_weak weak[OTA_CHIP_MOST_WEAK];
    uint32_t weak_count;
    uint32_t unreadable;
    bool is_off;
};

struct ota_chip;
struct ota_chip_log; /* private */

/* Sees an operation that is about to happen, and decides about it. */
typedef enum ota_chip_fate
ota_chip_watch(void *context, struct ota_chip *chip,
               const struct ota_chip_operation *operation);

struct ota_chip {
    struct ota_flash flash;  /* for the engines; its context is this struct */
    uint8_t *data;           /* to read; written through the functions only */
    uint32_t granule;        /* bytes an operation programs at most: a page, or
                              * a sector for coarser campaigns */
    uint32_t *wear;          /* erases of each sector, for ever */
    ota_chip_watch *watch;   /* may be NULL */
    void *watcher;           /* its context; borrowed */
    bool is_out_of_memory;   /* the log could not grow: nothing counts */
    struct ota_chip_mark at; /* what marks keep */
    /* private */
    uint64_t *digests; /* of each page */
    uint64_t digest;
    struct ota_chip_log *log;
    size_t log_capacity;
};

/* size bytes, all erased; pages as granule. */
OTA_CHECKED bool ota_chip_init(struct ota_chip *chip, uint32_t size,
                               struct ota_error *err);
void ota_chip_release(struct ota_chip *chip);

/* Content put there by hand: neither counted nor rolled back. */
void ota_chip_put(struct ota_chip *chip, uint32_t offset, const void *data,
                  uint32_t size);

/* The power returns, or the device restarts: operations are counted anew,
 * what was unreadable is readable, what is weak gets older. */
void ota_chip_power_on(struct ota_chip *chip);

/* A hash of all that decides what a device will do from here: the content,
 * and what is weak. */
uint64_t ota_chip_digest(const struct ota_chip *chip);

struct ota_chip_mark ota_chip_mark(const struct ota_chip *chip);
void ota_chip_rollback(struct ota_chip *chip, const struct ota_chip_mark *mark);

/* Leaves what the power's failing inside of operation does. seed decides
 * wherever chance does. */
void ota_chip_tear(struct ota_chip *chip,
                   const struct ota_chip_operation *operation,
                   enum ota_chip_tear tear, uint64_t seed);

/* Reads of the sector at offset fail until the next power-on. */
void ota_chip_make_unreadable(struct ota_chip *chip, uint32_t offset);

/* Stable names, for reports. */
const char *ota_chip_tear_name(enum ota_chip_tear tear);

#endif
