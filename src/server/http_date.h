/* SPDX-License-Identifier: Apache-2.0 */
/* Dates in HTTP headers: RFC 9110, section 5.6.7. */
#ifndef OTATOOL_SERVER_HTTP_DATE_H
#define OTATOOL_SERVER_HTTP_DATE_H

#include <stdbool.h>
#include <stdint.h>

enum { HTTP_DATE = 40 };

/* Seconds since 1970 as "Sun, 06 Nov 1994 08:49:37 GMT". */
void http_date_format(int64_t seconds, char text[HTTP_DATE]);

/* Any of the three forms a client may send; false for anything else. */
bool http_date_parse(const char *text, int64_t *seconds);

#endif
