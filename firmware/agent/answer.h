/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The header of an HTTP answer: read byte by byte, then judged against the
 * range that was asked for. Pure: no connection, no flash.
 */
#ifndef OTATOOL_AGENT_ANSWER_H
#define OTATOOL_AGENT_ANSWER_H

#include "agent/agent.h"

/* A range of the file, and what is known of the file already. */
struct agent_wish {
    uint32_t first;
    uint32_t last;         /* included */
    uint32_t total;        /* bytes of the file; 0: not known yet */
    const char *validator; /* "": none */
};

struct agent_answer {
    uint16_t status;
    bool has_length;
    bool has_range;
    bool has_total; /* of the range */
    bool has_etag;  /* the validator is an ETag, else Last-Modified */
    bool is_chunked;
    bool is_encoded;
    bool closes;     /* the connection ends with the body */
    uint32_t length; /* Content-Length */
    uint32_t first;  /* Content-Range: first to last of total */
    uint32_t last;
    uint32_t total;
    uint32_t retry_after_s;          /* 0: not said in seconds */
    char validator[AGENT_ETAG_SIZE]; /* "": none that If-Range takes */
};

enum agent_parse {
    AGENT_PARSE_MORE,
    AGENT_PARSE_WHOLE, /* the next byte is the body's */
    AGENT_PARSE_BAD,
};

enum { AGENT_LINE_SIZE = 120 }; /* what is looked at of a line */

struct agent_parser {
    struct agent_answer *answer;
    uint32_t size; /* bytes so far, those of 1xx answers as well */
    uint32_t line_size;
    bool is_cut; /* the line is longer than what was kept */
    bool has_cr; /* the last byte was one */
    char line[AGENT_LINE_SIZE];
};

/* answer, which it borrows, is filled until the header is whole. */
void agent_parser_start(struct agent_parser *parser,
                        struct agent_answer *answer);

enum agent_parse agent_parser_push(struct agent_parser *parser, uint8_t byte);

/*
 * Whether the body is a piece of the file that begins where wish does and
 * ends not behind it. OTA_E_CHANGED: it is a piece of another file.
 */
OTA_CHECKED bool agent_answer_judge(const struct agent_answer *answer,
                                    const struct agent_wish *wish,
                                    struct ota_error *err);

/* Whether asking again later may help. */
bool agent_answer_may_pass(const struct ota_error *err);

#endif
