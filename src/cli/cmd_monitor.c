/* SPDX-License-Identifier: Apache-2.0 */
/* otatool monitor: what a device prints, with the ROM's boot line in words. */
#include "otatool/report.h"
#include "serial.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
    KEY_SECONDS = 0x100,
    KEY_RESET,
    LINE = 512,
    MEANING = 128,
    RESET_MS = 100
};

struct options {
    struct serial_options serial; /* of which only ports are used */
    uint32_t baud;
    uint32_t seconds; /* 0: until it is interrupted */
    bool resets;
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
    case KEY_SECONDS:
        if (!command_number(arg, &options->seconds))
            argp_error(state, "'%s' is no number", arg);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp argp = {
    .options = rows,
    .parser = parse,
    .doc = "Show what a device prints on its serial port.\v"
           "The ROM's line about the reset is followed by its meaning. It "
           "ends with Ctrl-C, with --seconds, or when the port is gone.",
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
    bool json;
};

/* What would steer the terminal is shown as a code. */
static void print_plain(const struct text *text, const char *meaning)
{
    for (size_t i = 0; i < text->size; i++) {
        unsigned char c = (unsigned char)text->line[i];
        if (isprint(c) || c == '\t')
            putchar(c);
        else
            printf("\\x%02x", c);
    }
    putchar('\n');
    if (meaning)
        printf("  [%s]\n", meaning);
}

static void print_json(const struct text *text, const char *meaning)
{
    json_t *object = json_pack("{s:o, s:s*}", "line",
                               ota_report_text(text->line), "meaning", meaning);
    json_dumpf(object, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
    putchar('\n');
    json_decref(object);
}

static void print_line(struct text *text)
{
    char meaning[MEANING];
    text->line[text->size] = '\0';
    bool has_meaning = explain(text->line, meaning);
    if (text->json)
        print_json(text, has_meaning ? meaning : NULL);
    else
        print_plain(text, has_meaning ? meaning : NULL);
    fflush(stdout);
    text->size = 0;
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

static bool set_up(struct ota_port *port, const struct options *options,
                   struct ota_error *err)
{
    if (port->set_speed && !port->set_speed(port->context, options->baud, err))
        return false;
    /* Both lines let go, or the device would stay in reset. */
    if (options->resets && port->set_lines(port->context, false, true))
        port->wait_ms(port->context, RESET_MS);
    (void)port->set_lines(port->context, false, false);
    return true;
}

static bool listen_to(struct ota_port *port, const struct options *options,
                      struct ota_error *err)
{
    enum { TICK_MS = 200 };
    struct text text = {.json = options->serial.common.json};
    char bytes[256];
    size_t got;
    bool ok = set_up(port, options, err);
    uint64_t end =
        port->now_ms(port->context) + options->seconds * UINT64_C(1000);
    while (ok && (!options->seconds || port->now_ms(port->context) < end)) {
        ok =
            port->read(port->context, bytes, sizeof(bytes), TICK_MS, &got, err);
        take(&text, bytes, ok ? got : 0);
    }
    if (text.size > 0)
        print_line(&text);
    return ok;
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
        ota_port_open(&port, ports.names[0], &err) &&
        listen_to(&port, &options, &err);
    if (!ok && !err.subject && ports.count == 1)
        err.subject = ports.names[0];
    ota_port_close(&port);
    return ok ? EXIT_DONE : command_fail(&options.serial.common, &err);
}
