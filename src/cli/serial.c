/* SPDX-License-Identifier: Apache-2.0 */
#include "serial.h"
#include "otatool/install.h"
#include "otatool/report.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KEY_ALL = 0x200,
    KEY_BEFORE,
    KEY_AFTER,
    KEY_NO_STUB,
    KEY_FIRMWARE,
    KEY_ATTEMPTS,
};

static const struct argp_option rows[] = {
    {NULL, 0, NULL, 0, "The device:", 5},
    {"port", 'p', "PORT[,PORT...]", 0,
     "its serial port: a device file, rfc2217://HOST:PORT or "
     "socket://HOST:PORT; default: the one that is there",
     5},
    {"all", KEY_ALL, NULL, 0, "all serial ports that are there", 5},
    {"baud", 'b', "BAUD", 0, "speed once it is connected; default 460800", 5},
    {"before", KEY_BEFORE, "HOW", 0,
     "the reset into its loader: auto (default), tight, classic or none", 5},
    {"after", KEY_AFTER, "HOW", 0,
     "at the end: reset (default) starts its firmware, none leaves it", 5},
    {"attempts", KEY_ATTEMPTS, "N", 0, "to connect; default 7", 5},
    {"no-stub", KEY_NO_STUB, NULL, 0,
     "use the chip's own loader alone, which is slow", 5},
    {"firmware", KEY_FIRMWARE, "FOLDER", 0,
     "where otatool's flasher stub is; default: where it was installed", 5},
    {0},
};

struct serial_options serial_defaults(void)
{
    return (struct serial_options){.baud = 460800, .attempts = 7};
}

static void take_before(struct serial_options *options, const char *word,
                        struct argp_state *state)
{
    static const char *const words[] = {"auto", "tight", "classic", "none"};
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcmp(words[i], word) == 0) {
            options->reset = (enum ota_loader_reset)i;
            return;
        }
    argp_error(state, "--before does not know '%s'", word);
}

static void take_after(struct serial_options *options, const char *word,
                       struct argp_state *state)
{
    options->stays = strcmp(word, "none") == 0;
    if (!options->stays && strcmp(word, "reset") != 0)
        argp_error(state, "--after does not know '%s'", word);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct serial_options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->common;
        return 0;
    case 'p':
        options->ports = arg;
        return 0;
    case KEY_ALL:
        options->all = true;
        return 0;
    case 'b':
        if (!command_number(arg, &options->baud) || options->baud < 300)
            argp_error(state, "'%s' is no speed", arg);
        return 0;
    case KEY_BEFORE:
        take_before(options, arg, state);
        return 0;
    case KEY_AFTER:
        take_after(options, arg, state);
        return 0;
    case KEY_ATTEMPTS:
        if (!command_number(arg, &options->attempts) || options->attempts == 0)
            argp_error(state, "'%s' is no number of attempts", arg);
        return 0;
    case KEY_NO_STUB:
        options->no_stub = true;
        return 0;
    case KEY_FIRMWARE:
        options->firmware = arg;
        return 0;
    case ARGP_KEY_END:
        if (options->all && options->ports)
            argp_error(state, "--port and --all exclude each other");
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp serial_argp = {
    .options = rows,
    .parser = parse,
    .children = common_children,
};

const struct argp_child serial_children[] = {{&serial_argp, 0, NULL, 0}, {0}};

/* --- ports --- */

static bool is_listed(const struct serial_ports *ports, const char *name)
{
    size_t i = 0;
    while (i < ports->count && strcmp(ports->names[i], name) != 0)
        i++;
    return i < ports->count;
}

/* A port that is named twice is one device, not to be written by two. */
static bool split(struct serial_ports *ports, char *text)
{
    char *rest;
    for (char *name = strtok_r(text, ",", &rest); name;
         name = strtok_r(NULL, ",", &rest)) {
        if (is_listed(ports, name))
            continue;
        if (ports->count == SERIAL_PORTS)
            return false;
        ports->names[ports->count++] = name;
    }
    return ports->count > 0;
}

bool serial_find(struct serial_ports *ports, struct serial_options *options,
                 struct ota_error *err)
{
    ports->count = 0;
    if (options->ports)
        return split(ports, options->ports) || ota_fail(err, OTA_E_SERIAL_NONE);
    const char *patterns = getenv("OTATOOL_PORTS");
    ports->count =
        ota_port_list(patterns && *patterns ? patterns : OTA_PORT_PATTERNS,
                      ports->found, SERIAL_PORTS);
    for (size_t i = 0; i < ports->count; i++)
        ports->names[i] = ports->found[i];
    if (ports->count == 0)
        return ota_fail(err, OTA_E_SERIAL_NONE);
    return ports->count == 1 || options->all ||
           ota_fail(err, OTA_E_SERIAL_MANY, .expected = 1,
                    .actual = ports->count);
}

/* --- work --- */

struct session {
    struct serial_options *options;
    struct ota_file stub;
    serial_work *work;
    void (*tell)(const struct serial_job *);
    struct serial_ports ports;
    struct serial_job jobs[SERIAL_PORTS];
};

struct task {
    struct session *session;
    struct serial_job *job;
    pthread_t thread;
};

static bool load_stub(struct session *session, struct ota_error *err)
{
    char path[PATH_MAX];
    enum { CEILING = 128 * 1024 };
    return session->options->no_stub ||
           (ota_install_find(path, session->options->firmware, "stub.bin",
                             err) &&
            ota_file_load(&session->stub, path, CEILING, err));
}

static bool open_and_work(struct session *session, struct serial_job *job)
{
    const struct serial_options *options = session->options;
    struct ota_flasher_options flasher_options = {
        .reset = options->reset,
        .attempts = options->attempts,
        .baud = options->baud,
        .stub = session->stub.data,
        .stub_size = session->stub.size,
        .progress = serial_display_update,
        .context = job,
    };
    struct ota_port port;
    if (!ota_port_open(&port, job->port, &job->err))
        return false;
    bool ok =
        ota_flasher_open(job->flasher, &port, &flasher_options, &job->err) &&
        session->work(job, &job->err);
    ota_flasher_close(job->flasher, !options->stays);
    return ok;
}

static void *run_task(void *context)
{
    struct task *task = context;
    struct serial_job *job = task->job;
    job->ok = open_and_work(task->session, job);
    if (!job->ok && !job->err.subject)
        job->err.subject = job->port;
    return NULL;
}

/* One port needs no thread, and several have one each. */
static void run_tasks(struct session *session)
{
    struct task tasks[SERIAL_PORTS];
    size_t count = session->ports.count;
    size_t started = 0;
    for (size_t i = 0; i < count; i++)
        tasks[i] = (struct task){.session = session, .job = &session->jobs[i]};
    while (started + 1 < count &&
           pthread_create(&tasks[started].thread, NULL, run_task,
                          &tasks[started]) == 0)
        started++;
    for (size_t i = started; i < count; i++)
        run_task(&tasks[i]);
    for (size_t i = 0; i < started; i++)
        pthread_join(tasks[i].thread, NULL);
}

static void prepare_jobs(struct session *session, const void *context)
{
    for (size_t i = 0; i < session->ports.count; i++) {
        struct serial_job *job = &session->jobs[i];
        job->port = session->ports.names[i];
        job->context = context;
        job->flasher = calloc(1, sizeof(*job->flasher));
        if (!job->flasher)
            abort();
    }
}

/* --- telling --- */

static json_t *job_json(const struct serial_job *job)
{
    json_t *object = json_pack("{s:b, s:o}", "ok", job->ok, "port",
                               ota_report_text(job->port));
    const struct ota_chip *chip = &job->flasher->chip;
    if (chip->flash_size > 0) {
        char mac[2 * OTA_FLASHER_MAC + 6];
        snprintf(mac, sizeof(mac), "%02x:%02x:%02x:%02x:%02x:%02x",
                 chip->mac[0], chip->mac[1], chip->mac[2], chip->mac[3],
                 chip->mac[4], chip->mac[5]);
        json_object_set_new(object, "chip_id", json_integer(chip->id));
        json_object_set_new(object, "mac",
                            chip->has_mac ? json_string(mac) : json_null());
        json_object_set_new(object, "flash_id", json_integer(chip->flash_id));
        json_object_set_new(object, "flash_size",
                            json_integer(chip->flash_size));
    }
    if (job->facts)
        json_object_update(object, job->facts);
    if (!job->ok)
        json_object_set_new(object, "error", ota_report_json(&job->err));
    return object;
}

static void print_table(const struct session *session)
{
    size_t width = strlen("port");
    for (size_t i = 0; i < session->ports.count; i++)
        if (strlen(session->jobs[i].port) > width)
            width = strlen(session->jobs[i].port);
    printf("%-*s  result\n", (int)width, "port");
    for (size_t i = 0; i < session->ports.count; i++) {
        const struct serial_job *job = &session->jobs[i];
        printf("%-*s  ", (int)width, job->port);
        if (job->ok)
            session->tell(job);
        else
            printf("failed: %s\n", ota_report_words(job->err.code)->sentence);
    }
}

static void tell_people(const struct session *session)
{
    const struct common *common = &session->options->common;
    fflush(stdout);
    for (size_t i = 0; i < session->ports.count; i++)
        if (!session->jobs[i].ok)
            ota_report_print(stderr, "otatool", &session->jobs[i].err);
    if (common->quiet || common->json)
        return;
    if (session->ports.count > 1)
        print_table(session);
    else if (session->jobs[0].ok)
        session->tell(&session->jobs[0]);
}

static int tell_all(const struct session *session)
{
    bool ok = true;
    json_t *ports = json_array();
    for (size_t i = 0; i < session->ports.count; i++) {
        ok = ok && session->jobs[i].ok;
        json_array_append_new(ports, job_json(&session->jobs[i]));
    }
    tell_people(session);
    int status = ok ? EXIT_DONE : EXIT_REFUSED;
    if (session->options->common.json)
        return command_json(json_pack("{s:b, s:o}", "ok", ok, "ports", ports),
                            status);
    json_decref(ports);
    return status;
}

static void release(struct session *session)
{
    for (size_t i = 0; i < session->ports.count; i++) {
        free(session->jobs[i].flasher);
        json_decref(session->jobs[i].facts);
    }
    ota_file_release(&session->stub);
    free(session);
}

static int run_session(struct session *session, const void *context)
{
    const struct common *common = &session->options->common;
    prepare_jobs(session, context);
    struct serial_display *display = serial_display_new(
        session->jobs, session->ports.count, common->quiet || common->json);
    run_tasks(session);
    serial_display_free(display);
    return tell_all(session);
}

int serial_run(struct serial_options *options, bool only_one, serial_work *work,
               const void *context, void (*tell)(const struct serial_job *))
{
    struct session *session = calloc(1, sizeof(*session));
    struct ota_error err;
    if (!session)
        abort();
    session->options = options;
    session->work = work;
    session->tell = tell;
    bool ok = serial_find(&session->ports, options, &err) &&
              (!only_one || session->ports.count == 1 ||
               ota_fail(&err, OTA_E_SERIAL_MANY, .expected = 1,
                        .actual = session->ports.count)) &&
              load_stub(session, &err);
    if (!ok)
        session->ports.count = 0;
    int status = ok ? run_session(session, context)
                    : command_fail(&options->common, &err);
    release(session);
    return status;
}

void serial_print_chip(const struct serial_job *job)
{
    const struct ota_chip *chip = &job->flasher->chip;
    const uint8_t *mac = chip->mac;
    printf("%s", chip->is_esp8285 ? "ESP8285" : "ESP8266");
    if (chip->has_mac)
        printf(" %02x:%02x:%02x:%02x:%02x:%02x", mac[0], mac[1], mac[2], mac[3],
               mac[4], mac[5]);
    printf(", flash of %" PRIu32 " KB", chip->flash_size / 1024);
}
