/* SPDX-License-Identifier: Apache-2.0 */
/* Which version of the sample this is; APP_VERSION and APP_CONFIRMS come from
 * the build. */
#ifndef APP_VERSION_H
#define APP_VERSION_H

#include <stdbool.h>
#include <stdint.h>

extern const char app_version[];

/* Whether it confirms itself when it has reached the server: a version for
 * tests does not. */
extern const bool app_confirms;

/* Called once RAM is as the linker wants it. offset: of the app in flash. */
_Noreturn void app_main(uint32_t offset);

#endif
