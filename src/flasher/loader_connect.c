/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Into the loader and out of it. The usual circuit resets the chip while RTS
 * is asserted and DTR is not, and pulls GPIO0 low while DTR is and RTS is
 * not; both together do nothing. (esptool's reset strategies)
 */
#include "loader_parts.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
    HOLD_MS = 100,    /* in reset */
    STRAP_MS = 50,    /* GPIO0 after it */
    SLOW_MS = 550,    /* the same, for boards with a large capacitor */
    LISTEN_MS = 400,  /* to boot messages */
    ROM_BAUD = 74880, /* of the ROM's messages, with a crystal of 26 MHz */
    LEAST_TEXT = 12,
    GREETING_MS = 1000, /* of the stub */
};

struct step {
    bool dtr;
    bool rts;
    uint32_t wait_ms; /* after it; STRAP_MS is replaced */
};

static const struct step tight[] = {
    {false, false, 0},       {true, true, 0},   {false, true, HOLD_MS},
    {true, false, STRAP_MS}, {false, false, 0},
};

static const struct step classic[] = {
    {false, true, HOLD_MS},
    {true, true, 0},
    {true, false, STRAP_MS},
    {false, false, 0},
};

static const struct step restart[] = {
    {false, true, HOLD_MS},
    {false, false, STRAP_MS},
};

static bool walk(struct ota_loader *loader, const struct step *steps,
                 size_t count, uint32_t strap_ms)
{
    struct ota_port *port = loader->port;
    for (size_t i = 0; i < count; i++) {
        uint32_t ms = steps[i].wait_ms;
        if (!port->set_lines(port->context, steps[i].dtr, steps[i].rts))
            return false;
        if (ms)
            port->wait_ms(port->context, ms == STRAP_MS ? strap_ms : ms);
    }
    return true;
}

#define WALK(loader, steps, strap_ms)                                          \
    walk((loader), (steps), sizeof(steps) / sizeof((steps)[0]), (strap_ms))

static void reset(struct ota_loader *loader, enum ota_loader_reset how,
                  uint32_t attempt)
{
    uint32_t strap_ms = attempt & 1 ? SLOW_MS : STRAP_MS;
    if (how == OTA_LOADER_RESET_NONE)
        return;
    if (how == OTA_LOADER_RESET_AUTO)
        how = attempt & 2 ? OTA_LOADER_RESET_CLASSIC : OTA_LOADER_RESET_TIGHT;
    loader->has_lines = how == OTA_LOADER_RESET_TIGHT
                            ? WALK(loader, tight, strap_ms)
                            : WALK(loader, classic, strap_ms);
}

/* --- what came instead of an answer --- */

static bool is_text(const struct ota_loader *loader)
{
    size_t printable = 0;
    for (size_t i = 0; i < loader->stray_size; i++) {
        unsigned char c = (unsigned char)loader->stray[i];
        printable += isprint(c) || c == '\r' || c == '\n' || c == '\t';
    }
    return loader->stray_size >= LEAST_TEXT &&
           printable * 10 >= loader->stray_size * 9;
}

/* "boot mode:(3,6)": the first number is what the strap pins said. */
static bool find_boot_mode(struct ota_loader *loader, unsigned *straps)
{
    static const char mark[] = "boot mode:(";
    const char *at =
        memmem(loader->stray, loader->stray_size, mark, sizeof(mark) - 1);
    char text[8] = {0};
    if (!at)
        return false;
    size_t left = loader->stray_size - (size_t)(at - loader->stray);
    size_t size = left - (sizeof(mark) - 1);
    memcpy(text, at + sizeof(mark) - 1,
           size < sizeof(text) - 1 ? size : sizeof(text) - 1);
    unsigned mode;
    if (sscanf(text, "%u,%u)", straps, &mode) != 2)
        return false;
    snprintf(loader->detail, sizeof(loader->detail), "boot mode:(%u,%u)",
             *straps, mode);
    return true;
}

/* Resets once more at the speed of the ROM's messages, to read them. */
static void hear_the_rom(struct ota_loader *loader, enum ota_loader_reset how)
{
    struct ota_port *port = loader->port;
    if (!loader->has_lines || !port->set_speed ||
        !port->set_speed(port->context, ROM_BAUD, NULL))
        return;
    size_t kept = loader->stray_size;
    char text[OTA_LOADER_STRAY];
    unsigned straps;
    memcpy(text, loader->stray, kept);
    loader->stray_size = 0;
    loader_discard(loader);
    reset(loader, how, 0);
    bool heard = loader_listen(loader, LISTEN_MS, NULL) &&
                 find_boot_mode(loader, &straps);
    if (!heard) {
        memcpy(loader->stray, text, kept);
        loader->stray_size = kept;
    }
    if (!port->set_speed(port->context, loader->baud, NULL))
        loader->has_lines = false; /* the port is gone; the next call says so */
}

static const char *how_it_was_reset(const struct ota_loader *loader,
                                    enum ota_loader_reset how)
{
    if (how == OTA_LOADER_RESET_NONE)
        return "it was not reset";
    return loader->has_lines ? NULL : "the port has no reset lines";
}

static bool diagnose(struct ota_loader *loader, enum ota_loader_reset how,
                     struct ota_error *err)
{
    unsigned straps;
    if (loader->has_echo)
        return ota_fail(err, OTA_E_LOADER_NOISE,
                        .detail = "what is sent comes back: TX and RX touch");
    if (find_boot_mode(loader, &straps))
        return straps == 1
                   ? ota_fail(err, OTA_E_LOADER_SILENT,
                              .detail = "the loader runs, but hears nothing: "
                                        "check the line to its RX")
                   : ota_fail(err, OTA_E_LOADER_BOOTS,
                              .detail = loader->detail);
    if (is_text(loader))
        return ota_fail(err, OTA_E_LOADER_BOOTS,
                        .detail = "the firmware prints text");
    if (loader->received == 0)
        return ota_fail(err, OTA_E_LOADER_SILENT,
                        .detail = how_it_was_reset(loader, how));
    return ota_fail(err, OTA_E_LOADER_NOISE,
                    .detail = how_it_was_reset(loader, how));
}

/* --- in and out --- */

bool ota_loader_connect(struct ota_loader *loader, enum ota_loader_reset how,
                        uint32_t attempts, struct ota_error *err)
{
    struct ota_error own;
    err = err ? err : &own;
    loader->stray_size = loader->received = 0;
    loader->has_echo = false;
    for (uint32_t i = 0; i < attempts; i++) {
        loader_discard(loader);
        reset(loader, how, i);
        if (ota_loader_sync(loader, err))
            return true;
        if (err->code == OTA_E_SERIAL_LOST)
            return false;
    }
    hear_the_rom(loader, how);
    return diagnose(loader, how, err);
}

void ota_loader_restart(struct ota_loader *loader)
{
    struct ota_error err;
    struct ota_loader_request leave = {
        .command = OTA_LOADER_FLASH_END,
        .words = {0},
        .word_count = 1,
        .timeout_ms = SLOW_MS,
    };
    if (WALK(loader, restart, STRAP_MS))
        return;
    /* Whether it answers before it restarts is its own affair. */
    if (ota_loader_attach(loader, &err) &&
        ota_loader_ask(loader, &leave, NULL, NULL, &err))
        return;
}

/* --- the stub --- */

static bool load_segment(struct ota_loader *loader, uint32_t address,
                         const uint8_t *data, uint32_t size,
                         struct ota_error *err)
{
    uint32_t count = (size + OTA_LOADER_BLOCK_RAM - 1) / OTA_LOADER_BLOCK_RAM;
    struct ota_loader_request begin = {
        .command = OTA_LOADER_MEM_BEGIN,
        .words = {size, count, OTA_LOADER_BLOCK_RAM, address},
        .word_count = 4,
        .timeout_ms = LOADER_PROMPT_MS,
    };
    bool ok = ota_loader_ask(loader, &begin, NULL, NULL, err);
    for (uint32_t i = 0; ok && i < count; i++) {
        uint32_t at = i * OTA_LOADER_BLOCK_RAM;
        uint32_t step =
            size - at < OTA_LOADER_BLOCK_RAM ? size - at : OTA_LOADER_BLOCK_RAM;
        struct ota_loader_request block = {
            .command = OTA_LOADER_MEM_DATA,
            .words = {step, i, 0, 0},
            .word_count = 4,
            .data = data + at,
            .size = step,
            .timeout_ms = LOADER_PROMPT_MS,
        };
        ok = ota_loader_ask(loader, &block, NULL, NULL, err);
    }
    return ok;
}

/* The stub may greet before the ROM's answer is out, or that may be lost in
 * the change: only the greeting counts. */
static bool start_stub(struct ota_loader *loader, uint32_t entry,
                       struct ota_error *err)
{
    static const char greeting[] = "OHAI";
    struct ota_port *port = loader->port;
    struct ota_loader_request run = {
        .command = OTA_LOADER_MEM_END,
        .words = {0, entry},
        .word_count = 2,
    };
    if (!loader_request(loader, &run, err))
        return false;
    uint64_t end = port->now_ms(port->context) + GREETING_MS;
    while (loader_frame(loader, end, err))
        if (loader->slip.size == sizeof(greeting) - 1 &&
            memcmp(loader->frame, greeting, sizeof(greeting) - 1) == 0)
            return true;
    return false;
}

static bool load_and_start(struct ota_loader *loader, const uint8_t *data,
                           const struct ota_image *image, struct ota_error *err)
{
    for (uint8_t i = 0; i < image->segment_count; i++) {
        const struct ota_image_segment *segment = &image->segments[i];
        if (segment->size > 0 &&
            !load_segment(loader, segment->address, data + segment->offset,
                          segment->size, err))
            return false;
    }
    return start_stub(loader, image->entry, err);
}

bool ota_loader_run_stub(struct ota_loader *loader, const uint8_t *data,
                         size_t size, struct ota_error *err)
{
    struct ota_error own;
    err = err ? err : &own;
    struct ota_image image;
    struct ota_source source = ota_source_memory(data, size);
    enum { TRIES = 2 };
    if (!ota_image_verify(&image, &source, 0, err))
        return false;
    for (int i = 0; i < TRIES && !loader->is_stub; i++) {
        if (load_and_start(loader, data, &image, err)) {
            loader->is_stub = true;
            return true;
        }
        if (err->code == OTA_E_SERIAL_LOST || !ota_loader_sync(loader, err))
            break;
    }
    if (loader->is_stub)
        return true;
    return err->code == OTA_E_SERIAL_LOST
               ? false
               : ota_fail(err, OTA_E_LOADER_STUB,
                          .detail = err->code == OTA_E_LOADER_REFUSED
                                        ? err->detail
                                        : NULL);
}

bool ota_loader_change_baud(struct ota_loader *loader, uint32_t baud,
                            struct ota_error *err)
{
    struct ota_error own;
    err = err ? err : &own;
    struct ota_port *port = loader->port;
    uint32_t old = loader->baud;
    struct ota_loader_request change = {
        .command = OTA_LOADER_CHANGE_BAUD,
        .words = {baud, old},
        .word_count = 2,
        .timeout_ms = LOADER_PROMPT_MS,
    };
    if (!port->set_speed || baud == old)
        return true;
    /* Where the answer is lost, the change may have happened: the new speed
     * is tried in any case. */
    struct ota_error ignored;
    if (!ota_loader_ask(loader, &change, NULL, NULL, &ignored) &&
        ignored.code == OTA_E_SERIAL_LOST)
        return ota_error_set(err, ignored);
    if (!port->set_speed(port->context, baud, err))
        return false;
    port->wait_ms(port->context, STRAP_MS);
    loader->baud = baud;
    if (ota_loader_sync(loader, err))
        return true;
    loader->baud = old;
    if (err->code == OTA_E_SERIAL_LOST ||
        !port->set_speed(port->context, old, err))
        return false;
    return ota_fail(err, OTA_E_LOADER_BAUD, .actual = baud);
}
