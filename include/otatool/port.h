/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A serial port: a device file, a raw socket, or a port of another machine
 * through RFC 2217. Time belongs to it too, so that a device in memory has
 * its own.
 *
 *   /dev/ttyUSB0            a device file
 *   socket://HOST:PORT      bytes only: no speed, no reset lines
 *   rfc2217://HOST:PORT     with speed and reset lines
 */
#ifndef OTATOOL_PORT_H
#define OTATOOL_PORT_H

#include "otatool/error.h"
#include <limits.h>
#include <stddef.h>

struct ota_port {
    const char *name; /* for errors; borrowed */
    void *context;
    /* Waits up to timeout_ms for a first byte and takes what is there.
     * *got is 0 where nothing came. Fails with OTA_E_SERIAL_LOST. */
    bool (*read)(void *context, void *data, size_t size, uint32_t timeout_ms,
                 size_t *got, struct ota_error *err);
    /* All of data, or it fails with OTA_E_SERIAL_LOST. */
    bool (*write)(void *context, const void *data, size_t size,
                  struct ota_error *err);
    /* Forgets what has arrived. */
    void (*discard)(void *context);
    /* NULL where the port has no speed of its own. */
    bool (*set_speed)(void *context, uint32_t baud, struct ota_error *err);
    /* True is asserted, low on the wire. False where there are no lines. */
    bool (*set_lines)(void *context, bool dtr, bool rts);
    uint64_t (*now_ms)(void *context);
    void (*wait_ms)(void *context, uint32_t ms);
    void (*close)(void *context);
};

/* Opens by name, which the port borrows, at 115200 baud. Nobody else can use
 * a device file meanwhile. The failures say why: OTA_E_SERIAL_*. */
OTA_CHECKED bool ota_port_open(struct ota_port *port, const char *name,
                               struct ota_error *err);

/* An all-zero port is fine. */
void ota_port_close(struct ota_port *port);

/* Where serial adapters appear, as ota_port_list() takes it. */
#define OTA_PORT_PATTERNS "/dev/ttyUSB*,/dev/ttyACM*"

/* The device files that match one of the patterns, which are separated by
 * commas: pattern by pattern, each in order, at most capacity. */
size_t ota_port_list(const char *patterns, char names[][PATH_MAX],
                     size_t capacity);

#endif
