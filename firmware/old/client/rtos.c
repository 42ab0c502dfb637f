/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The example client of the RTOS SDK 2.1: one GET, read as a stream. A
 * header it does not like ends its task, a lost connection the device.
 * (ota_demo of the RTOS SDK 2.1, read)
 */
#include "old/client/client.h"
#include <string.h>

enum { READ_SIZE = 1460, CRC_SIZE = 4 };

struct stream {
    struct old_run *run;
    struct old_writer writer;
    uint32_t length;
    uint32_t received;
    bool has_length;
    bool has_type;
};

static char *text_of(const struct stream *stream)
{
    return (char *)stream->run->client->segment;
}

static bool receive(struct stream *stream)
{
    return old_run_receive(stream->run, READ_SIZE, UINT32_MAX);
}

static void look_at_line(struct stream *stream, const char *line)
{
    static const char name[] = "Content-Length";
    const char *found = strstr(line, name);
    if (found && strlen(found) >= sizeof(name) + 1) {
        stream->length = old_number(found + sizeof(name) + 1);
        stream->has_length = true;
    }
    if (strstr(line, "application/octet-stream"))
        stream->has_type = true;
}

enum lines { MORE_LINES, BLANK_LINE, SPLIT_LINE };

/* Whole lines only; *at gets the offset of what follows them. */
static enum lines take_lines(struct stream *stream, uint32_t *at)
{
    char *line = text_of(stream);
    char *end;
    while ((end = strstr(line, "\r\n")) != NULL) {
        *end = '\0';
        look_at_line(stream, line);
        bool is_blank = end == line;
        line = end + 2;
        *at = (uint32_t)(line - text_of(stream));
        if (is_blank)
            return BLANK_LINE;
    }
    return *at == stream->run->got ? MORE_LINES : SPLIT_LINE;
}

/* *at: where the body begins in the last read. */
static enum old_client_result read_header(struct stream *stream, uint32_t *at)
{
    bool is_first = true;
    for (; receive(stream); is_first = false) {
        if (is_first && !strstr(text_of(stream), "200"))
            return OLD_CLIENT_REFUSED;
        *at = 0;
        switch (take_lines(stream, at)) {
        case BLANK_LINE:
            return stream->has_length && stream->has_type ? OLD_CLIENT_DONE
                                                          : OLD_CLIENT_REFUSED;
        case SPLIT_LINE:
            return OLD_CLIENT_REFUSED;
        case MORE_LINES:
            break;
        }
    }
    return OLD_CLIENT_CRASHED;
}

static void take_body(struct stream *stream, uint32_t at)
{
    const struct old_run *run = stream->run;
    uint32_t size = run->got - at;
    uint32_t left = stream->length - stream->received;
    if (size > left)
        size = left;
    old_writer_put(&stream->writer, run->client->segment + at, size);
    stream->received += size;
}

/* The last word out of flash: bytes behind the last whole word never got
 * there. */
static bool is_crc_right(const struct stream *stream)
{
    const struct old_run *run = stream->run;
    const struct ota_source source = ota_flash_source(run->client->flash);
    uint32_t end = stream->length - CRC_SIZE;
    uint8_t stored[CRC_SIZE];
    struct ota_error err;
    if (!ota_source_read(&source, run->slot.start + end, stored, CRC_SIZE,
                         &err))
        return false;
    return old_slot_crc(run->client->flash, run->slot.start, end) ==
           ((uint32_t)stored[0] | (uint32_t)stored[1] << 8 |
            (uint32_t)stored[2] << 16 | (uint32_t)stored[3] << 24);
}

static enum old_client_result fetch(struct stream *stream)
{
    struct old_run *run = stream->run;
    uint32_t at = 0;
    enum old_client_result result = read_header(stream, &at);
    if (result != OLD_CLIENT_DONE)
        return result;
    old_run_tell(run, "length", stream->length);
    if (stream->length <= CRC_SIZE)
        return OLD_CLIENT_NO_LENGTH;
    if (stream->length >= run->slot.size)
        return OLD_CLIENT_TOO_LARGE;
    if (!old_run_erase(run, stream->length))
        return OLD_CLIENT_TIMED_OUT;
    take_body(stream, at);
    while (stream->received < stream->length && receive(stream))
        take_body(stream, 0);
    if (stream->received < stream->length)
        return OLD_CLIENT_CRASHED;
    return is_crc_right(stream) ? OLD_CLIENT_DONE : OLD_CLIENT_CRC;
}

enum old_client_result old_rtos_run(struct old_run *run)
{
    struct old_request get;
    struct stream stream = {
        .run = run,
        .writer = {.flash = run->client->flash,
                   .slot = run->slot,
                   .at = run->slot.start},
    };
    if (!old_request_build(&get, run->client))
        return OLD_CLIENT_CRASHED;
    if (!old_run_connect(run, old_run_left_ms(run)))
        return old_run_wait_out(run);
    old_run_send(run, &get);
    return fetch(&stream);
}
