/* SPDX-License-Identifier: Apache-2.0 */
/* A folder of a test's own. */
#ifndef OTATOOL_TESTS_SCRATCH_H
#define OTATOOL_TESTS_SCRATCH_H

#include <stdbool.h>

/* Makes a folder below /tmp that others may look into, and enters it. It goes
 * with the next one, or when the program ends. */
bool scratch_enter(void);

#endif
