/* SPDX-License-Identifier: Apache-2.0 */
#include "command.h"
#include "otatool/privileges.h"
#include "otatool/report.h"
#include "otatool/server.h"
#include "otatool/systemd.h"
#include "serve_service.h"
#include "transfer_log.h"
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    OPTION_GRACE = 1000,
    OPTION_IDLE,
    OPTION_HEADER,
    OPTION_TOTAL,
    OPTION_CONNECTIONS,
    OPTION_PER_ADDRESS,
    OPTION_DOWNLOADS,
    OPTION_RATE,
    OPTION_RATE_EACH,
    OPTION_WORKERS,
    OPTION_OLD,
    OPTION_NEW,
    OPTION_CERTIFICATE,
    OPTION_KEY,
    OPTION_CLIENT_CA,
    OPTION_TLS_PORT,
    OPTION_NO_PLAIN,
    OPTION_OLD_ONLY_PLAIN,
    LONGEST_S = 24 * 60 * 60,
    MOST = 100000,
    SLOWEST = 1460, /* bytes a second: a segment */
    LOG_BUFFER = 64 * 1024,
};

struct serve {
    struct common common;
    struct serve_service service;
    struct ota_systemd systemd;
    struct ota_server_options options;
    struct transfer_log log;
    bool is_log_lost; /* since the last line that could be written */
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

static unsigned read_seconds(const char *option, const char *text)
{
    return 1000 * read_number(option, text, 1, LONGEST_S);
}

/* What there is so much of; ARGP_ERR_UNKNOWN when it is no limit. */
static error_t parse_limit(int key, char *arg,
                           struct ota_server_options *options)
{
    switch (key) {
    case OPTION_GRACE:
        options->grace_ms = 1000 * read_number("grace", arg, 0, LONGEST_S);
        return 0;
    case OPTION_IDLE:
        options->idle_timeout_ms = read_seconds("idle-timeout", arg);
        return 0;
    case OPTION_HEADER:
        options->header_timeout_ms = read_seconds("header-timeout", arg);
        return 0;
    case OPTION_TOTAL:
        options->total_timeout_ms = read_seconds("total-timeout", arg);
        return 0;
    case OPTION_CONNECTIONS:
        options->connections = read_number("connections", arg, 1, MOST);
        return 0;
    case OPTION_PER_ADDRESS:
        options->connections_per_address =
            read_number("connections-per-address", arg, 1, MOST);
        return 0;
    case OPTION_DOWNLOADS:
        options->downloads = read_number("downloads", arg, 1, MOST);
        return 0;
    case OPTION_RATE:
        options->rate = read_number("rate", arg, SLOWEST, UINT32_MAX);
        return 0;
    case OPTION_RATE_EACH:
        options->rate_per_download =
            read_number("rate-per-download", arg, SLOWEST, UINT32_MAX);
        return 0;
    case OPTION_WORKERS:
        options->workers = read_number("workers", arg, 1, 64);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_tls(int key, char *arg, struct ota_server_options *options)
{
    switch (key) {
    case OPTION_CERTIFICATE:
        options->certificate = arg;
        return 0;
    case OPTION_KEY:
        options->key = arg;
        return 0;
    case OPTION_CLIENT_CA:
        options->client_authority = arg;
        return 0;
    case OPTION_TLS_PORT:
        options->tls_port = (uint16_t)read_number("tls-port", arg, 0, 65535);
        return 0;
    case OPTION_NO_PLAIN:
        options->has_no_plain = true;
        return 0;
    case OPTION_OLD_ONLY_PLAIN:
        options->old_only_plain = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static void check_tls(const struct ota_server_options *options)
{
    const char *option = options->key                ? "tls-key"
                         : options->client_authority ? "tls-client-ca"
                         : options->has_no_plain     ? "no-plain"
                         : options->old_only_plain   ? "old-only-plain"
                                                     : NULL;
    if (option && !options->certificate)
        command_usage("serve", "--%s needs --tls-cert as well", option);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct serve *serve = state->input;
    struct ota_server_options *options = &serve->options;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &serve->service;
        return 0;
    case 'p':
        options->port = (uint16_t)read_number("port", arg, 0, 65535);
        return 0;
    case 'b':
        options->address = arg;
        return 0;
    case OPTION_OLD:
        options->old = arg;
        return 0;
    case OPTION_NEW:
        options->new = arg;
        return 0;
    case ARGP_KEY_ARG:
        if (state->arg_num > 0)
            command_usage("serve", "only one folder or file can be served");
        options->path = arg;
        return 0;
    case ARGP_KEY_END:
        check_tls(options);
        return 0;
    default:
        return parse_limit(key, arg, options) == 0
                   ? 0
                   : parse_tls(key, arg, options);
    }
}

static const struct argp_option rows[] = {
    {"port", 'p', "PORT", 0, "listen on PORT, 0 for any free one [8070]", 1},
    {"bind", 'b', "ADDR", 0, "listen on this address only [all]", 1},
    {"old", OPTION_OLD, "PACK", 0,
     "what old devices get [the only pack in DIR]", 1},
    {"new", OPTION_NEW, "APP", 0,
     "what devices of the SDK 3 get [the only app in DIR]", 1},
    {"grace", OPTION_GRACE, "SECONDS", 0,
     "when stopped, let transfers run on for so long [30]", 2},
    {"idle-timeout", OPTION_IDLE, "SECONDS", 0,
     "close a connection where nothing moves for so long [60]", 2},
    {"header-timeout", OPTION_HEADER, "SECONDS", 0,
     "close a connection when a request takes so long to arrive [20]", 2},
    {"total-timeout", OPTION_TOTAL, "SECONDS", 0,
     "close a connection when an answer takes so long [3600]", 2},
    {"connections", OPTION_CONNECTIONS, "COUNT", 0,
     "hold at most COUNT connections at a time [1020]", 2},
    {"connections-per-address", OPTION_PER_ADDRESS, "COUNT", 0,
     "of them, at most COUNT of one address [half]", 2},
    {"downloads", OPTION_DOWNLOADS, "COUNT", 0,
     "send at most COUNT files at a time [no limit]", 2},
    {"rate", OPTION_RATE, "BYTES", 0,
     "send at most BYTES a second in all [no limit]", 2},
    {"rate-per-download", OPTION_RATE_EACH, "BYTES", 0,
     "send at most BYTES a second of one file [no limit]", 2},
    {"workers", OPTION_WORKERS, "COUNT", 0,
     "run COUNT threads [2, but 1 with one processor]", 2},
    {"tls-cert", OPTION_CERTIFICATE, "FILE", 0,
     "serve HTTPS as well, with this chain (PEM)", 3},
    {"tls-key", OPTION_KEY, "FILE", 0,
     "its key (PEM) [in the file of --tls-cert]", 3},
    {"tls-port", OPTION_TLS_PORT, "PORT", 0, "HTTPS listens on PORT [8443]", 3},
    {"tls-client-ca", OPTION_CLIENT_CA, "FILE", 0,
     "clients of HTTPS show a certificate of this authority (PEM)", 3},
    {"no-plain", OPTION_NO_PLAIN, NULL, 0, "serve HTTPS alone", 3},
    {"old-only-plain", OPTION_OLD_ONLY_PLAIN, NULL, 0,
     "without TLS, serve packs and user images alone", 3},
    {0},
};

static const struct argp_child children[] = {{&serve_service_argp, 0, NULL, 0},
                                             {0}};

static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .args_doc = "[DIR|FILE]",
    .doc = "Serve the files of a folder, or one file, to old and new devices "
           "over HTTP.\v"
           "Without DIR the current folder is served. SIGTERM and SIGINT stop "
           "the server when the running transfers have ended; a second one "
           "stops it at once. SIGHUP reads certificate and secrets anew.",
    .children = children,
};

/* Devices are served whether or not there is room for the log; each line is
 * tried anew. */
static void flush_log(struct serve *serve)
{
    bool ok = fflush(stdout) == 0 && !ferror(stdout);
    if (!ok && !serve->is_log_lost)
        fprintf(stderr, "otatool: the log cannot be written: %s\n",
                strerror(errno));
    serve->is_log_lost = !ok;
    clearerr(stdout);
}

static void print_transfer(const struct ota_server_transfer *transfer,
                           void *context)
{
    struct serve *serve = context;
    if (serve->common.json)
        transfer_log_json(&serve->log, transfer);
    else if (!serve->common.quiet)
        transfer_log_text(&serve->log, transfer);
}

static void write_log(void *context)
{
    flush_log(context);
}

static void print_offer(const struct serve_offer *offer, bool is_new)
{
    const char *kind = is_new ? "app" : "pack";
    if (offer->count == 1)
        ota_report_name(stdout, offer->name);
    else if (offer->count == 0)
        printf("no %s", kind);
    else
        printf("%u %ss, none named by --%s,", offer->count, kind,
               is_new ? "new" : "old");
    printf(is_new ? " for new ones" : " for old devices, ");
}

/* A single file is what it is. */
static void print_offers(const char *path, const struct serve_offer offers[2])
{
    struct stat st;
    if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode))
        return;
    fputs(" (", stdout);
    print_offer(&offers[0], false);
    print_offer(&offers[1], true);
    fputs(")", stdout);
}

static void print_ready(struct serve *serve, struct ota_server *server)
{
    const char *path = serve->options.path;
    const char *url = ota_server_url(server);
    const char *tls_url = ota_server_tls_url(server);
    struct serve_offer offers[2];
    for (int is_new = 0; is_new < 2; is_new++)
        offers[is_new].count = ota_server_offers(
            server, is_new, offers[is_new].name, sizeof(offers[is_new].name));
    if (serve->common.json)
        transfer_log_ready_json(stdout, url, tls_url, path, offers);
    if (!serve->common.json && !serve->common.quiet) {
        fputs("serving ", stdout);
        ota_report_name(stdout, path);
        print_offers(path, offers);
        printf(" on %s%s%s\n", url, *url && *tls_url ? " and " : "", tls_url);
    }
    flush_log(serve);
}

static void print_trouble(const struct ota_error *err, void *context)
{
    (void)context;
    ota_report_print(stderr, "otatool", err);
}

/* Signals come as something to read, and so into the server's own loop. */
static int catch_signals(int first, int second)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, first);
    sigaddset(&set, second);
    sigprocmask(SIG_BLOCK, &set, NULL);
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

/* What needs root is open by now. */
static bool become_user(const struct serve *serve, struct ota_error *err)
{
    const char *user = serve->service.user;
    return !user || ota_privileges_drop(user, err);
}

static void tell_life(enum ota_server_life life, void *context)
{
    const struct serve *serve = context;
    if (life == OTA_SERVER_READY)
        ota_systemd_ready(&serve->systemd);
    else if (life == OTA_SERVER_RELOADING)
        ota_systemd_reloading(&serve->systemd);
    else if (life == OTA_SERVER_STOPPING)
        ota_systemd_stopping(&serve->systemd);
    else if (serve->systemd.watchdog_ms)
        ota_systemd_alive(&serve->systemd);
}

static bool run(struct serve *serve, struct ota_server *server,
                struct ota_error *err)
{
    if (!become_user(serve, err) || !ota_server_check(server, err))
        return false;
    print_ready(serve, server);
    return ota_server_run(server, err);
}

int cmd_serve(int argc, char **argv)
{
    struct serve serve = {
        .log = {.out = stdout},
        .options = {.path = ".",
                    .port = 8070,
                    .connections = 1020,
                    .idle_timeout_ms = 60 * 1000,
                    .grace_ms = 30 * 1000,
                    .tls_port = 8443,
                    .service = {.health = OTA_SERVICE_HEALTH_USUAL,
                                .metrics = OTA_SERVICE_METRICS_USUAL,
                                .status = OTA_SERVICE_STATUS_USUAL},
                    .on_life = tell_life,
                    .on_transfer = print_transfer,
                    .on_told = write_log,
                    .on_trouble = print_trouble},
    };
    struct ota_server *server;
    struct ota_error err;
    serve.service = (struct serve_service){.common = &serve.common,
                                           .pages = &serve.options.service};
    command_parse(&argp, argc, argv, &serve);
    serve.options.context = &serve;
    serve.options.stop_fd = catch_signals(SIGTERM, SIGINT);
    serve.options.reload_fd = catch_signals(SIGHUP, SIGHUP);
    signal(SIGPIPE, SIG_IGN);
    /* Lines are written when they are told to be, many at a time. */
    setvbuf(stdout, NULL, _IOFBF, LOG_BUFFER);
    allow_files();
    if (!ota_systemd_init(&serve.systemd, &err))
        return command_fail(&serve.common, &err);
    if (serve.systemd.socket >= 0)
        serve.options.listener = serve.systemd.socket;
    if (serve.systemd.tls_socket >= 0)
        serve.options.tls_listener = serve.systemd.tls_socket;
    if (!ota_server_new(&server, &serve.options, &err))
        return command_fail(&serve.common, &err);
    bool ok = run(&serve, server, &err);
    ota_server_free(server);
    ota_systemd_release(&serve.systemd);
    close(serve.options.stop_fd);
    close(serve.options.reload_fd);
    return ok ? EXIT_DONE : command_fail(&serve.common, &err);
}
