/* SPDX-License-Identifier: Apache-2.0 */
/* otatool monitor: what a device prints, with the ROM's boot line in words, and
 * what is typed for it. */
#include "keyboard.h"
#include "otatool/report.h"
#include "serial.h"
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
    KEY_SECONDS = 0x100,
    KEY_RESET,
    KEY_LOG,
    LINE = 512,
    MEANING = 128,
    RESET_MS = 100
};

/* Keys that do not go to the device: Ctrl-], Ctrl-C, Ctrl-T. */
enum { KEY_LEAVE = 0x1d, KEY_INTERRUPT = 0x03, KEY_RESTART = 0x14 };

struct options {
    struct serial_options serial; /* of which only ports are used */
    uint32_t baud;
    uint32_t seconds; /* 0: until it is interrupted */
    bool resets;
    const char *log;
};

static const struct argp_option rows[] = {
    {"port", 'p', "PORT", 0,
     "the serial port: a device file, rfc2217://HOST:PORT or "
     "socket://HOST:PORT; default: the one that is there",
     1},
    {"baud", 'b', "BAUD", 0,
     "speed; default 115200; the ROM and many old SDKs print at 74880", 1},
    {"reset", KEY_RESET, NULL, 0, "restart the device first", 1},
    {"seconds", KEY_SECONDS, "N", 0,
     "end after so long; default: when interrupted", 1},
    {"log", KEY_LOG, "FILE", 0, "append the lines there, too", 1},
    {0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
    struct options *options = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = &options->serial.common;
        return 0;
    case 'p':
        options->serial.ports = arg;
        return 0;
    case 'b':
        if (!command_number(arg, &options->baud) || options->baud < 300)
            argp_error(state, "'%s' is no speed", arg);
        return 0;
    case KEY_RESET:
        options->resets = true;
        return 0;
    case KEY_LOG:
        options->log = arg;
        return 0;
    case KEY_SECONDS:
        if (!command_number(arg, &options->seconds) || options->seconds == 0)
            argp_error(state, "'%s' is no number of seconds", arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .doc = "Show what a device prints on its serial port.\v"
           "The ROM's line about the reset is followed by its meaning. Where "
           "stdin is a terminal, what is typed goes to the device; Ctrl-T "
           "restarts it. It ends with Ctrl-] or Ctrl-C, with --seconds, or "
           "when the port is gone.",
    .children = common_children,
};

/* --- the ROM's line --- */

static const char *cause_text(unsigned cause)
{
    static const char *const texts[] = {[1] = "power-on",
                                        [2] = "the reset line",
                                        [3] = "its own software",
                                        [4] = "the watchdog"};
    return cause < sizeof(texts) / sizeof(texts[0]) && texts[cause]
               ? texts[cause]
               : "an unknown cause";
}

static const char *mode_text(unsigned straps)
{
    switch (straps) {
    case 1:
        return "waits in its loader (GPIO0 is low)";
    case 3:
        return "starts from flash";
    case 4:
    case 5:
    case 6:
    case 7:
        return "waits for SDIO (GPIO15 is high)";
    default:
        return "starts nothing (check GPIO0, GPIO2 and GPIO15)";
    }
}

/* False where the line is another. */
static bool explain(const char *line, char meaning[MEANING])
{
    const char *at = strstr(line, "rst cause:");
    unsigned cause;
    unsigned straps;
    unsigned mode;
    if (!at || sscanf(at, "rst cause:%u, boot mode:(%u,%u)", &cause, &straps,
                      &mode) != 3)
        return false;
    snprintf(meaning, MEANING, "reset by %s; %s", cause_text(cause),
             mode_text(straps));
    return true;
}

/* --- lines --- */

struct text {
    char line[LINE];
    size_t size;
    size_t shown; /* of an unfinished line, a prompt perhaps */
    bool json;
    FILE *log; /* NULL: none */
};

/* What would steer the terminal is shown as a code. */
static void print_bytes(FILE *out, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (isprint(c) || c == '\t')
            putc(c, out);
        else
            fprintf(out, "\\x%02x", c);
    }
}

static void print_plain(const struct text *text, FILE *out, size_t from,
                        const char *meaning)
{
    print_bytes(out, text->line + from, text->size - from);
    putc('\n', out);
    if (meaning)
        fprintf(out, "  [%s]\n", meaning);
    fflush(out);
}

static void print_json(const struct text *text, FILE *out, const char *meaning)
{
    json_t *object = json_pack("{s:o, s:s*}", "line",
                               ota_report_text(text->line), "meaning", meaning);
    json_dumpf(object, out, JSON_COMPACT | JSON_ENSURE_ASCII);
    putc('\n', out);
    fflush(out);
    json_decref(object);
}

static void print_line(struct text *text)
{
    char words[MEANING];
    text->line[text->size] = '\0';
    const char *meaning = explain(text->line, words) ? words : NULL;
    FILE *const outs[] = {stdout, text->log};
    for (size_t i = 0; i < 2 && outs[i]; i++)
        if (text->json)
            print_json(text, outs[i], meaning);
        else
            print_plain(text, outs[i], i == 0 ? text->shown : 0, meaning);
    text->size = text->shown = 0;
}

/* Nothing comes for a moment: whoever types wants to see a prompt. */
static void show_unfinished(struct text *text)
{
    if (text->json || text->shown == text->size)
        return;
    print_bytes(stdout, text->line + text->shown, text->size - text->shown);
    fflush(stdout);
    text->shown = text->size;
}

static void take(struct text *text, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == '\n') {
            print_line(text);
            continue;
        }
        if (text->size + 1 == LINE)
            print_line(text);
        if (bytes[i] != '\r')
            text->line[text->size++] = bytes[i];
    }
}

/* --- the session --- */

/* Both lines let go, or the device would stay in reset. */
static void restart(struct ota_port *port)
{
    if (port->set_lines(port->context, false, true))
        port->wait_ms(port->context, RESET_MS);
    (void)port->set_lines(port->context, false, false);
}

static bool set_up(struct ota_port *port, const struct options *options,
                   struct ota_error *err)
{
    if (port->set_speed && !port->set_speed(port->context, options->baud, err))
        return false;
    if (options->resets)
        restart(port);
    else
        (void)port->set_lines(port->context, false, false);
    return true;
}

/* Keys go to the device as they are, but for those that are meant for us. */
static bool pass_keys(struct ota_port *port, struct keyboard *keyboard,
                      bool *leaves, struct ota_error *err)
{
    char keys[64];
    size_t count = keyboard_read(keyboard, keys, sizeof(keys));
    size_t kept = 0;
    for (size_t i = 0; i < count && !*leaves; i++) {
        *leaves = keys[i] == KEY_LEAVE || keys[i] == KEY_INTERRUPT;
        if (keys[i] == KEY_RESTART)
            restart(port);
        else if (!*leaves)
            keys[kept++] = keys[i];
    }
    return kept == 0 || port->write(port->context, keys, kept, err);
}

static bool is_over(const struct ota_port *port, const struct options *options,
                    uint64_t end)
{
    return options->seconds && port->now_ms(port->context) >= end;
}

static bool listen_to(struct ota_port *port, const struct options *options,
                      struct text *text, struct ota_error *err)
{
    enum { TICK_MS = 200, KEY_TICK_MS = 20 };
    struct keyboard keyboard;
    char bytes[256];
    size_t got;
    bool leaves = false;
    bool ok = set_up(port, options, err);
    uint64_t end =
        port->now_ms(port->context) + options->seconds * UINT64_C(1000);
    keyboard_open(&keyboard);
    while (ok && !leaves && !is_over(port, options, end)) {
        uint32_t tick = keyboard.is_there ? KEY_TICK_MS : TICK_MS;
        ok = port->read(port->context, bytes, sizeof(bytes), tick, &got, err);
        take(text, bytes, ok ? got : 0);
        if (ok && got == 0 && keyboard.is_there)
            show_unfinished(text);
        ok = ok && pass_keys(port, &keyboard, &leaves, err);
    }
    keyboard_close(&keyboard);
    if (text->size > 0)
        print_line(text);
    return ok;
}

/* A log that lacks lines is told, when nothing worse was. */
static bool close_log(FILE *log, const char *name, bool was_ok,
                      struct ota_error *err)
{
    if (!log)
        return was_ok;
    bool has_all = !ferror(log);
    has_all = fclose(log) == 0 && has_all;
    if (!was_ok || has_all)
        return was_ok;
    return ota_fail(err, OTA_E_FILE_WRITE, .subject = name,
                    .detail = "lines are missing in it");
}

static bool open_and_listen(struct ota_port *port, const char *name,
                            const struct options *options,
                            struct ota_error *err)
{
    struct text text = {.json = options->serial.common.json};
    if (!ota_port_open(port, name, err))
        return false;
    text.log = options->log ? fopen(options->log, "ae") : NULL;
    bool ok = !options->log || text.log ||
              ota_fail(err, OTA_E_FILE_WRITE, .subject = options->log,
                       .detail = strerror(errno));
    ok = ok && listen_to(port, options, &text, err);
    return close_log(text.log, options->log, ok, err);
}

int cmd_monitor(int argc, char **argv)
{
    struct options options = {.baud = 115200};
    struct serial_ports ports;
    struct ota_port port = {0};
    struct ota_error err;
    command_parse(&argp, argc, argv, &options);
    bool ok =
        serial_find(&ports, &options.serial, &err) &&
        (ports.count == 1 || ota_fail(&err, OTA_E_SERIAL_MANY, .expected = 1,
                                      .actual = ports.count)) &&
        open_and_listen(&port, ports.names[0], &options, &err);
    if (!ok && !err.subject && ports.count == 1)
        err.subject = ports.names[0];
    ota_port_close(&port);
    return ok ? EXIT_DONE : command_fail(&options.serial.common, &err);
}
