/* SPDX-License-Identifier: Apache-2.0 */
/* The options of otatool serve for one that runs as a service. */
#ifndef OTATOOL_CLI_SERVE_SERVICE_H
#define OTATOOL_CLI_SERVE_SERVICE_H

#include "command.h"
#include "otatool/service.h"

struct serve_service {
    struct common *common;     /* for the child of this argp */
    struct ota_service *pages; /* filled */
    const char *user;          /* to become, or NULL */
};

/* Its input is a struct serve_service; its child is that of common_children. */
extern const struct argp serve_service_argp;

#endif
