/* SPDX-License-Identifier: Apache-2.0 */
#include "otatool/service.h"
#include "service_route.h"
#include <arpa/inet.h>
#include <string.h>
#include <strings.h>

bool ota_service_audience(const char *word, enum ota_audience *audience)
{
    static const char *const words[OTA_AUDIENCE_COUNT] = {
        [OTA_AUDIENCE_NONE] = "none",
        [OTA_AUDIENCE_LOCAL] = "local",
        [OTA_AUDIENCE_AUTH] = "auth",
        [OTA_AUDIENCE_ALL] = "all",
    };
    for (int i = 0; i < OTA_AUDIENCE_COUNT; i++) {
        if (strcmp(word, words[i]) != 0)
            continue;
        *audience = (enum ota_audience)i;
        return true;
    }
    return false;
}

/* --- who is local -----------------------------------------------------------
 */

static bool is_loopback(const struct in6_addr *address)
{
    return IN6_IS_ADDR_LOOPBACK(address) ||
           (IN6_IS_ADDR_V4MAPPED(address) && address->s6_addr[12] == 127);
}

/* The name in "name:port" or "[address]:port"; false when it is too long. */
static bool read_host(const char *host, char *name, size_t size)
{
    bool is_bracketed = host[0] == '[';
    host += is_bracketed;
    size_t length = strcspn(host, is_bracketed ? "]" : ":");
    if (length >= size)
        return false;
    memcpy(name, host, length);
    name[length] = '\0';
    return true;
}

static bool names_loopback(const char *host)
{
    char name[INET6_ADDRSTRLEN];
    struct in6_addr v6;
    struct in_addr v4;
    if (!read_host(host, name, sizeof(name)))
        return false;
    if (strcasecmp(name, "localhost") == 0)
        return true;
    if (host[0] == '[')
        return inet_pton(AF_INET6, name, &v6) == 1 && is_loopback(&v6);
    return inet_pton(AF_INET, name, &v4) == 1 && ntohl(v4.s_addr) >> 24 == 127;
}

bool service_is_local(const struct service_request *request)
{
    return is_loopback(&request->client) && !request->is_forwarded &&
           (!request->host || names_loopback(request->host));
}

/* --- which page -------------------------------------------------------------
 */

static const struct {
    const char *path;
    enum service_page page;
} pages[] = {
    {"healthz", SERVICE_HEALTH},          {"metrics", SERVICE_METRICS},
    {"status", SERVICE_STATUS},           {"status/style.css", SERVICE_STYLE},
    {"status/script.js", SERVICE_SCRIPT}, {"status/events", SERVICE_EVENTS},
};

static enum service_page page_at(const char *path)
{
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        if (strcmp(path, pages[i].path) == 0)
            return pages[i].page;
    return SERVICE_NONE;
}

static enum ota_audience audience_of(const struct ota_service *service,
                                     enum service_page page)
{
    switch (page) {
    case SERVICE_NONE:
        return OTA_AUDIENCE_NONE;
    case SERVICE_HEALTH:
        return service->health;
    case SERVICE_METRICS:
        return service->metrics;
    default:
        return service->status;
    }
}

static bool may_see(enum ota_audience audience,
                    const struct service_request *request)
{
    if (request->verdict == AUTH_DENIED)
        return false;
    switch (audience) {
    case OTA_AUDIENCE_LOCAL:
        return service_is_local(request);
    case OTA_AUDIENCE_AUTH:
        return request->verdict == AUTH_GRANTED;
    case OTA_AUDIENCE_ALL:
        return true;
    default:
        return false;
    }
}

bool service_is_page(const char *path)
{
    return page_at(path) != SERVICE_NONE;
}

enum service_page service_route(const struct ota_service *service,
                                const struct service_request *request)
{
    enum service_page page = page_at(request->path);
    return may_see(audience_of(service, page), request) ? page : SERVICE_NONE;
}

bool service_check(const struct ota_service *service, const struct auth *auth,
                   struct ota_error *err)
{
    for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
        if (audience_of(service, pages[i].page) == OTA_AUDIENCE_AUTH &&
            !auth_covers(auth, pages[i].path))
            return ota_fail(err, OTA_E_AUTH_MISSING, .part = pages[i].path,
                            .subject = service->secrets);
    return true;
}
