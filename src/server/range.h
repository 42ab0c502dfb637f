/* SPDX-License-Identifier: Apache-2.0 */
/* The Range header: RFC 9110, section 14. */
#ifndef OTATOOL_SERVER_RANGE_H
#define OTATOOL_SERVER_RANGE_H

#include "otatool/route.h"

enum range_verdict {
    RANGE_IGNORED,      /* no range that is understood: send the whole file */
    RANGE_PARTIAL,      /* response->ranges says which bytes */
    RANGE_UNSATISFIABLE /* none of the ranges lies in the file */
};

/*
 * Judges the header's value for a file of size bytes. Ranges that overlap or
 * nearly touch become one, so that no answer is longer than the file and few
 * bytes of request cannot make many of response.
 */
enum range_verdict range_parse(const char *value, uint64_t size,
                               struct ota_route_response *response);

#endif
