/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets, and the pages about the server itself, before any file. */
#ifndef OTATOOL_SERVER_RESPOND_SERVICE_H
#define OTATOOL_SERVER_RESPOND_SERVICE_H

#include "respond.h"
#include "service_answer.h"

/* What the pages show at this moment. */
struct service_facts respond_facts(struct shared *shared);

/* Whether the target names a page, seen or not. */
bool respond_is_page(const char *target);

/*
 * True when the request is answered: 401, or a page. With *is_stream its body
 * is a stream of events, which the caller has to make.
 */
bool respond_service(struct shared *shared, const struct head *head,
                     const struct in6_addr *client, struct reply *reply,
                     bool *is_stream);

#endif
