/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "otatool/report.h"
#include "otatool/server.h"
#include "transfer_log.h"
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    OPTION_GRACE = 1000,
    OPTION_IDLE,
    OPTION_CONNECTIONS,
    LONGEST_S = 24 * 60 * 60,
};

struct serve {
    struct common common;
    struct ota_server_options options;
};

static uint32_t read_number(const char *option, const char *text, uint32_t low,
                            uint32_t high)
{
    uint32_t number;
    if (!command_number(text, &number) || number < low || number > high)
        command_usage("serve", "--%s takes a number from %u to %u, not '%s'",
                      option, low, high, text);
    return number;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct serve *serve = state->input;
    struct ota_server_options *options = &serve->options;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &serve->common;
        return 0;
    case 'p':
        options->port = (uint16_t)read_number("port", arg, 0, 65535);
        return 0;
    case 'b':
        options->address = arg;
        return 0;
    case OPTION_GRACE:
        options->grace_ms = 1000 * read_number("grace", arg, 0, LONGEST_S);
        return 0;
    case OPTION_IDLE:
        options->idle_timeout_ms =
            1000 * read_number("idle-timeout", arg, 1, LONGEST_S);
        return 0;
    case OPTION_CONNECTIONS:
        options->connections = read_number("connections", arg, 1, 100000);
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            command_usage("serve", "only one folder or file can be served");
        options->path = arg;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option rows[] = {
    {"port", 'p', "PORT", 0, "listen on PORT, 0 for any free one [8070]", 1},
    {"bind", 'b', "ADDR", 0, "listen on this address only [all]", 1},
    {"grace", OPTION_GRACE, "SECONDS", 0,
     "when stopped, let transfers run on for so long [30]", 2},
    {"idle-timeout", OPTION_IDLE, "SECONDS", 0,
     "close a connection where nothing moves for so long [60]", 2},
    {"connections", OPTION_CONNECTIONS, "COUNT", 0,
     "hold at most COUNT connections at a time [1020]", 2},
    {0},
};

static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "[DIR|FILE]",
    .doc = "Serve the files of a folder, or one file, to old and new devices "
           "over HTTP.\v"
           "Without DIR the current folder is served. SIGTERM and SIGINT stop "
           "the server when the running transfers have ended; a second one "
           "stops it at once.",
    .children = common_children,
};

static void print_transfer(const struct ota_server_transfer *transfer,
                           void *context)
{
    const struct serve *serve = context;
    if (serve->common.json)
        transfer_log_json(stdout, transfer);
    else if (!serve->common.quiet)
        transfer_log_text(stdout, transfer);
}

static void print_ready(const struct serve *serve, const char *url)
{
    const char *path = serve->options.path;
    if (serve->common.json)
        transfer_log_ready_json(stdout, url, path);
    if (serve->common.json || serve->common.quiet)
        return;
    fputs("serving ", stdout);
    ota_report_name(stdout, path);
    printf(" on %s\n", url);
}

/* Signals come as something to read, and so into the server's own loop. */
static int catch_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Each connection is a file, and for a while two. */
static void allow_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &limit);
    }
}

int cmd_serve(int argc, char **argv)
{
    struct serve serve = {
        .options = {.path = ".",
                    .port = 8070,
                    .connections = 1020,
                    .idle_timeout_ms = 60 * 1000,
                    .grace_ms = 30 * 1000,
                    .on_transfer = print_transfer},
    };
    struct ota_server *server;
    struct ota_error err;
    command_parse(&argp, argc, argv, &serve);
    serve.options.context = &serve;
    serve.options.stop_fd = catch_signals();
    allow_files();
    if (!ota_server_new(&server, &serve.options, &err))
        return command_fail(&serve.common, &err);
    print_ready(&serve, ota_server_url(server));
    bool ok = ota_server_run(server, &err);
    ota_server_free(server);
    close(serve.options.stop_fd);
    return ok ? EXIT_DONE : command_fail(&serve.common, &err);
}
