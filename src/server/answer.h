/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a request to what goes out for it: which bytes, in what manner, and how
 * they are measured out. Whoever sends them, the HTTP library or plain.c, has
 * nothing left to decide.
 */
#ifndef OTATOOL_SERVER_ANSWER_H
#define OTATOOL_SERVER_ANSWER_H

#include "connection.h"

struct manner {
    bool is_head;
    bool closes;     /* is it the last on its connection? */
    bool must_say;   /* that it closes, though the client did not ask for it */
    bool says_keeps; /* that it does not, to a client that may not expect it */
    bool is_aligned; /* the header's length shall be a multiple of four */
};

/*
 * Answers a request that was read (status 200) or is refused, as the current
 * one of the connection. A body that is measured out, and any that plain.c
 * sends, has a flow afterwards. False when there is no memory.
 */
bool answer_decide(struct connection *connection, const struct head *head,
                   unsigned status, struct reply *reply, struct manner *manner);

#endif
