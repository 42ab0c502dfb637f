/* SPDX-License-Identifier: Apache-2.0 */
#include "service_answer.h"
#include "health.h"
#include "status_files.h"
#include "status_show.h"
#include <stdlib.h>
#include <string.h>

/* The state of a moment is not to be kept, and its type not to be guessed. */
#define USUAL                                                                  \
    {"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"},      \
    {                                                                          \
        NULL, NULL                                                             \
    }

static const struct service_header text_headers[] = {
    {"Content-Type", "text/plain; charset=utf-8"}, USUAL};
static const struct service_header metrics_headers[] = {
    {"Content-Type", METRICS_TYPE}, USUAL};
static const struct service_header style_headers[] = {
    {"Content-Type", "text/css; charset=utf-8"}, USUAL};
static const struct service_header script_headers[] = {
    {"Content-Type", "text/javascript; charset=utf-8"}, USUAL};
/* Or a proxy would hold events back until it has a bufferful. */
static const struct service_header event_headers[] = {
    {"Content-Type", "text/event-stream; charset=utf-8"},
    {"X-Accel-Buffering", "no"},
    USUAL};
static const struct service_header page_headers[] = {
    {"Content-Type", "text/html; charset=utf-8"},
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; style-src 'self'; "
     "connect-src 'self'; img-src data:; frame-ancestors 'none'"},
    {"Referrer-Policy", "no-referrer"},
    USUAL};

static char *copy(const char *text, size_t *size)
{
    *size = strlen(text);
    return strdup(text);
}

/* A view is large for a stack of a thread. */
static char *look(const struct service_facts *facts,
                  char *(*show)(const struct status_view *, size_t *),
                  size_t *size)
{
    struct status_view *view = malloc(sizeof(*view));
    if (!view)
        return NULL;
    view->now = facts->now;
    status_look(facts->status, facts->now_ms, view);
    char *text = show(view, size);
    free(view);
    return text;
}

static void answer_health(const struct service_facts *facts,
                          struct service_answer *answer)
{
    enum health health = health_check(facts->path, facts->is_stopping);
    answer->status = health_status(health);
    answer->headers = text_headers;
    answer->body = copy(health_words(health), &answer->size);
}

static void answer_metrics(const struct service_facts *facts,
                           struct service_answer *answer)
{
    answer->headers = metrics_headers;
    answer->body =
        metrics_text(facts->metrics, &facts->metrics_now, &answer->size);
}

static void answer_status(const struct service_facts *facts,
                          struct service_answer *answer)
{
    answer->headers = page_headers;
    answer->body = look(facts, status_page, &answer->size);
}

static void answer_style(const struct service_facts *facts,
                         struct service_answer *answer)
{
    (void)facts;
    answer->headers = style_headers;
    answer->body = copy(status_css, &answer->size);
}

static void answer_script(const struct service_facts *facts,
                          struct service_answer *answer)
{
    (void)facts;
    answer->headers = script_headers;
    answer->body = copy(status_js, &answer->size);
}

static void answer_events(const struct service_facts *facts,
                          struct service_answer *answer)
{
    (void)facts;
    answer->headers = event_headers;
    answer->is_stream = true;
}

char *service_event(const struct service_facts *facts, size_t *size)
{
    return look(facts, status_event, size);
}

bool service_answer(enum service_page page, const struct service_facts *facts,
                    struct service_answer *answer)
{
    static void (*const makers[])(const struct service_facts *,
                                  struct service_answer *) = {
        [SERVICE_HEALTH] = answer_health, [SERVICE_METRICS] = answer_metrics,
        [SERVICE_STATUS] = answer_status, [SERVICE_STYLE] = answer_style,
        [SERVICE_SCRIPT] = answer_script, [SERVICE_EVENTS] = answer_events,
    };
    *answer = (struct service_answer){.status = 200};
    makers[page](facts, answer);
    return answer->body || answer->is_stream;
}
