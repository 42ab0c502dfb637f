/* SPDX-License-Identifier: Apache-2.0 */
/* The options by which a server trusts us, and we trust it. */
#ifndef OTATOOL_CLI_ACCESS_H
#define OTATOOL_CLI_ACCESS_H

#include "command.h"
#include "otatool/client.h"

struct access_options {
    struct ota_client_access client; /* its token is set by access_read */
    const char *token_file;          /* --token-file, or NULL */
    char token[OTA_CLIENT_TOKEN];
};

/* A command's argp children in place of common_children; the input of the
 * first is a struct access_options, of the second a struct common. */
extern const struct argp_child access_children[];

/* Reads the token. Where client is copied to borrows from options. */
OTA_CHECKED bool access_read(struct access_options *options,
                             struct ota_error *err);

#endif
