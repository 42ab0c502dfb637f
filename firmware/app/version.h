/* SPDX-License-Identifier: Apache-2.0 */
/* Which version of the sample this is; APP_VERSION comes from the build. */
#ifndef APP_VERSION_H
#define APP_VERSION_H

#include <stdint.h>

extern const char app_version[];

/* Called once RAM is as the linker wants it. offset: of the app in flash. */
_Noreturn void app_main(uint32_t offset);

#endif
