/* SPDX-License-Identifier: Apache-2.0 */
/* Ranges of a file over one HTTP connection, kept open where the server
 * lets it. */
#ifndef OTATOOL_AGENT_CONNECTION_H
#define OTATOOL_AGENT_CONNECTION_H

#include "agent/answer.h"

enum { AGENT_INPUT_SIZE = 512 }; /* holds any request as well */

struct agent_connection {
    const struct agent *agent;
    bool is_open;
    bool has_answered; /* so it may have been closed meanwhile */
    uint32_t left;     /* bytes of the body that were not taken */
    uint32_t from;     /* input holds from..to */
    uint32_t to;
    uint8_t input[AGENT_INPUT_SIZE];
    struct agent_answer answer; /* the last one */
};

/*
 * Asks for a range; then left bytes of it, at least one, can be taken. A
 * server may send less than asked. On failure, answer tells what there was
 * of an answer.
 */
OTA_CHECKED bool agent_connection_ask(struct agent_connection *connection,
                                      const struct agent_wish *wish,
                                      struct ota_error *err);

/* 1 to size bytes of what is left. */
OTA_CHECKED bool agent_connection_take(struct agent_connection *connection,
                                       void *data, uint32_t size, uint32_t *got,
                                       struct ota_error *err);

void agent_connection_close(struct agent_connection *connection);

#endif
