/* SPDX-License-Identifier: Apache-2.0 */
#include "serve_service.h"

enum {
    OPTION_AUTH = 2000,
    OPTION_USER,
    OPTION_HEALTH,
    OPTION_METRICS,
    OPTION_STATUS
};

static void read_audience(const char *option, const char *word,
                          enum ota_audience *audience)
{
    if (!ota_service_audience(word, audience))
        command_usage("serve", "--%s takes none, local, auth or all, not '%s'",
                      option, word);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct serve_service *service = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = service->common;
        return 0;
    case OPTION_AUTH:
        service->pages->secrets = arg;
        return 0;
    case OPTION_USER:
        service->user = arg;
        return 0;
    case OPTION_HEALTH:
        read_audience("health", arg, &service->pages->health);
        return 0;
    case OPTION_METRICS:
        read_audience("metrics", arg, &service->pages->metrics);
        return 0;
    case OPTION_STATUS:
        read_audience("status", arg, &service->pages->status);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option rows[] = {
    {"auth", OPTION_AUTH, "FILE", 0,
     "demand the secrets of FILE for the paths it names", 3},
    {"user", OPTION_USER, "NAME", 0, "become this user when the port is open",
     3},
    {"health", OPTION_HEALTH, "WHO", 0,
     "who sees /healthz: none, local, auth or all [all]", 3},
    {"metrics", OPTION_METRICS, "WHO", 0, "who sees /metrics [local]", 3},
    {"status", OPTION_STATUS, "WHO", 0, "who sees /status [local]", 3},
    {0},
};

const struct argp serve_service_argp = {
    .options = rows,
    .parser = parse,
    .children = common_children,
};
