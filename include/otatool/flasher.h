/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device on a serial port: what it is, and what its flash holds and shall
 * hold.
 *
 * Everything here takes a bad line for granted: a step that fails is tried
 * again after synchronising anew, or after another reset where the port can
 * do that, as long as there is hope; what was written is compared before it
 * counts.
 */
#ifndef OTATOOL_FLASHER_H
#define OTATOOL_FLASHER_H

#include "otatool/flash_plan.h"
#include "otatool/loader.h"
#include "otatool/otadata.h"
#include "otatool/source.h"

enum { OTA_FLASHER_MAC = 6 };

enum ota_flasher_stage {
    OTA_FLASHER_COMPARING,
    OTA_FLASHER_ERASING,
    OTA_FLASHER_WRITING,
    OTA_FLASHER_READING,
};

struct ota_flasher_options {
    enum ota_loader_reset reset;
    uint32_t attempts;   /* to connect */
    uint32_t baud;       /* once the stub runs */
    const uint8_t *stub; /* its image; NULL: the ROM alone. Borrowed */
    size_t stub_size;
    /* Called as work goes on, in bytes; may be NULL. */
    void (*progress)(void *context, enum ota_flasher_stage stage, uint32_t done,
                     uint32_t total);
    void *context;
};

struct ota_chip {
    uint32_t id; /* as the SDK's system_get_chip_id() */
    uint8_t mac[OTA_FLASHER_MAC];
    bool has_mac;
    bool is_esp8285;     /* with flash inside */
    uint32_t flash_id;   /* maker, kind, size as a power of 2 */
    uint32_t flash_size; /* bytes */
};

struct ota_flasher {
    struct ota_flasher_options options;
    struct ota_loader loader;
    struct ota_port port;
    struct ota_chip chip;
    uint32_t recoveries; /* times the line had to be set up anew */
    uint32_t refusals;   /* of the stub, or of the speed */
};

/*
 * Connects through port, which it takes over even where it fails: the caller
 * closes. Checks that it is an ESP8266 with a flash chip that answers, starts
 * the stub and raises the speed. The struct is large (10 KB).
 */
OTA_CHECKED bool ota_flasher_open(struct ota_flasher *flasher,
                                  struct ota_port *port,
                                  const struct ota_flasher_options *options,
                                  struct ota_error *err);

/* Closes the port; before that starts what is in flash, or leaves the loader
 * at the speed at which the next one will look for it. */
void ota_flasher_close(struct ota_flasher *flasher, bool restarts);

struct ota_flasher_job {
    bool is_full;        /* write what is there already, too */
    bool erase_all;      /* before */
    bool is_guarded;     /* compare what lies outside of the parts, too */
    const char *journal; /* a folder, or NULL: none; see below */
};

struct ota_flasher_result {
    uint32_t written; /* bytes that differed, whole sectors */
    uint32_t same;    /* bytes that did not */
    uint32_t resumed; /* bytes the journal knew of */
};

/*
 * Makes the flash hold a sealed plan that fits it: compares, erases and
 * writes the sectors that differ, and compares again. What an interrupted
 * job has done is found so by the next one; a full or erasing one keeps a
 * journal of that, which is gone when the job is done.
 */
OTA_CHECKED bool ota_flasher_write(struct ota_flasher *flasher,
                                   const struct ota_flash_plan *plan,
                                   const struct ota_flasher_job *job,
                                   struct ota_flasher_result *result,
                                   struct ota_error *err);

/* Compares. Fails with OTA_E_FLASH_DIFFERS at the first sector that does. */
OTA_CHECKED bool ota_flasher_verify(struct ota_flasher *flasher,
                                    const struct ota_flash_plan *plan,
                                    struct ota_error *err);

/* Any offset and size within the flash. */
OTA_CHECKED bool ota_flasher_read(struct ota_flasher *flasher, uint32_t offset,
                                  uint8_t *data, uint32_t size,
                                  struct ota_error *err);

/* Whole sectors, and checks that they are blank. */
OTA_CHECKED bool ota_flasher_erase(struct ota_flasher *flasher, uint32_t offset,
                                   uint32_t size, struct ota_error *err);

/* The flash as a source that reads each sector once, when it is needed. */
struct ota_flasher_mirror {
    struct ota_flasher *flasher; /* borrowed */
    uint8_t *data;               /* of the whole flash; owned */
    bool *is_known;              /* by sector; owned */
};

OTA_CHECKED bool ota_flasher_mirror_init(struct ota_flasher_mirror *mirror,
                                         struct ota_flasher *flasher,
                                         struct ota_error *err);
void ota_flasher_mirror_release(struct ota_flasher_mirror *mirror);
struct ota_source ota_flasher_source(const struct ota_flasher_mirror *mirror);

/* Reads the device's partition table, where a bootloader looks for it. */
OTA_CHECKED bool ota_flasher_table(struct ota_flasher *flasher,
                                   struct ota_partition_table *table,
                                   uint32_t *offset, struct ota_error *err);

/* An entry by name; fails with OTA_E_PARTITION_UNKNOWN. */
OTA_CHECKED bool ota_flasher_partition(struct ota_flasher *flasher,
                                       const char *name,
                                       struct ota_partition *partition,
                                       struct ota_error *err);

/* The device's table, and the otadata that it names. */
struct ota_flasher_otadata {
    struct ota_partition_table table;
    uint32_t offset; /* in flash */
    uint8_t bytes[OTA_OTADATA_SIZE];
    struct ota_otadata otadata;
};

/* Fails with OTA_E_OTADATA_NO_PARTITION where the table has none. */
OTA_CHECKED bool ota_flasher_otadata(struct ota_flasher *flasher,
                                     struct ota_flasher_otadata *found,
                                     struct ota_error *err);

/*
 * Makes the bootloader start an OTA slot; *is_changed tells whether it would
 * have started something else. Without otadata there is no choice, and
 * nothing is done.
 */
OTA_CHECKED bool ota_flasher_start_slot(struct ota_flasher *flasher,
                                        uint32_t slot, bool *is_changed,
                                        struct ota_error *err);

#endif
