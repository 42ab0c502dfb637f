/* SPDX-License-Identifier: Apache-2.0 */
#include "respond.h"
#include "arduino.h"
#include "offer.h"
#include "recall.h"
#include "respond_service.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

static struct ota_route_request request_of(const struct head *head,
                                           unsigned status)
{
    struct ota_route_request request = {
        .method = head->method,
        .now = (int64_t)time(NULL),
        .has_body = status == 400,
    };
    const struct {
        const char *name;
        const char **value;
    } wanted[] = {
        {"Range", &request.range},
        {"If-Range", &request.if_range},
        {"If-Match", &request.if_match},
        {"If-None-Match", &request.if_none_match},
        {"If-Modified-Since", &request.if_modified_since},
        {"If-Unmodified-Since", &request.if_unmodified_since},
    };
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        *wanted[i].value = head_field(head, wanted[i].name);
    return request;
}

/* Several ranges cannot be measured out; their client must be able to take
 * the whole as well. */
static void forget_several(const struct shared *shared,
                           struct ota_route_request *request)
{
    if (limits_slow_down(&shared->limits) && request->range &&
        strchr(request->range, ','))
        request->range = NULL;
}

/* Goes on with a download without naming what it has of it. */
static bool resumes_blindly(const struct ota_route_request *request)
{
    return request->range && !request->if_range && !request->if_match &&
           strncasecmp(request->range, "bytes=", 6) == 0 &&
           strtoull(request->range + 6, NULL, 10) > 0;
}

/* What nobody needs to protect: the old cloud's answer has to come too. */
static bool is_for_old(const struct reply *reply)
{
    enum ota_kind kind = reply->entry->facts.kind;
    return kind == OTA_KIND_PACK || kind == OTA_KIND_USER ||
           kind == OTA_KIND_USER_FLAT || reply->is_last;
}

/* Under the lock. */
static unsigned find(struct shared *shared, const struct head *head,
                     const struct ota_route_request *request,
                     const struct asker *asker, struct reply *reply)
{
    struct offered offered = offer_find(shared, head, &reply->client);
    reply->entry = offered.entry;
    reply->file = offered.file;
    reply->reason = offered.reason;
    reply->is_last = offered.is_last;
    if (!offered.entry)
        return offered.status;
    if (shared->options->old_only_plain && !asker->is_tls &&
        !is_for_old(reply)) {
        reply->reason = "only packs without TLS";
        return 403;
    }
    const struct ota_route_entry *route = &offered.entry->route;
    uint64_t key = recall_key(&asker->address, head->target);
    if (resumes_blindly(request) &&
        recall_differs(shared->recall, key, route)) {
        reply->reason = "resumes a file that has changed";
        return 412;
    }
    if (strcmp(head->method, "GET") == 0)
        recall_note(shared->recall, key, route);
    return 200;
}

static void answer_arduino(const struct head *head, struct reply *reply)
{
    struct ota_route_response *answer = &reply->answer;
    bool is_arduino = reply->client.family == FAMILY_ARDUINO ||
                      reply->client.family == FAMILY_TASMOTA;
    if (!is_arduino || answer->status != 200)
        return;
    if (arduino_has(head, reply->entry)) {
        ota_route_refuse(304, answer);
    } else {
        arduino_add_md5(reply->entry, answer);
        reply->has_md5 = true;
    }
}

static void give_back(struct reply *reply)
{
    ota_catalog_release(reply->entry);
    reply->entry = NULL;
}

void respond(struct shared *shared, const struct head *head, unsigned status,
             const struct asker *asker, struct reply *reply)
{
    struct ota_route_request request = request_of(head, status);
    *reply = (struct reply){
        .client = family_of(head),
        .file = "-",
        .reason = "the request cannot be trusted",
    };
    if (status != 200) {
        ota_route_answer(&request, NULL, status, &reply->answer);
        return;
    }
    if (respond_service(shared, head, &asker->address, reply,
                        &reply->is_stream)) {
        reply->is_page = true;
        return;
    }
    forget_several(shared, &request);
    pthread_mutex_lock(&shared->lock);
    status = find(shared, head, &request, asker, reply);
    pthread_mutex_unlock(&shared->lock);
    ota_route_answer(&request, status == 200 ? &reply->entry->route : NULL,
                     status, &reply->answer);
    answer_arduino(head, reply);
    if (reply->answer.range_count == 0 && reply->answer.status != 304)
        give_back(reply);
}

void respond_busy(struct reply *reply, unsigned retry_s)
{
    give_back(reply);
    ota_route_refuse(503, &reply->answer);
    struct ota_route_header *header = &reply->answer.headers[0];
    snprintf(header->value, sizeof(header->value), "%u", retry_s);
    reply->file = "-";
    reply->reason = "too much at a time";
    reply->has_md5 = false;
}

bool reply_is_whole_file(const struct reply *reply)
{
    return reply->answer.status == 200 && reply->answer.range_count == 1;
}
