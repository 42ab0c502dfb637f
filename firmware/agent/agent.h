/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The update client of a device on the new SDK.
 *
 * A portable engine: the network, the flash, the clock and SHA-256 are small
 * tables of functions that a port fills in. It asks a server for a file by
 * byte ranges, takes only the app out of it, writes that to the free OTA
 * slot sector by sector, goes on where it was after dropped connections and
 * after reboots, checks what the flash holds then, and only then lets
 * otadata name the new slot.
 *
 * The file may be an app, the pair of apps that `make ota` joins for 1 MB
 * flashes, or a v2_to_v3 pack, whose prefix is skipped.
 */
#ifndef OTATOOL_AGENT_H
#define OTATOOL_AGENT_H

#include "otatool/flash.h"
#include "otatool/partition_table.h"

enum {
    AGENT_TEXT_SIZE = 128,    /* of a host or a path, with its end */
    AGENT_ETAG_SIZE = 68,     /* longest validator that is remembered */
    AGENT_HEADER_SIZE = 1024, /* longest header of an answer */
};

#define AGENT_NO_SLOT 0xffffffffu /* index of the factory app */

/* One TCP connection at a time. */
struct agent_net {
    /* False (err: OTA_E_CONNECT) when there is no connection in time. */
    bool (*open)(void *context, const char *host, uint16_t port,
                 uint32_t timeout_ms, struct ota_error *err);
    /* All of data, or false (OTA_E_CUT_OFF). */
    bool (*send)(void *context, const void *data, uint32_t size,
                 struct ota_error *err);
    /* Waits for at least a byte: *got is 1 to size; 0 when the peer ended.
     * False (OTA_E_TIMEOUT, OTA_E_CUT_OFF) else. */
    bool (*receive)(void *context, void *data, uint32_t size,
                    uint32_t timeout_ms, uint32_t *got, struct ota_error *err);
    /* Also after a failure; may be called twice. */
    void (*close)(void *context);
    void *context;
};

struct agent_clock {
    uint32_t (*now_ms)(void *context); /* wraps around */
    void (*sleep_ms)(void *context, uint32_t ms);
    uint32_t (*random)(void *context); /* spreads the retries of a fleet */
    void *context;
};

/* SHA-256; the state is the port's. */
struct agent_sha256 {
    void (*start)(void *context);
    void (*update)(void *context, const void *data, uint32_t size);
    void (*finish)(void *context, uint8_t digest[32]);
    void *context;
};

/* Where the device's things lie, all in bytes of flash. */
struct agent_layout {
    uint32_t running;       /* the slot of the app that runs */
    uint32_t running_size;  /* size of that slot */
    uint32_t running_index; /* its number, or AGENT_NO_SLOT */
    uint32_t target;        /* the slot to write */
    uint32_t target_size;
    uint32_t target_index; /* its number: ota_<index> */
    uint32_t slots;        /* OTA slots in the table */
    uint32_t ota_0;        /* offset of slot 0: where packs have their app */
    uint32_t ota_0_size;
    uint32_t otadata; /* offset of the otadata partition */
    /* Whether the bootloader copies an app that is linked for ota_0 from the
     * target down to there. Ours does; for one that does not, clear it. */
    bool bootloader_copies;
};

/* What happens, for the console. */
enum agent_step {
    AGENT_ASKS,        /* value: 0 */
    AGENT_FOUND,       /* value: bytes to take */
    AGENT_RESUMES,     /* value: bytes already there */
    AGENT_PROGRESS,    /* value: bytes written so far; after each sector */
    AGENT_RETRIES,     /* value: milliseconds until then; error: why */
    AGENT_STARTS_OVER, /* the file changed; error: why */
    AGENT_CHECKS,      /* the whole is in flash */
    AGENT_CONFIRMED,   /* the app that runs is no longer on trial */
    AGENT_SWITCHED,    /* value: number of the slot */
    AGENT_REFUSED,     /* error: the last reason; nothing was switched */
};

struct agent_report {
    void (*tell)(void *context, enum agent_step step, uint32_t value,
                 const struct ota_error *error);
    void *context;
};

struct agent {
    const struct agent_net *net;
    const struct ota_flash *flash;
    const struct agent_clock *clock;
    const struct agent_sha256 *sha256;
    const struct agent_report *report;
    struct agent_layout layout;
    const char *host; /* name or address, shorter than AGENT_TEXT_SIZE */
    uint16_t port;
    const char *path;       /* "/app.bin", shorter than AGENT_TEXT_SIZE */
    uint32_t timeout_ms;    /* of one wait for the network; 0: 10 s */
    uint32_t most_attempts; /* failures in a row without a new byte; 0: 8 */
    /* New apps start on trial (trial.h). The bootloader must be ours, or the
     * app stays as if there was no trial. */
    bool on_trial;
    /* The app that runs is good as soon as the server has made an offer. An
     * app that wants more calls ota_trial_confirm itself, and until then
     * there is no update. */
    bool confirms;
};

enum agent_result {
    AGENT_FAILED,     /* *err tells why; the device is as it was */
    AGENT_UP_TO_DATE, /* the server has what runs */
    AGENT_UPDATED,    /* otadata names the new slot: restart */
};

/*
 * Reads the layout out of the partition table at table_offset. running is
 * the slot of the app that asks. The target is the next OTA slot: from ota_0
 * where the bootloader copies (one flash window for two slots), that is ota_1.
 * Fails with OTA_E_UPDATE_SLOT where there is nothing to write. Needs 5 KB of
 * stack.
 */
OTA_CHECKED bool agent_layout_read(struct agent_layout *layout,
                                   const struct ota_flash *flash,
                                   uint32_t table_offset, uint32_t running,
                                   struct ota_error *err);

/*
 * Asks once and updates if there is something new. Blocks: failures that may
 * pass are tried again, later and later, most_attempts times in a row; then
 * *err is OTA_E_UPDATE_GIVEN_UP, and AGENT_REFUSED told the last reason. Other
 * failures end it at once with the reason in *err. Needs 7 KB of stack beside
 * what the functions of its tables need; allocates nothing.
 */
enum agent_result agent_run(const struct agent *agent, struct ota_error *err);

#endif
