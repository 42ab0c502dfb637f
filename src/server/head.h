/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head of a request, as it was read (plain_request.h, or the HTTP library),
 * and whether it may be trusted.
 *
 * Strange but harmless is accepted: a target without a slash, an HTTP/1.1
 * request without Host. What could mean one thing here and another to a proxy
 * in front is refused: anything about a body, a blank in a name or the
 * target, a second Host.
 */
#ifndef OTATOOL_SERVER_HEAD_H
#define OTATOOL_SERVER_HEAD_H

#include <stdbool.h>
#include <stddef.h>

enum { HEAD_FIELDS = 64 };

struct head_field {
    const char *name;
    const char *value; /* without blanks around it */
};

/* Texts are borrowed from whoever has read it. */
struct head {
    const char *method;
    const char *target;
    bool is_http_1_0;
    size_t count;
    struct head_field fields[HEAD_FIELDS];
};

/* Adds a header; false when there are too many. */
bool head_add(struct head *head, const char *name, const char *value);

/* 200, or the status of a refusal: 400. */
unsigned head_judge(const struct head *head);

/* Whether the client wants the connection kept. */
bool head_keeps_alive(const struct head *head);

/* The value of a header, whatever its case, or NULL. */
const char *head_field(const struct head *head, const char *name);

#endif
