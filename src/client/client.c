/* SPDX-License-Identifier: Apache-2.0 */
/* The only file that touches libcurl. */
#include "otatool/client.h"
#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { CONNECT_MS = 10000, STALL_SECONDS = 30 };

/* One exchange on its way. */
struct exchange {
    const struct ota_client_request *request;
    const struct ota_client_sink *sink;
    struct ota_client_response *response;
    struct ota_error *err;
    bool sink_failed;
};

static size_t take_header(char *line, size_t one, size_t size, void *context)
{
    struct exchange *exchange = context;
    ota_client_header(exchange->response, line, one * size);
    return one * size;
}

static size_t take_body(char *data, size_t one, size_t size, void *context)
{
    struct exchange *exchange = context;
    if (exchange->sink->write(exchange->sink->context, exchange->response, data,
                              one * size, exchange->err))
        return one * size;
    exchange->sink_failed = true;
    return 0;
}

static void set_request(CURL *curl, const struct ota_client_request *request,
                        char range[48])
{
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_NOBODY, request->is_head ? 1L : 0L);
    if (!request->has_range)
        return;
    if (request->last == OTA_CLIENT_TO_THE_END)
        snprintf(range, 48, "%" PRIu64 "-", request->first);
    else
        snprintf(range, 48, "%" PRIu64 "-%" PRIu64, request->first,
                 request->last);
    curl_easy_setopt(curl, CURLOPT_RANGE, range);
}

static void set_limits(CURL *curl, const struct ota_client_request *request)
{
    long connect_ms =
        request->connect_ms ? (long)request->connect_ms : (long)CONNECT_MS;
    long stall = request->stall_seconds ? (long)request->stall_seconds
                                        : (long)STALL_SECONDS;
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, connect_ms);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, stall);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)OTA_CLIENT_REDIRECTS);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
}

static void set_access(CURL *curl, const struct ota_client_access *access)
{
    if (access->ca_file)
        curl_easy_setopt(curl, CURLOPT_CAINFO, access->ca_file);
    if (!access->token)
        return;
    curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, access->token);
}

static struct curl_slist *headers_of(const struct ota_client_request *request)
{
    char line[OTA_CLIENT_VALIDATOR + 16];
    if (!request->if_range || !*request->if_range)
        return NULL;
    snprintf(line, sizeof(line), "If-Range: %s", request->if_range);
    return curl_slist_append(NULL, line);
}

static enum ota_code code_of(CURLcode result)
{
    switch (result) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
        return OTA_E_URL;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
        return OTA_E_CONNECT;
    case CURLE_PEER_FAILED_VERIFICATION:
        return OTA_E_UNTRUSTED;
    case CURLE_SSL_CACERT_BADFILE:
        return OTA_E_CERTIFICATE;
    case CURLE_OPERATION_TIMEDOUT:
        return OTA_E_TIMEOUT;
    case CURLE_TOO_MANY_REDIRECTS:
        return OTA_E_REDIRECTS;
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
        return OTA_E_CUT_OFF;
    default:
        return OTA_E_HTTP;
    }
}

/* curl names an answer that is no HTTP as it does a scheme it cannot. */
static bool is_no_http(const struct exchange *exchange, CURLcode result)
{
    return result == CURLE_UNSUPPORTED_PROTOCOL &&
           exchange->response->status == 0 &&
           strncmp(exchange->request->url, "http", 4) == 0;
}

static bool perform(CURL *curl, struct exchange *exchange)
{
    CURLcode result = curl_easy_perform(curl);
    if (exchange->sink_failed)
        return false; /* it said why */
    if (result == CURLE_OK)
        return true;
    enum ota_code code =
        is_no_http(exchange, result) ? OTA_E_HTTP : code_of(result);
    const char *subject = code == OTA_E_CERTIFICATE
                              ? exchange->request->access.ca_file
                              : exchange->request->url;
    return ota_fail(exchange->err, code, .subject = subject,
                    .detail = curl_easy_strerror(result));
}

bool ota_client_send(const struct ota_client_request *request,
                     const struct ota_client_sink *sink,
                     struct ota_client_response *response,
                     struct ota_error *err)
{
    struct exchange exchange = {request, sink, response, err, false};
    char range[48];
    *response = (struct ota_client_response){0};
    CURL *curl = curl_easy_init();
    if (!curl)
        return ota_fail(err, OTA_E_MEMORY, .subject = request->url);
    struct curl_slist *headers = headers_of(request);
    set_request(curl, request, range);
    set_limits(curl, request);
    set_access(curl, &request->access);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "otatool");
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
    bool ok = perform(curl, &exchange);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return ok;
}
