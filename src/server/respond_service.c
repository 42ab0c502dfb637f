/* SPDX-License-Identifier: Apache-2.0 */
#include "respond_service.h"
#include "target.h"
#include "timers.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LONGEST_PATH = 4096 };

struct service_facts respond_facts(struct shared *shared)
{
    return (struct service_facts){
        .metrics = &shared->metrics,
        .metrics_now = {.connections = atomic_load(&shared->connections),
                        .limit = shared->options->connections,
                        .running = atomic_load(&shared->running),
                        .started = shared->started},
        .status = shared->status,
        .path = shared->options->path,
        .is_stopping = atomic_load(&shared->is_stopping),
        .now = (int64_t)time(NULL),
        .now_ms = timers_clock(),
    };
}

static bool is_forwarded(const struct head *head)
{
    return head_field(head, "Forwarded") ||
           head_field(head, "X-Forwarded-For") || head_field(head, "Via");
}

static void add_header(struct ota_route_response *answer, const char *name,
                       const char *value)
{
    struct ota_route_header *header = &answer->headers[answer->header_count++];
    header->name = name;
    snprintf(header->value, sizeof(header->value), "%s", value);
}

static void demand_secret(const struct auth *auth, const char *path,
                          struct reply *reply)
{
    char challenge[AUTH_CHALLENGE];
    auth_challenge(auth, path, challenge);
    ota_route_refuse(401, &reply->answer);
    add_header(&reply->answer, "WWW-Authenticate", challenge);
    reply->reason = "the path demands a secret";
}

/* Under the lock, since secrets are read anew now and then. */
static bool judge(struct shared *shared, const struct head *head,
                  const char *path, enum auth_verdict *verdict,
                  struct reply *reply)
{
    pthread_mutex_lock(&shared->lock);
    *verdict =
        auth_judge(shared->auth, path, head_field(head, "Authorization"));
    if (*verdict == AUTH_DENIED)
        demand_secret(shared->auth, path, reply);
    pthread_mutex_unlock(&shared->lock);
    return *verdict != AUTH_DENIED;
}

static void answer_page(struct shared *shared, enum service_page page,
                        struct reply *reply, bool *is_stream)
{
    struct service_facts facts = respond_facts(shared);
    struct service_answer made;
    ota_route_refuse(500, &reply->answer);
    reply->reason = "a page about the server";
    if (!service_answer(page, &facts, &made))
        return;
    reply->answer.status = made.status;
    *is_stream = made.is_stream;
    const struct service_header *line = made.headers + 1;
    for (; line->name; line++)
        add_header(&reply->answer, line->name, line->value);
    add_header(&reply->answer, made.headers->name, made.headers->value);
    if (made.is_stream)
        return;
    reply->entry = ota_catalog_entry_new((uint8_t *)made.body, made.size,
                                         made.headers->value, 0);
    if (!reply->entry) {
        ota_route_refuse(500, &reply->answer);
        return;
    }
    reply->answer.range_count = 1;
    reply->answer.ranges[0] = (struct ota_route_range){0, made.size};
}

bool respond_is_page(const char *target)
{
    char path[LONGEST_PATH];
    return target_decode(target, path, sizeof(path)) == 200 &&
           service_is_page(path);
}

bool respond_service(struct shared *shared, const struct head *head,
                     const struct in6_addr *client, struct reply *reply,
                     bool *is_stream)
{
    char path[LONGEST_PATH];
    *is_stream = false;
    /* What is no path names neither a file nor a page. */
    if (target_decode(head->target, path, sizeof(path)) != 200)
        return false;
    if (!shared->options->service.secrets && !service_is_page(path))
        return false;
    struct service_request request = {
        .path = path,
        .client = *client,
        .host = head_field(head, "Host"),
        .is_forwarded = is_forwarded(head),
    };
    if (!judge(shared, head, path, &request.verdict, reply))
        return true;
    bool is_get =
        strcmp(head->method, "GET") == 0 || strcmp(head->method, "HEAD") == 0;
    enum service_page page =
        is_get ? service_route(&shared->options->service, &request)
               : SERVICE_NONE;
    if (page == SERVICE_NONE)
        return false;
    answer_page(shared, page, reply, is_stream);
    return true;
}
