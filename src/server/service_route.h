/* SPDX-License-Identifier: Apache-2.0 */
/* Which page of the server itself a request is for: a pure decision. */
#ifndef OTATOOL_SERVER_SERVICE_ROUTE_H
#define OTATOOL_SERVER_SERVICE_ROUTE_H

#include "auth.h"
#include "otatool/service.h"
#include <netinet/in.h>

enum service_page {
    SERVICE_NONE, /* go on to the files */
    SERVICE_HEALTH,
    SERVICE_METRICS,
    SERVICE_STATUS,
    SERVICE_STYLE,
    SERVICE_SCRIPT,
    SERVICE_EVENTS,
};

struct service_request {
    const char *path;       /* decoded, without a slash in front */
    struct in6_addr client; /* IPv4 mapped */
    const char *host;       /* the Host header, or NULL */
    bool is_forwarded;      /* has Forwarded, X-Forwarded-For or Via */
    enum auth_verdict verdict;
};

/*
 * A request is local when it comes from a loopback address, names this
 * machine by one (or localhost) and no proxy says that it passed it on. The
 * name matters because a page of a stranger, in a browser on this machine,
 * reaches loopback addresses under a name of his. A proxy on this machine that
 * does not say that it is one cannot be told from a local client: behind such
 * a one the pages have to be for "auth" or "none".
 */
bool service_is_local(const struct service_request *request);

/* Whether a page is asked for, seen or not. */
bool service_is_page(const char *path);

/*
 * The page that is asked for and may be seen, or SERVICE_NONE. A page for
 * "auth" is hidden where no rule covers it. Whether the verdict is AUTH_DENIED
 * has to be looked at for every request, before this; here it hides the page
 * all the same.
 */
enum service_page service_route(const struct ota_service *service,
                                const struct service_request *request);

/*
 * Are all pages for "auth" covered by rules? Otherwise nobody could ever see
 * them, which fails with OTA_E_AUTH_MISSING.
 */
OTA_CHECKED bool service_check(const struct ota_service *service,
                               const struct auth *auth, struct ota_error *err);

#endif
