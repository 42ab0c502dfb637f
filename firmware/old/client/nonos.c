/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The client of the NonOS SDKs: HEAD on one connection, erasing, GET on a
 * second one. It sees a segment as a string, which ends at the first NUL,
 * and searches that. (upgrade library of 2.0.0, 2.2.1 and 3.0.6)
 */
#include "old/client/client.h"
#include <string.h>

enum {
    CONNECT_MS = 10000,
    CLOSE_MS = 10,     /* from a known length to the end of HEAD */
    MOST_ERASES = 240, /* its queue */
    LENGTH_ROOM = 32,  /* its buffer on the stack for the number */
    CRC_SIZE = 4,
};

static const char blank_line[] = "\r\n\r\n";

struct download {
    struct old_run *run;
    struct old_request get;
    struct old_writer writer;
    uint32_t length; /* by the last header seen */
    uint32_t received;
    bool has_header;
};

static const char *text_of(const struct download *download)
{
    return (const char *)download->run->client->segment;
}

static bool is_late(const struct download *download)
{
    return download->run->client->kind == OTA_CLIENT_N30;
}

/* --- headers ------------------------------------------------------------ */

enum header { NO_HEADER, HEADER, BAD_LENGTH, STACK_OVERRUN };

/* The status line plays no part. */
static enum header find_length(struct download *download)
{
    const char *text = text_of(download);
    if (!strstr(text, blank_line) || !strstr(text, "Content-Length"))
        return NO_HEADER;
    const char *value = strstr(text, "Content-Length: ");
    if (!value)
        return BAD_LENGTH;
    value += strlen("Content-Length: ");
    const char *end = strstr(value, "\r\n");
    if (!end)
        return BAD_LENGTH;
    if (end - value >= LENGTH_ROOM)
        return STACK_OVERRUN;
    download->length = old_number(value);
    return HEADER;
}

/* How 3.x knows a header that has not come as a whole. It asks that of all
 * segments. */
static bool looks_like_status(const struct download *download)
{
    return is_late(download) && strstr(text_of(download), "200 OK\r\n");
}

/* --- the first connection ------------------------------------------------ */

/* What is no header makes it ask again on the same connection, this time for
 * the body: the header of that has a length too. */
static void ask_again(struct download *download)
{
    if (looks_like_status(download))
        return;
    old_run_tell(download->run, "no length for HEAD, asks with GET", 0);
    old_run_send(download->run, &download->get);
}

/* The connection lives on for a moment, and what comes counts. */
static void linger(struct download *download)
{
    struct old_run *run = download->run;
    const struct agent_clock *clock = run->client->clock;
    uint32_t start = clock->now_ms(clock->context);
    uint32_t length = download->length;
    uint32_t gone = 0;
    while (gone < CLOSE_MS &&
           old_run_receive(run, OLD_CLIENT_ROOM, CLOSE_MS - gone)) {
        if (find_length(download) == NO_HEADER)
            ask_again(download);
        gone = clock->now_ms(clock->context) - start;
    }
    download->length = length;
}

static enum old_client_result ask_length(struct download *download)
{
    struct old_run *run = download->run;
    while (old_run_receive(run, OLD_CLIENT_ROOM, UINT32_MAX))
        switch (find_length(download)) {
        case HEADER:
            return OLD_CLIENT_DONE;
        case BAD_LENGTH:
            return old_run_wait_out(run);
        case STACK_OVERRUN:
            return OLD_CLIENT_CRASHED;
        case NO_HEADER:
            ask_again(download);
        }
    return old_run_wait_out(run);
}

static enum old_client_result ask_head(struct download *download)
{
    struct old_run *run = download->run;
    struct old_request head;
    uint32_t left = old_run_left_ms(run);
    if (!old_request_as_head(&head, &download->get))
        return OLD_CLIENT_CRASHED;
    if (!old_run_connect(run, left < CONNECT_MS ? left : CONNECT_MS))
        return old_run_wait_out(run);
    old_run_send(run, &head);
    enum old_client_result result = ask_length(download);
    if (result == OLD_CLIENT_DONE)
        linger(download);
    old_run_close(run);
    return result;
}

static enum old_client_result make_room(struct download *download)
{
    struct old_run *run = download->run;
    uint32_t length = download->length;
    uint32_t sectors = (length + OTA_SECTOR_SIZE - 1) / OTA_SECTOR_SIZE;
    uint32_t counted = is_late(download) ? length : sectors * OTA_SECTOR_SIZE;
    if (length == 0)
        return OLD_CLIENT_NO_LENGTH;
    if (counted > run->slot.size)
        return OLD_CLIENT_TOO_LARGE;
    if (sectors > MOST_ERASES || !old_run_erase(run, length))
        return old_run_wait_out(run);
    return OLD_CLIENT_DONE;
}

/* --- the second connection ----------------------------------------------- */

/* E9 with 3 segments or EA 04, and the number of the slot: of whatever came
 * with the header. */
static bool first_bytes_fit(const struct download *download,
                            const uint8_t *body)
{
    bool is_known =
        (body[0] == 0xe9 && body[1] == 3) || (body[0] == 0xea && body[1] == 4);
    return is_known && body[3] == (download->run->client->running == 1 ? 2 : 1);
}

static bool is_crc_right(const struct download *download, uint32_t last_size)
{
    const struct old_run *run = download->run;
    const uint8_t *stored = run->client->segment + run->got - CRC_SIZE;
    /* It takes the last word of the segment, body or not. */
    if (last_size < CRC_SIZE)
        return false;
    uint32_t crc = old_slot_crc(run->client->flash, run->slot.start,
                                download->length - CRC_SIZE);
    return crc == ((uint32_t)stored[0] | (uint32_t)stored[1] << 8 |
                   (uint32_t)stored[2] << 16 | (uint32_t)stored[3] << 24);
}

/* OLD_CLIENT_RESULTS: goes on. */
static enum old_client_result take_body(struct download *download,
                                        const uint8_t *body, uint32_t size)
{
    old_writer_put(&download->writer, body, size);
    download->received += size;
    if (download->received != download->length)
        return OLD_CLIENT_RESULTS;
    return is_crc_right(download, size) ? OLD_CLIENT_DONE : OLD_CLIENT_CRC;
}

static enum old_client_result take_header(struct download *download)
{
    struct old_run *run = download->run;
    const char *text = text_of(download);
    const char *end = strstr(text, blank_line) + strlen(blank_line);
    uint32_t size = run->got - (uint32_t)(end - text);
    download->has_header = true;
    old_run_tell(run, "length", download->length);
    if (size == 0)
        return OLD_CLIENT_RESULTS;
    if (!first_bytes_fit(download, (const uint8_t *)end))
        return OLD_CLIENT_REFUSED;
    /* A file that is all here is looked for in the wrong place. */
    enum old_client_result result =
        take_body(download, (const uint8_t *)end, size);
    return result == OLD_CLIENT_DONE ? OLD_CLIENT_CRC : result;
}

static enum old_client_result take_segment(struct download *download)
{
    struct old_run *run = download->run;
    bool is_first =
        run->client->kind == OTA_CLIENT_N30 || download->received == 0;
    if (!download->has_header && is_first)
        switch (find_length(download)) {
        case HEADER:
            return take_header(download);
        case BAD_LENGTH:
            return old_run_wait_out(run);
        case STACK_OVERRUN:
            return OLD_CLIENT_CRASHED;
        case NO_HEADER:
            break;
        }
    if (looks_like_status(download)) {
        old_run_tell(run, "takes a segment for a header, bytes", run->got);
        return OLD_CLIENT_RESULTS;
    }
    return take_body(download, run->client->segment, run->got);
}

static enum old_client_result fetch(struct download *download)
{
    struct old_run *run = download->run;
    if (!old_run_connect(run, old_run_left_ms(run)))
        return old_run_wait_out(run);
    old_run_send(run, &download->get);
    while (old_run_receive(run, OLD_CLIENT_ROOM, UINT32_MAX)) {
        enum old_client_result result = take_segment(download);
        if (result != OLD_CLIENT_RESULTS)
            return result;
    }
    return old_run_wait_out(run);
}

enum old_client_result old_nonos_run(struct old_run *run)
{
    struct download download = {
        .run = run,
        .writer = {.flash = run->client->flash,
                   .slot = run->slot,
                   .at = run->slot.start},
    };
    if (!old_request_build(&download.get, run->client))
        return OLD_CLIENT_CRASHED;
    enum old_client_result result = ask_head(&download);
    if (result == OLD_CLIENT_DONE)
        result = make_room(&download);
    return result == OLD_CLIENT_DONE ? fetch(&download) : result;
}
