/* SPDX-License-Identifier: Apache-2.0 */
/* A bar for each port, one below the other, drawn at most ten times a
 * second by whichever port is at work. */
#include "otatool/progress.h"
#include "serial.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { REDRAW_MS = 100, LABEL = 80 };

struct serial_display {
    pthread_mutex_t lock;
    struct serial_job *jobs;
    size_t count;
    int64_t drawn_ms;
    bool is_drawn;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void draw_job(const struct serial_job *job)
{
    static const char *const stages[] = {"comparing", "erasing", "writing",
                                         "reading"};
    char label[LABEL];
    snprintf(label, sizeof(label), "%-16s %-9s", job->port, stages[job->stage]);
    ota_progress_draw(label, NULL, job->done, job->total);
}

static void up(size_t lines)
{
    if (lines > 0)
        fprintf(stderr, "\r\033[%zuA", lines);
}

static void draw(struct serial_display *display)
{
    if (display->is_drawn)
        up(display->count - 1);
    for (size_t i = 0; i < display->count; i++) {
        draw_job(&display->jobs[i]);
        if (i + 1 < display->count)
            fputc('\n', stderr);
    }
    display->is_drawn = true;
}

void serial_display_update(void *context, enum ota_flasher_stage stage,
                           uint32_t done, uint32_t total)
{
    struct serial_job *job = context;
    struct serial_display *display = job->display;
    if (!display)
        return;
    pthread_mutex_lock(&display->lock);
    job->stage = stage;
    job->done = done;
    job->total = total;
    int64_t now = now_ms();
    if (now - display->drawn_ms >= REDRAW_MS) {
        display->drawn_ms = now;
        draw(display);
    }
    pthread_mutex_unlock(&display->lock);
}

struct serial_display *serial_display_new(struct serial_job *jobs, size_t count,
                                          bool quiet)
{
    if (quiet || count == 0 || !isatty(STDERR_FILENO))
        return NULL;
    struct serial_display *display = calloc(1, sizeof(*display));
    if (!display)
        abort();
    pthread_mutex_init(&display->lock, NULL);
    display->jobs = jobs;
    display->count = count;
    for (size_t i = 0; i < count; i++)
        jobs[i].display = display;
    return display;
}

void serial_display_free(struct serial_display *display)
{
    if (!display)
        return;
    if (display->is_drawn) {
        up(display->count - 1);
        fputs("\r\033[J", stderr);
        fflush(stderr);
    }
    pthread_mutex_destroy(&display->lock);
    free(display);
}
