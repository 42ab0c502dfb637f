/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One HTTP exchange: a request, the facts of the answer, and its body into a
 * sink. Redirects are followed a few times, to http and https only; no
 * compression is asked for, since devices ask for none.
 */
#ifndef OTATOOL_CLIENT_H
#define OTATOOL_CLIENT_H

#include "otatool/error.h"
#include <stddef.h>

enum {
    OTA_CLIENT_REDIRECTS = 5,
    OTA_CLIENT_VALIDATOR = 128, /* room for an ETag or a date */
    OTA_CLIENT_TOKEN = 256,     /* room for a token */
};

#define OTA_CLIENT_TO_THE_END UINT64_MAX

/* How one is let in, and by whom. Basic authentication is in the URL. */
struct ota_client_access {
    const char *ca_file; /* PEM, in place of the system's; or NULL */
    /* Sent as "Authorization: Bearer", not to where a redirect leads; or NULL.
     * Visible characters, less than OTA_CLIENT_TOKEN. */
    const char *token;
};

struct ota_client_request {
    const char *url;
    struct ota_client_access access;
    bool is_head;
    bool has_range;
    uint64_t first;         /* of the range, bytes */
    uint64_t last;          /* included; OTA_CLIENT_TO_THE_END: open */
    const char *if_range;   /* validator, or NULL */
    unsigned connect_ms;    /* to be connected; 0: 10 s */
    unsigned stall_seconds; /* without a byte; 0: 30 s */
};

struct ota_client_response {
    unsigned status;
    bool has_length;
    uint64_t length; /* of the body, as announced */
    bool has_range;  /* a Content-Range that can be read */
    uint64_t range_first;
    uint64_t range_last;
    uint64_t range_total;
    bool has_total;  /* of 416: "bytes *" "/N" */
    bool is_encoded; /* a Content-Encoding that is not identity */
    char etag[OTA_CLIENT_VALIDATOR];          /* with its quotes, or empty */
    char last_modified[OTA_CLIENT_VALIDATOR]; /* or empty */
    bool has_digest;
    uint8_t sha256[32]; /* of the whole file, from Repr-Digest */
};

/* Takes one line of a header, with or without its end; a status line starts
 * the response anew, as after a redirect. */
void ota_client_header(struct ota_client_response *response, const char *line,
                       size_t size);

struct ota_client_sink {
    /* Gets the body as it comes, the response's header being complete;
     * false, with *err filled, ends the exchange. */
    bool (*write)(void *context, const struct ota_client_response *response,
                  const void *data, size_t size, struct ota_error *err);
    void *context;
};

/*
 * Performs the exchange. True when an answer came whole, whatever its
 * status. err->subject is the request's URL, or the file of authorities that
 * cannot be used.
 */
OTA_CHECKED bool ota_client_send(const struct ota_client_request *request,
                                 const struct ota_client_sink *sink,
                                 struct ota_client_response *response,
                                 struct ota_error *err);

#endif
