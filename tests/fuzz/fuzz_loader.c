/* SPDX-License-Identifier: Apache-2.0 */
/* A device that answers with any bytes is no success, and ends. */
#include "otatool/flasher.h"
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct babble {
    const uint8_t *data;
    size_t size;
    size_t at;
    uint64_t now_ms;
};

static bool read_babble(void *context, void *data, size_t size,
                        uint32_t timeout_ms, size_t *got, struct ota_error *err)
{
    (void)err;
    struct babble *babble = context;
    size_t left = babble->size - babble->at;
    *got = left < size ? left : size;
    if (*got > 100)
        *got = 100;
    memcpy(data, babble->data + babble->at, *got);
    babble->at += *got;
    babble->now_ms += *got ? 0 : timeout_ms;
    return true;
}

static bool write_nothing(void *context, const void *data, size_t size,
                          struct ota_error *err)
{
    (void)context;
    (void)data;
    (void)size;
    (void)err;
    return true;
}

static void discard(void *context)
{
    (void)context;
}

static bool set_lines(void *context, bool dtr, bool rts)
{
    (void)context;
    (void)dtr;
    (void)rts;
    return false;
}

static uint64_t now_ms(void *context)
{
    struct babble *babble = context;
    return babble->now_ms;
}

static void wait_ms(void *context, uint32_t ms)
{
    struct babble *babble = context;
    babble->now_ms += ms;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct babble babble = {.data = data, .size = size};
    struct ota_port port = {
        .name = "babble",
        .context = &babble,
        .read = read_babble,
        .write = write_nothing,
        .discard = discard,
        .set_lines = set_lines,
        .now_ms = now_ms,
        .wait_ms = wait_ms,
        .close = discard,
    };
    struct ota_flasher_options options = {.attempts = 2};
    struct ota_flasher *flasher = malloc(sizeof(*flasher));
    struct ota_error err = {0};
    if (!flasher)
        abort();
    bool ok = ota_flasher_open(flasher, &port, &options, &err);
    if (ok ? flasher->chip.flash_size == 0 : err.code == OTA_OK)
        abort();
    ota_flasher_close(flasher, false);
    free(flasher);
    return 0;
}
