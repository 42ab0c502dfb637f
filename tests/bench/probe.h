/* SPDX-License-Identifier: Apache-2.0 */
/* One request, to learn what the server says about the file. */
#ifndef OTATOOL_BENCH_PROBE_H
#define OTATOOL_BENCH_PROBE_H

#include "answer.h"
#include <netinet/in.h>

/* Waits 10 s at most for the answer to a HEAD; says why there is none. */
bool probe_head(const struct sockaddr_in *server, const char *target,
                struct answer *answer);

#endif
