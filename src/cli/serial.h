/* SPDX-License-Identifier: Apache-2.0 */
/* What the commands for devices on serial ports share. */
#ifndef OTATOOL_CLI_SERIAL_H
#define OTATOOL_CLI_SERIAL_H

#include "command.h"
#include "otatool/file.h"
#include "otatool/flasher.h"

enum { SERIAL_PORTS = 64 };

struct serial_options {
    struct common common;
    char *ports; /* by commas; NULL: the one that is there */
    bool all;
    bool stays; /* --after none */
    bool no_stub;
    const char *firmware; /* where the stub lies; NULL: installed */
    uint32_t baud;
    uint32_t attempts;
    enum ota_loader_reset reset;
};

/* What an options struct holds before parsing. */
struct serial_options serial_defaults(void);

/* A command's argp children in place of common_children; the input of the
 * one is a struct serial_options. */
extern const struct argp_child serial_children[];

/* The ports that are meant: the names, which live as long as options. */
struct serial_ports {
    const char *names[SERIAL_PORTS];
    char found[SERIAL_PORTS][PATH_MAX];
    size_t count;
};

OTA_CHECKED bool serial_find(struct serial_ports *ports,
                             struct serial_options *options,
                             struct ota_error *err);

/* One port and what was done there. */
struct serial_job {
    const char *port;
    struct ota_flasher *flasher;
    const void *context; /* the command's */
    bool ok;
    struct ota_error err; /* where not */
    struct ota_flasher_result result;
    bool has_chosen; /* ota_0 starts, where another would have */
    json_t *facts;   /* for --json; may be NULL */
    /* of the progress bar */
    struct serial_display *display;
    enum ota_flasher_stage stage;
    uint32_t done;
    uint32_t total;
};

/* The work on a device that is connected. */
typedef bool serial_work(struct serial_job *job, struct ota_error *err);

/*
 * Finds the ports, connects to each of their devices and does the work there,
 * on all at once; then tells how it ended, by tell (what succeeded, one
 * line's worth, on stdout) or as a table where there are several. The exit
 * status. only_one refuses more.
 */
int serial_run(struct serial_options *options, bool only_one, serial_work *work,
               const void *context, void (*tell)(const struct serial_job *));

/* The chip in one line. */
void serial_print_chip(const struct serial_job *job);

/* Progress of all ports, on stderr. */
struct serial_display *serial_display_new(struct serial_job *jobs, size_t count,
                                          bool quiet);
void serial_display_free(struct serial_display *display);
void serial_display_update(void *job, enum ota_flasher_stage stage,
                           uint32_t done, uint32_t total);

#endif
