/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/progress.h"
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { BAR_WIDTH = 30, REDRAW_MS = 100 };

static uint64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void ota_progress_begin(struct ota_progress *progress, const char *label,
                        uint64_t total, bool quiet)
{
    *progress = (struct ota_progress){
        .label = label,
        .total = total,
        .is_shown = !quiet && isatty(STDERR_FILENO),
    };
}

void ota_progress_begin_counting(struct ota_progress *progress,
                                 const char *label, const char *unit,
                                 uint64_t total, bool quiet)
{
    ota_progress_begin(progress, label, total, quiet);
    progress->unit = unit;
}

void ota_progress_draw(const char *label, const char *unit, uint64_t done,
                       uint64_t total)
{
    uint64_t scale = unit ? 1 : 1024;
    if (!unit)
        unit = "KB";
    if (total == 0) {
        fprintf(stderr, "\r%s  %" PRIu64 " %s\033[K", label, done / scale,
                unit);
        fflush(stderr);
        return;
    }
    uint64_t filled = done * BAR_WIDTH / total;
    char bar[BAR_WIDTH + 1] = {0};
    for (int i = 0; i < BAR_WIDTH; i++)
        bar[i] = (uint64_t)i < filled ? '#' : '.';
    fprintf(stderr,
            "\r%s  [%s] %3" PRIu64 " %%  %" PRIu64 " of %" PRIu64 " %s\033[K",
            label, bar, done * 100 / total, done / scale, total / scale, unit);
    fflush(stderr);
}

void ota_progress_update(struct ota_progress *progress, uint64_t done)
{
    if (!progress->is_shown)
        return;
    uint64_t now = now_ms();
    if (now - progress->drawn_ms < REDRAW_MS)
        return;
    progress->drawn_ms = now;
    ota_progress_draw(progress->label, progress->unit, done, progress->total);
}

void ota_progress_end(struct ota_progress *progress)
{
    if (progress->is_shown) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
    progress->is_shown = false;
}
