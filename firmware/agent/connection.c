/* SPDX-License-Identifier: Apache-2.0 */
#include "agent/connection.h"
#include "agent/text.h"
#include <string.h>

enum {
    TIMEOUT_MS = 10000,
    HEADER_TIMEOUTS = 3, /* a header that trickles in is given up */
    PORT_HTTP = 80,
};

static uint32_t timeout_of(const struct agent *agent)
{
    return agent->timeout_ms ? agent->timeout_ms : TIMEOUT_MS;
}

void agent_connection_close(struct agent_connection *connection)
{
    const struct agent_net *net = connection->agent->net;
    if (connection->is_open)
        net->close(net->context);
    connection->is_open = false;
    connection->has_answered = false;
    connection->left = connection->from = connection->to = 0;
}

/* --- asking ------------------------------------------------------------- */

/* A blank or a line end in them would begin a header of its own. */
static bool is_plain(const char *text)
{
    uint32_t size = agent_text_size(text, AGENT_TEXT_SIZE);
    for (uint32_t i = 0; i < size; i++)
        if ((uint8_t)text[i] <= ' ' || text[i] == 0x7f)
            return false;
    return size > 0 && size < AGENT_TEXT_SIZE;
}

static void add_target(struct agent_text *text, const struct agent *agent)
{
    agent_text_add(text, "GET ");
    agent_text_add(text, agent->path);
    agent_text_add(text, " HTTP/1.1\r\nHost: ");
    agent_text_add(text, agent->host);
    if (agent->port != PORT_HTTP) {
        agent_text_add(text, ":");
        agent_text_add_number(text, agent->port);
    }
}

static void add_range(struct agent_text *text, const struct agent_wish *wish)
{
    agent_text_add(text, "\r\nRange: bytes=");
    agent_text_add_number(text, wish->first);
    agent_text_add(text, "-");
    agent_text_add_number(text, wish->last);
    if (wish->validator[0]) {
        agent_text_add(text, "\r\nIf-Range: ");
        agent_text_add(text, wish->validator);
    }
}

/* The request is made in the memory of the answer, which is empty now. */
static bool send_request(struct agent_connection *connection,
                         const struct agent_wish *wish, struct ota_error *err)
{
    const struct agent *agent = connection->agent;
    struct agent_text text = {.out = (char *)connection->input,
                              .room = sizeof(connection->input)};
    add_target(&text, agent);
    agent_text_add(&text, "\r\nUser-Agent: otatool-agent"
                          "\r\nAccept-Encoding: identity");
    add_range(&text, wish);
    agent_text_add(&text, "\r\n\r\n");
    if (text.is_cut || !is_plain(agent->host) || !is_plain(agent->path) ||
        agent->path[0] != '/')
        return ota_fail(err, OTA_E_URL, .subject = agent->path);
    return agent->net->send(agent->net->context, text.out, text.size, err);
}

static bool open_connection(struct agent_connection *connection,
                            struct ota_error *err)
{
    const struct agent *agent = connection->agent;
    if (connection->is_open)
        return true;
    connection->is_open = agent->net->open(agent->net->context, agent->host,
                                           agent->port, timeout_of(agent), err);
    if (!connection->is_open)
        agent->net->close(agent->net->context);
    return connection->is_open;
}

/* --- the answer --------------------------------------------------------- */

static bool receive(struct agent_connection *connection, void *data,
                    uint32_t size, uint32_t *got, struct ota_error *err)
{
    const struct agent *agent = connection->agent;
    if (!agent->net->receive(agent->net->context, data, size, timeout_of(agent),
                             got, err))
        return false;
    return (*got > 0 && *got <= size) ||
           ota_fail(err, OTA_E_CUT_OFF, .part = "answer");
}

static bool is_late(const struct agent_connection *connection,
                    uint32_t started_ms)
{
    const struct agent_clock *clock = connection->agent->clock;
    return clock->now_ms(clock->context) - started_ms >
           timeout_of(connection->agent) * HEADER_TIMEOUTS;
}

/* Pushes what was received up to the end of the header. */
static enum agent_parse push_input(struct agent_connection *connection,
                                   struct agent_parser *parser)
{
    enum agent_parse parse = AGENT_PARSE_MORE;
    while (connection->from < connection->to && parse == AGENT_PARSE_MORE)
        parse =
            agent_parser_push(parser, connection->input[connection->from++]);
    return parse;
}

static bool receive_header(struct agent_connection *connection,
                           struct ota_error *err)
{
    const struct agent_clock *clock = connection->agent->clock;
    uint32_t started_ms = clock->now_ms(clock->context);
    struct agent_parser parser;
    enum agent_parse parse = AGENT_PARSE_MORE;
    agent_parser_start(&parser, &connection->answer);
    while (parse == AGENT_PARSE_MORE) {
        if (is_late(connection, started_ms))
            return ota_fail(err, OTA_E_TIMEOUT, .part = "answer");
        connection->from = connection->to = 0;
        if (!receive(connection, connection->input, AGENT_INPUT_SIZE,
                     &connection->to, err))
            return false;
        connection->has_answered = false; /* it did say something */
        parse = push_input(connection, &parser);
    }
    return parse == AGENT_PARSE_WHOLE ||
           ota_fail(err, OTA_E_HTTP_HEADER, .part = "answer",
                    .offset = parser.size);
}

static bool exchange(struct agent_connection *connection,
                     const struct agent_wish *wish, struct ota_error *err)
{
    memset(&connection->answer, 0, sizeof(connection->answer));
    return open_connection(connection, err) &&
           send_request(connection, wish, err) &&
           receive_header(connection, err);
}

/* A connection that was kept may have ended while nobody looked: then the
 * request went nowhere, and is sent once more over a new one. */
static bool exchange_kept(struct agent_connection *connection,
                          const struct agent_wish *wish, struct ota_error *err)
{
    if (exchange(connection, wish, err))
        return true;
    bool was_kept = connection->has_answered;
    agent_connection_close(connection);
    return was_kept && err->code == OTA_E_CUT_OFF &&
           exchange(connection, wish, err);
}

bool agent_connection_ask(struct agent_connection *connection,
                          const struct agent_wish *wish, struct ota_error *err)
{
    const struct agent_answer *answer = &connection->answer;
    if (connection->left > 0 || connection->from != connection->to ||
        answer->closes)
        agent_connection_close(connection);
    if (!exchange_kept(connection, wish, err) ||
        !agent_answer_judge(answer, wish, err)) {
        agent_connection_close(connection);
        return false;
    }
    connection->has_answered = true;
    connection->left = answer->last - answer->first + 1;
    /* Without a length the server says the end by closing. */
    connection->answer.closes |= !answer->has_length;
    return true;
}

bool agent_connection_take(struct agent_connection *connection, void *data,
                           uint32_t size, uint32_t *got, struct ota_error *err)
{
    uint32_t ready = connection->to - connection->from;
    if (size > connection->left)
        size = connection->left;
    if (ready == 0) {
        if (!receive(connection, data, size, got, err)) {
            agent_connection_close(connection);
            return false;
        }
    } else {
        *got = size < ready ? size : ready;
        memcpy(data, connection->input + connection->from, *got);
        connection->from += *got;
    }
    connection->left -= *got;
    return true;
}
