/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the loader share. */
#ifndef OTATOOL_FLASHER_LOADER_PARTS_H
#define OTATOOL_FLASHER_LOADER_PARTS_H

#include "otatool/loader.h"

enum {
    LOADER_START_BAUD = 115200, /* the ROM measures the speed */
    LOADER_PROMPT_MS = 3000,    /* of what is done at once */
};

static inline uint32_t minimum(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Time for work that grows with size, at the pace of the slowest chips:
 * erasing and writing 40 s a megabyte, a digest 8 s. */
static inline uint32_t loader_write_ms(uint32_t size)
{
    return LOADER_PROMPT_MS + size / 25;
}

static inline uint32_t loader_digest_ms(uint32_t size)
{
    return LOADER_PROMPT_MS + size / 125;
}

/* The longest that so many bytes are on the line. */
uint32_t loader_line_ms(const struct ota_loader *loader, size_t size);

/* Forgets what has arrived, half a frame too. */
void loader_discard(struct ota_loader *loader);

/* Waits up to the time end for a frame: loader->slip.size bytes in
 * loader->frame. */
OTA_CHECKED bool loader_frame(struct ota_loader *loader, uint64_t end,
                              struct ota_error *err);

/* Hears for a while, to see what comes outside of frames. */
OTA_CHECKED bool loader_listen(struct ota_loader *loader, uint32_t ms,
                               struct ota_error *err);

/* Sends data as a frame. */
OTA_CHECKED bool loader_send(struct ota_loader *loader, const uint8_t *data,
                             size_t size, struct ota_error *err);

/* Sends a request; its answer is not awaited. */
OTA_CHECKED bool loader_request(struct ota_loader *loader,
                                const struct ota_loader_request *request,
                                struct ota_error *err);

#endif
