/* SPDX-License-Identifier: Apache-2.0 */
/* A progress bar on stderr, drawn only when stderr is a terminal. */
#ifndef OTATOOL_PROGRESS_H
#define OTATOOL_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct ota_progress {
    const char *label; /* borrowed */
    const char *unit;  /* borrowed; NULL: bytes, shown as KB */
    uint64_t total;    /* 0: unknown */
    uint64_t drawn_ms; /* when it was last drawn */
    bool is_shown;
};

/* quiet, or a stderr that is no terminal, makes all calls do nothing. */
void ota_progress_begin(struct ota_progress *progress, const char *label,
                        uint64_t total, bool quiet);
/* The same for things that are counted, such as "devices". */
void ota_progress_begin_counting(struct ota_progress *progress,
                                 const char *label, const char *unit,
                                 uint64_t total, bool quiet);
/* Redraws at most ten times a second. */
void ota_progress_update(struct ota_progress *progress, uint64_t done);
/* Clears the line, so that the result stands alone. */
void ota_progress_end(struct ota_progress *progress);

/* A bar over the terminal's present line, for those who have several. unit:
 * what is counted; NULL: bytes, shown as KB. */
void ota_progress_draw(const char *label, const char *unit, uint64_t done,
                       uint64_t total);

#endif
