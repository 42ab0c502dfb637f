/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head of a request in its plainest form, in which nearly all come: GET or
 * HEAD of visible characters, one range at most, nothing about a body, whole.
 * It has one meaning for everybody. What else may be good or bad, the HTTP
 * library has to find out.
 */
#ifndef OTATOOL_SERVER_PLAIN_REQUEST_H
#define OTATOOL_SERVER_PLAIN_REQUEST_H

#include "head.h"

/*
 * The size of the plain request at the beginning of text, or 0: there is none.
 * Changes text, and borrows from it for the head.
 */
size_t plain_request_read(char *text, size_t size, struct head *head);

#endif
