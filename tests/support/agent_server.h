/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A web server in memory behind the agent's table of network functions: a
 * file by ranges, and every way to do that wrong.
 */
#ifndef OTATOOL_TESTS_AGENT_SERVER_H
#define OTATOOL_TESTS_AGENT_SERVER_H

#include "agent/agent.h"
#include <stddef.h>

enum { AGENT_SERVER_TEXT = 2048, AGENT_SERVER_ASKED = 64 };

struct agent_server_file {
    const uint8_t *data;
    uint32_t size;
    const char *etag;     /* with quotes; NULL: none */
    const char *modified; /* NULL: none */
};

struct agent_server_request {
    uint32_t first;
    uint32_t last;
    uint16_t status; /* of the answer; 0: raw */
    bool has_if_range;
};

struct agent_server {
    struct agent_net net; /* for the agent */
    struct agent_server_file file;
    /* From this request on (1, 2, ...; 0: never) there is another file. */
    struct agent_server_file other;
    uint32_t other_from;
    /* From this request on, raw_times times, the answer is raw. */
    const char *raw;
    uint32_t raw_from;
    uint32_t raw_times;
    bool ends_raw;         /* and the connection ends behind it */
    uint32_t refusals;     /* connections that will not be made */
    uint32_t most_bytes;   /* of a connection, then it ends; 0: any */
    uint32_t silent_after; /* bytes of a connection, then nothing */
    uint32_t chunk;        /* most bytes of one receive; 0: any */
    bool closes;           /* after each answer, and says so */
    bool closes_silently;  /* after each answer, and does not */
    bool ignores_ranges;   /* from ignores_from on */
    uint32_t ignores_from;
    bool ignores_if_range;
    bool changes; /* each answer has an ETag of its own */
    /* The header of this request's answer (1, 2, ...; 0: none) is damaged. */
    uint32_t damaged;
    uint32_t flip_bit;    /* bit + 1 of the header; 0: none */
    uint32_t head_kept;   /* bytes + 1 of it that are sent; 0: all */
    bool ends_after_head; /* no body then */
    bool has_no_length;
    int32_t length_lie; /* added to Content-Length */
    int32_t first_lie;  /* added to the first of Content-Range */
    int32_t total_lie;
    int32_t short_body;  /* bytes of the body that are not sent */
    uint32_t short_from; /* from this request on */
    uint32_t most_range; /* bytes of a range at most; 0: any */
    const char *more;    /* header fields, each with its line end */
    uint32_t flip_at;    /* offset + 1 in the file: a bit falls over */
    uint32_t now_ms;     /* receive waits on it */
    /* What happened. */
    uint32_t connections;
    uint32_t requests;
    uint32_t body_bytes;   /* that were received */
    uint32_t damaged_size; /* of the header that was to be damaged */
    struct agent_server_request asked[AGENT_SERVER_ASKED];
    char request[AGENT_SERVER_TEXT]; /* the last one, whole */
    /* The connection. */
    bool is_open;
    bool ends; /* when what is queued was received */
    uint32_t sent;
    uint32_t request_size;
    char head[AGENT_SERVER_TEXT];
    char etag[16]; /* where it changes */
    uint32_t head_size;
    uint32_t head_at;
    struct agent_server_file serving;
    uint32_t body_at;
    uint32_t body_end;
};

/* Serves file well, until told otherwise. */
void agent_server_init(struct agent_server *server,
                       struct agent_server_file file);

#endif
