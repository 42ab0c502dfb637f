/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A view of the downloads for programs and for people.
 *
 * The page is whole without JavaScript; with it, its script reads an event a
 * second. Page, style and script are files beside this one, compiled in. All
 * of them are loaded from the server itself and nothing else is, so the page
 * can be served with a Content-Security-Policy that forbids all but that.
 */
#ifndef OTATOOL_SERVER_STATUS_SHOW_H
#define OTATOOL_SERVER_STATUS_SHOW_H

#include "status.h"

/* The view as JSON in one line of ASCII, see docs/json.md; the caller's to
 * free. NULL when there is no memory, as below. */
char *status_json(const struct status_view *view, size_t *size);

/* The same as one server-sent event: "data: {...}" and an empty line. */
char *status_event(const struct status_view *view, size_t *size);

/* The page in HTML. */
char *status_page(const struct status_view *view, size_t *size);

#endif
