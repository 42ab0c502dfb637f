/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of requests whose speed is measured. */
#ifndef OTATOOL_BENCH_WORK_H
#define OTATOOL_BENCH_WORK_H

#include <stdbool.h>

enum { WORK_RANGE = 4096 }; /* bytes asked for by a ranged request */

struct work {
    const char *name;
    const char *method;
    const char *version; /* of HTTP */
    unsigned status;     /* of the right answer */
    bool is_new_sdk;     /* says so: servers may treat the old one apart */
    bool closes;         /* a new connection for each request */
    bool has_body;
    bool is_ranged;
    bool is_conditional; /* with the ETag that the server gave before */
};

/* NULL for what is none. */
const struct work *work_named(const char *name);

/* All names, separated by spaces. */
void work_print_names(void);

#endif
