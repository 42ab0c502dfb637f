/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strict where a mistake would put wrong bytes into flash, lenient where it
 * would not: unknown fields, reasons and lone line feeds pass. (RFC 9110
 * sections 8.8, 13.1.5, 14; RFC 9112 sections 2 to 6)
 */
#include "agent/answer.h"
#include "agent/text.h"
#include <string.h>

enum { OK = 200, PARTIAL = 206, RANGE_OUTSIDE = 416 };

void agent_parser_start(struct agent_parser *parser,
                        struct agent_answer *answer)
{
    memset(parser, 0, sizeof(*parser));
    memset(answer, 0, sizeof(*answer));
    parser->answer = answer;
}

/* --- fields ------------------------------------------------------------- */

enum field {
    CONTENT_LENGTH,
    CONTENT_RANGE,
    CONTENT_ENCODING,
    TRANSFER_ENCODING,
    CONNECTION,
    ETAG,
    LAST_MODIFIED,
    RETRY_AFTER,
    FIELDS,
};

static const char *const names[FIELDS] = {
    [CONTENT_LENGTH] = "content-length",
    [CONTENT_RANGE] = "content-range",
    [CONTENT_ENCODING] = "content-encoding",
    [TRANSFER_ENCODING] = "transfer-encoding",
    [CONNECTION] = "connection",
    [ETAG] = "etag",
    [LAST_MODIFIED] = "last-modified",
    [RETRY_AFTER] = "retry-after",
};

struct value {
    const char *text;
    uint32_t size;
};

static bool take_length(struct agent_answer *answer, struct value value)
{
    uint32_t length;
    if (!agent_text_number(value.text, value.size, &length) ||
        (answer->has_length && answer->length != length))
        return false;
    answer->has_length = true;
    answer->length = length;
    return true;
}

static bool skip(struct value value, uint32_t *at, char c)
{
    return *at < value.size && value.text[(*at)++] == c;
}

/* "bytes FIRST-LAST/TOTAL", TOTAL may be "*". */
static bool take_range(struct agent_answer *answer, struct value value)
{
    static const char unit[] = "bytes ";
    uint32_t at = sizeof(unit) - 1;
    if (answer->has_range || value.size < at ||
        !agent_text_is(value.text, at, unit))
        return false;
    /* With 416 there is a star in place of the range. */
    if (value.size > at && value.text[at] == '*')
        return true;
    answer->has_range = true;
    if (!agent_text_digits(value.text, value.size, &at, &answer->first) ||
        !skip(value, &at, '-') ||
        !agent_text_digits(value.text, value.size, &at, &answer->last) ||
        !skip(value, &at, '/'))
        return false;
    if (value.size == at + 1 && value.text[at] == '*')
        return true;
    answer->has_total = true;
    return agent_text_digits(value.text, value.size, &at, &answer->total) &&
           at == value.size;
}

static void keep_validator(struct agent_answer *answer, struct value value)
{
    memcpy(answer->validator, value.text, value.size);
    answer->validator[value.size] = '\0';
}

/* If-Range takes strong ones alone: "..." and not W/"...". */
static void take_etag(struct agent_answer *answer, struct value value)
{
    if (value.size < 2 || value.size >= AGENT_ETAG_SIZE ||
        value.text[0] != '"' || value.text[value.size - 1] != '"')
        return;
    answer->has_etag = true;
    keep_validator(answer, value);
}

static void take_modified(struct agent_answer *answer, struct value value)
{
    if (!answer->has_etag && value.size < AGENT_ETAG_SIZE)
        keep_validator(answer, value);
}

static void take_connection(struct agent_answer *answer, struct value value)
{
    if (agent_text_lists(value.text, value.size, "keep-alive"))
        answer->closes = false;
    if (agent_text_lists(value.text, value.size, "close"))
        answer->closes = true;
}

static bool take_field(struct agent_answer *answer, enum field field,
                       struct value value)
{
    switch (field) {
    case CONTENT_LENGTH:
        return take_length(answer, value);
    case CONTENT_RANGE:
        return take_range(answer, value);
    case CONTENT_ENCODING:
        answer->is_encoded |=
            !agent_text_is(value.text, value.size, "identity");
        return true;
    case TRANSFER_ENCODING:
        answer->is_chunked = true;
        return true;
    case CONNECTION:
        take_connection(answer, value);
        return true;
    case ETAG:
        take_etag(answer, value);
        return true;
    case LAST_MODIFIED:
        take_modified(answer, value);
        return true;
    case RETRY_AFTER:
        if (!agent_text_number(value.text, value.size, &answer->retry_after_s))
            answer->retry_after_s = 0;
        return true;
    default:
        return true;
    }
}

/* --- lines -------------------------------------------------------------- */

/* "HTTP/1.1 206 Partial Content"; the reason may be missing. */
static bool take_status(struct agent_parser *parser)
{
    static const char version[] = "HTTP/1.";
    enum { MINOR = sizeof(version) - 1, STATUS = MINOR + 2, END = STATUS + 3 };
    const char *line = parser->line;
    uint32_t status;
    if (parser->line_size < END || memcmp(line, version, MINOR) != 0 ||
        line[MINOR] < '0' || line[MINOR] > '9' || line[MINOR + 1] != ' ' ||
        !agent_text_number(line + STATUS, 3, &status) || status < 100 ||
        (parser->line_size > END && line[END] != ' '))
        return false;
    parser->answer->status = (uint16_t)status;
    parser->answer->closes = line[MINOR] == '0';
    return true;
}

static bool is_name_byte(char c)
{
    return c > ' ' && c < 0x7f && c != ':';
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static struct value value_behind(const struct agent_parser *parser, uint32_t at)
{
    uint32_t end = parser->line_size;
    while (at < end && is_blank(parser->line[at]))
        at++;
    while (end > at && is_blank(parser->line[end - 1]))
        end--;
    return (struct value){parser->line + at, end - at};
}

/* A name that is cut is no known one; a known field that is cut is worth
 * nothing, and only where it is a validator can one do without. */
static bool take_line(struct agent_parser *parser)
{
    uint32_t colon = 0;
    while (colon < parser->line_size && is_name_byte(parser->line[colon]))
        colon++;
    if (colon == 0)
        return false;
    if (colon == parser->line_size)
        return parser->is_cut;
    if (parser->line[colon] != ':')
        return false;
    for (enum field field = 0; field < FIELDS; field++) {
        if (!agent_text_is(parser->line, colon, names[field]))
            continue;
        if (parser->is_cut)
            return field == ETAG || field == LAST_MODIFIED;
        return take_field(parser->answer, field,
                          value_behind(parser, colon + 1));
    }
    return true;
}

/* 1xx answers come before the one that counts; 101 was not asked for. */
static bool is_interim(const struct agent_answer *answer)
{
    return answer->status >= 100 && answer->status < 200 &&
           answer->status != 101;
}

static enum agent_parse end_header(struct agent_parser *parser)
{
    if (!is_interim(parser->answer))
        return AGENT_PARSE_WHOLE;
    memset(parser->answer, 0, sizeof(*parser->answer));
    return AGENT_PARSE_MORE;
}

static enum agent_parse end_line(struct agent_parser *parser)
{
    enum agent_parse parse = AGENT_PARSE_MORE;
    if (parser->answer->status == 0) {
        if (!take_status(parser))
            return AGENT_PARSE_BAD;
    } else if (parser->line_size == 0) {
        parse = end_header(parser);
    } else if (!take_line(parser)) {
        return AGENT_PARSE_BAD;
    }
    parser->line_size = 0;
    parser->is_cut = false;
    return parse;
}

static void keep(struct agent_parser *parser, char c)
{
    if (parser->line_size < AGENT_LINE_SIZE)
        parser->line[parser->line_size++] = c;
    else
        parser->is_cut = true;
}

enum agent_parse agent_parser_push(struct agent_parser *parser, uint8_t byte)
{
    bool had_cr = parser->has_cr;
    parser->has_cr = byte == '\r';
    if (++parser->size > AGENT_HEADER_SIZE || (had_cr && byte != '\n'))
        return AGENT_PARSE_BAD;
    if (byte == '\n')
        return end_line(parser);
    if (byte == '\r')
        return AGENT_PARSE_MORE;
    if ((byte < ' ' && byte != '\t') || byte == 0x7f)
        return AGENT_PARSE_BAD;
    keep(parser, (char)byte);
    return AGENT_PARSE_MORE;
}

/* --- judging ------------------------------------------------------------ */

static bool is_same_text(const char *a, const char *b)
{
    uint32_t size = agent_text_size(a, AGENT_ETAG_SIZE);
    return size == agent_text_size(b, AGENT_ETAG_SIZE) &&
           memcmp(a, b, size) == 0;
}

/* An answer without a validator proves nothing. One of the other kind, as
 * from a server that leaves out Last-Modified at times, does not either. */
static bool is_other_file(const struct agent_answer *answer,
                          const struct agent_wish *wish)
{
    bool was_etag = wish->validator[0] == '"';
    return wish->validator[0] && answer->validator[0] &&
           answer->has_etag == was_etag &&
           !is_same_text(answer->validator, wish->validator);
}

/* The whole file instead of a piece is how If-Range says that it changed;
 * the same file in whole is a server without ranges. */
static bool judge_whole(const struct agent_answer *answer,
                        const struct agent_wish *wish, struct ota_error *err)
{
    bool is_same = is_same_text(answer->validator, wish->validator);
    enum ota_code code =
        wish->validator[0] && !is_same ? OTA_E_CHANGED : OTA_E_RANGE_IGNORED;
    return ota_fail(err, code, .part = "answer", .offset = wish->first,
                    .expected = PARTIAL, .actual = answer->status);
}

static bool judge_status(const struct agent_answer *answer,
                         const struct agent_wish *wish, struct ota_error *err)
{
    enum ota_code code = OTA_E_HTTP_STATUS;
    if (answer->status == PARTIAL)
        return true;
    if (answer->status == OK)
        return judge_whole(answer, wish, err);
    if (answer->status >= 300 && answer->status < 400)
        code = OTA_E_REDIRECTS;
    if (answer->status == RANGE_OUTSIDE && wish->total > 0)
        code = OTA_E_CHANGED;
    return ota_fail(err, code, .part = "answer", .offset = wish->first,
                    .expected = PARTIAL, .actual = answer->status);
}

static bool judge_range(const struct agent_answer *answer,
                        const struct agent_wish *wish, struct ota_error *err)
{
    if (!answer->has_range || !answer->has_total ||
        answer->first != wish->first || answer->last < answer->first ||
        answer->last > wish->last || answer->last >= answer->total)
        return ota_fail(err, OTA_E_RANGE_WRONG, .part = "answer",
                        .offset = wish->first, .expected = wish->first,
                        .actual = answer->first);
    if (wish->total > 0 && answer->total != wish->total)
        return ota_fail(err, OTA_E_CHANGED, .part = "answer",
                        .offset = wish->first, .expected = wish->total,
                        .actual = answer->total);
    return true;
}

bool agent_answer_judge(const struct agent_answer *answer,
                        const struct agent_wish *wish, struct ota_error *err)
{
    if (!judge_status(answer, wish, err))
        return false;
    if (is_other_file(answer, wish))
        return ota_fail(err, OTA_E_CHANGED, .part = "answer",
                        .offset = wish->first);
    if (answer->is_encoded)
        return ota_fail(err, OTA_E_HTTP_ENCODED, .part = "answer");
    if (!judge_range(answer, wish, err))
        return false;
    uint32_t size = answer->last - answer->first + 1;
    if (answer->is_chunked || (answer->has_length && answer->length != size))
        return ota_fail(err, OTA_E_HTTP_LENGTH, .part = "answer",
                        .offset = wish->first, .expected = size,
                        .actual = answer->length);
    return true;
}

static bool may_status_pass(uint64_t status)
{
    return status >= 500 || status == 408 || status == 425 || status == 429;
}

bool agent_answer_may_pass(const struct ota_error *err)
{
    switch (err->code) {
    case OTA_E_CONNECT:
    case OTA_E_TIMEOUT:
    case OTA_E_CUT_OFF:
    case OTA_E_HTTP_HEADER:
    case OTA_E_HTTP_LENGTH:
    case OTA_E_RANGE_WRONG:
        return true;
    case OTA_E_HTTP_STATUS:
        return may_status_pass(err->actual);
    default:
        return false;
    }
}
