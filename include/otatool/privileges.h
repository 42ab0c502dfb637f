/* SPDX-License-Identifier: Apache-2.0 */
/* Giving root away, for good. */
#ifndef OTATOOL_PRIVILEGES_H
#define OTATOOL_PRIVILEGES_H

#include "otatool/error.h"

/*
 * Makes the process, all of its threads, run as a user: user id, group and
 * the groups the user is a member of, as a login would. There is no way back:
 * the saved ids change too, programs that are started gain no rights, and that
 * root is out of reach is tried before this is true. When it is false the
 * process may be in between and has to end.
 *
 * Call it when all that needs root is open: sockets, the folder, secrets.
 * What the server opens later (files, secrets at a reload) the user must be
 * able to read.
 */
OTA_CHECKED bool ota_privileges_drop(const char *user, struct ota_error *err);

#endif
