/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sample app: says which version of it runs and in which slot, then lets
 * the update client look for another one.
 *
 * Settings: server, port, path; timeout in ms; attempts; rounds, how often it
 * asks anew after it had to give up; trial=1, to start what is new on trial.
 */
#include "app/version.h"
#include "chip/chip_flash.h"
#include "chip/rom.h"
#include "otatool/partition_table.h"
#include "port.h"
#include <string.h>

enum {
    SMALLEST_FLASH = 0x100000,
    DEFAULT_PORT = 8070,
    ROUND_MS = 60000,
    END_UP_TO_DATE = 0,
    END_FAILED = 1,
    END_NO_LAYOUT = 3,
};

/* The names of errors are otatool's; its documentation has the words. */
static const char *const error_names[] = {
#define NAME(id, name) [OTA_E_##id] = (name),
    OTA_CODES(NAME)
#undef NAME
};

static void say_error(const struct ota_error *err)
{
    ets_printf("[app] error %s: %s at 0x%x, 0x%x for 0x%x\n",
               error_names[err->code] ? error_names[err->code] : "",
               err->part ? err->part : "flash", (unsigned int)err->offset,
               (unsigned int)err->actual, (unsigned int)err->expected);
}

/* NULL: not shown, %u: the value. */
static const char *words_for(enum agent_step step, uint32_t value)
{
    enum { SHOWN_BYTES = 16 * 1024 };
    static const char *const words[] = {
        [AGENT_ASKS] = "asking the server",
        [AGENT_FOUND] = "there is something new, %u bytes",
        [AGENT_RESUMES] = "going on, %u bytes are here already",
        [AGENT_PROGRESS] = "written %u bytes",
        [AGENT_RETRIES] = "trying again after %u ms",
        [AGENT_STARTS_OVER] = "starting over",
        [AGENT_CHECKS] = "checking what the flash holds",
        [AGENT_CONFIRMED] = "this version is confirmed",
        [AGENT_SWITCHED] = "from now on starts ota_%u",
        [AGENT_REFUSED] = "refused, nothing changed",
    };
    return step == AGENT_PROGRESS && value % SHOWN_BYTES != 0 ? NULL
                                                              : words[step];
}

static void tell(void *context, enum agent_step step, uint32_t value,
                 const struct ota_error *error)
{
    const char *words = words_for(step, value);
    (void)context;
    if (!words)
        return;
    ets_printf("[app] ");
    ets_printf(words, (unsigned int)value);
    ets_printf("\n");
    if (error)
        say_error(error);
}

static const struct agent_report report = {.tell = tell};

/* The table lies in a sector before the first app; the bootloader, of which
 * nobody tells the end, before that. */
static bool find_layout(struct agent_layout *layout,
                        const struct ota_flash *flash, uint32_t running,
                        struct ota_error *err)
{
    static const uint32_t places[] = {0x5000, 0x8000, 0x4000, 0x6000, 0x7000};
    for (unsigned int i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (agent_layout_read(layout, flash, places[i], running, err))
            return true;
    return false;
}

static enum agent_result update(const struct ota_flash *flash, uint32_t running,
                                struct ota_error *err)
{
    struct agent agent = {
        .net = &port_net,
        .flash = flash,
        .clock = &port_clock,
        .sha256 = &port_sha256,
        .report = &report,
        .host = port_setting("server"),
        .port = (uint16_t)port_number("port", DEFAULT_PORT),
        .path = port_setting("path"),
        .timeout_ms = port_number("timeout", 0),
        .most_attempts = port_number("attempts", 0),
        .on_trial = port_number("trial", 0) != 0,
        .confirms = app_confirms,
    };
    if (!find_layout(&agent.layout, flash, running, err)) {
        say_error(err);
        port_end(END_NO_LAYOUT);
    }
    return agent_run(&agent, err);
}

/* The app lives on with what it has, and asks again later. */
static void ask(const struct ota_flash *flash, uint32_t running)
{
    struct ota_error err;
    switch (update(flash, running, &err)) {
    case AGENT_UPDATED:
        ets_printf("[app] restarting\n");
        port_restart();
    case AGENT_UP_TO_DATE:
        ets_printf("[app] up to date\n");
        port_end(END_UP_TO_DATE);
    default:
        say_error(&err);
        ets_printf("[app] asking again in a minute\n");
        port_clock.sleep_ms(port_clock.context, ROUND_MS);
    }
}

void app_main(uint32_t offset)
{
    struct ota_flash flash;
    ets_printf("[app] version %s, at 0x%x\n", app_version,
               (unsigned int)offset);
    port_start();
    if (!port_setting("server") || !port_setting("path"))
        port_end(END_UP_TO_DATE);
    chip_flash_open(&flash, SMALLEST_FLASH);
    for (uint32_t left = port_number("rounds", 1); left > 0; left--)
        ask(&flash, offset);
    port_end(END_FAILED);
}
