/* SPDX-License-Identifier: Apache-2.0 */
/* The header of an answer, as it goes over the wire. */
#ifndef OTATOOL_SERVER_HTTP_TEXT_H
#define OTATOOL_SERVER_HTTP_TEXT_H

#include "answer.h"

/* Holds the longest with all headers that an answer can have. */
enum { HTTP_TEXT = 2048 };

/* Bytes of the body that belong to it, also when it is left out for HEAD. */
uint64_t http_text_body(const struct reply *reply);

struct http_text {
    size_t size;
    const char *align; /* the value of Align, which makes it a multiple of
                          four; NULL: it is one without. Static. */
};

/* date is the value of Date. The text has no NUL. */
struct http_text http_text_write(const struct reply *reply,
                                 const struct manner *manner, const char *date,
                                 char text[HTTP_TEXT]);

#endif
