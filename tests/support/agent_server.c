/* SPDX-License-Identifier: Apache-2.0 */
#include "agent_server.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- answering ---------------------------------------------------------- */

static void say(struct agent_server *server, const char *text)
{
    size_t size = strlen(text);
    if (server->head_size + size >= AGENT_SERVER_TEXT)
        abort();
    memcpy(server->head + server->head_size, text, size);
    server->head_size += (uint32_t)size;
}

static void say_number(struct agent_server *server, const char *before,
                       int64_t number, const char *after)
{
    char text[32];
    snprintf(text, sizeof(text), "%lld", (long long)number);
    say(server, before);
    say(server, text);
    say(server, after);
}

static struct agent_server_file current_file(struct agent_server *server)
{
    struct agent_server_file file = server->file;
    if (server->other_from && server->requests >= server->other_from)
        file = server->other;
    if (server->changes) {
        snprintf(server->etag, sizeof(server->etag), "\"%u\"",
                 (unsigned int)server->requests);
        file.etag = server->etag;
    }
    return file;
}

static bool is_raw(const struct agent_server *server)
{
    return server->raw && server->requests >= server->raw_from &&
           server->requests < server->raw_from + server->raw_times;
}

static void say_fields(struct agent_server *server,
                       const struct agent_server_file *file, uint32_t length)
{
    if (!server->has_no_length)
        say_number(server,
                   "Content-Length: ", (int64_t)length + server->length_lie,
                   "\r\n");
    if (file->etag) {
        say(server, "ETag: ");
        say(server, file->etag);
        say(server, "\r\n");
    }
    if (file->modified) {
        say(server, "Last-Modified: ");
        say(server, file->modified);
        say(server, "\r\n");
    }
    if (server->more)
        say(server, server->more);
    if (server->closes)
        say(server, "Connection: close\r\n");
    say(server, "\r\n");
}

static void say_range(struct agent_server *server,
                      const struct agent_server_request *asked, uint32_t size)
{
    say_number(server, "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes ",
               (int64_t)asked->first + server->first_lie, "-");
    say_number(server, "", asked->last, "/");
    say_number(server, "", (int64_t)size + server->total_lie, "\r\n");
}

/* If-Range holds when it is the validator that the file has now. */
static bool condition_holds(const struct agent_server *server,
                            const struct agent_server_file *file)
{
    const char *condition = strstr(server->request, "\r\nIf-Range: ");
    const char *validator = file->etag ? file->etag : file->modified;
    if (!condition || server->ignores_if_range)
        return true;
    condition += strlen("\r\nIf-Range: ");
    return validator && strncmp(condition, validator, strlen(validator)) == 0 &&
           condition[strlen(validator)] == '\r';
}

static bool ignores_range(const struct agent_server *server)
{
    return server->ignores_ranges && server->requests >= server->ignores_from;
}

/* Bytes of a body of size that are not sent. */
static uint32_t missing(const struct agent_server *server, uint32_t size)
{
    uint32_t some = (uint32_t)server->short_body;
    if (server->requests < server->short_from)
        return 0;
    return some < size ? some : size;
}

static void answer(struct agent_server *server,
                   struct agent_server_request *asked)
{
    struct agent_server_file file = current_file(server);
    bool is_piece = condition_holds(server, &file) && !ignores_range(server);
    if (!is_piece) {
        asked->first = 0;
        asked->last = file.size - 1;
    }
    if (asked->last >= file.size)
        asked->last = file.size - 1;
    if (server->most_range && is_piece &&
        asked->last - asked->first >= server->most_range)
        asked->last = asked->first + server->most_range - 1;
    asked->status = !is_piece ? 200 : asked->first >= file.size ? 416 : 206;
    if (asked->status == 416) {
        say_number(server, "HTTP/1.1 416 Outside\r\nContent-Range: bytes */",
                   file.size, "\r\nContent-Length: 0\r\n\r\n");
        return;
    }
    if (asked->status == 206)
        say_range(server, asked, file.size);
    else
        say(server, "HTTP/1.1 200 OK\r\n");
    say_fields(server, &file, asked->last - asked->first + 1);
    server->serving = file;
    server->body_at = asked->first;
    server->body_end = asked->last + 1;
    server->body_end -= missing(server, server->body_end - server->body_at);
}

static void damage_head(struct agent_server *server)
{
    uint32_t bit = server->flip_bit - 1;
    server->damaged_size = server->head_size;
    if (server->flip_bit && bit / 8 < server->head_size)
        server->head[bit / 8] ^= (char)(1u << bit % 8);
    if (server->head_kept && server->head_kept - 1 < server->head_size)
        server->head_size = server->head_kept - 1;
    if (server->ends_after_head)
        server->body_end = server->body_at;
}

/* Whether the connection is closed behind the answer. */
static bool is_last(const struct agent_server *server)
{
    return server->closes || server->closes_silently ||
           missing(server, 1) > 0 || (is_raw(server) && server->ends_raw) ||
           (server->damaged == server->requests && server->ends_after_head);
}

static void handle_request(struct agent_server *server)
{
    static struct agent_server_request unlogged;
    struct agent_server_request *asked = &unlogged;
    if (server->requests < AGENT_SERVER_ASKED)
        asked = &server->asked[server->requests];
    const char *range = strstr(server->request, "\r\nRange: bytes=");
    memset(asked, 0, sizeof(*asked));
    server->requests++;
    server->head_size = server->head_at = 0;
    server->body_at = server->body_end = 0;
    if (!range || sscanf(range, "\r\nRange: bytes=%u-%u", &asked->first,
                         &asked->last) != 2)
        abort();
    asked->has_if_range = strstr(server->request, "\r\nIf-Range: ");
    if (is_raw(server))
        say(server, server->raw);
    else
        answer(server, asked);
    if (server->damaged == server->requests)
        damage_head(server);
    server->ends = is_last(server);
}

/* --- the network -------------------------------------------------------- */

static bool open_connection(void *context, const char *host, uint16_t port,
                            uint32_t timeout_ms, struct ota_error *err)
{
    struct agent_server *server = context;
    (void)host, (void)port;
    if (server->is_open)
        abort(); /* one at a time */
    if (server->refusals > 0) {
        server->refusals--;
        server->now_ms += timeout_ms;
        return ota_fail(err, OTA_E_CONNECT);
    }
    server->is_open = true;
    server->ends = false;
    server->connections++;
    server->sent = server->request_size = 0;
    server->head_size = server->head_at = 0;
    server->body_at = server->body_end = 0;
    return true;
}

static bool is_over(const struct agent_server *server)
{
    return server->most_bytes && server->sent >= server->most_bytes;
}

static bool has_queue(const struct agent_server *server)
{
    return server->head_at < server->head_size ||
           server->body_at < server->body_end;
}

static bool send_bytes(void *context, const void *data, uint32_t size,
                       struct ota_error *err)
{
    struct agent_server *server = context;
    if (!server->is_open)
        abort();
    if (is_over(server) || (server->ends && !has_queue(server)))
        return ota_fail(err, OTA_E_CUT_OFF);
    if (server->request_size + size >= AGENT_SERVER_TEXT)
        abort();
    memcpy(server->request + server->request_size, data, size);
    server->request_size += size;
    server->request[server->request_size] = '\0';
    if (strstr(server->request, "\r\n\r\n")) {
        handle_request(server);
        server->request_size = 0;
    }
    return true;
}

static uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Bytes that may go at once. */
static uint32_t allowance(const struct agent_server *server, uint32_t size)
{
    if (server->chunk)
        size = least(size, server->chunk);
    if (server->most_bytes)
        size = least(size, server->most_bytes - server->sent);
    if (server->silent_after)
        size = least(size, server->silent_after - server->sent);
    return size;
}

static uint32_t take_queue(struct agent_server *server, uint8_t *data,
                           uint32_t size)
{
    uint32_t head = least(size, server->head_size - server->head_at);
    memcpy(data, server->head + server->head_at, head);
    server->head_at += head;
    uint32_t body = least(size - head, server->body_end - server->body_at);
    for (uint32_t i = 0; i < body; i++, server->body_at++) {
        data[head + i] = server->serving.data[server->body_at];
        if (server->flip_at == server->body_at + 1)
            data[head + i] ^= 1;
    }
    server->body_bytes += body;
    return head + body;
}

static bool receive(void *context, void *data, uint32_t size,
                    uint32_t timeout_ms, uint32_t *got, struct ota_error *err)
{
    struct agent_server *server = context;
    if (!server->is_open || size == 0)
        abort();
    *got = 0;
    bool has_ended = is_over(server) || (server->ends && !has_queue(server));
    if (has_ended)
        return true;
    uint32_t allowed = allowance(server, size);
    if (allowed == 0 || !has_queue(server)) {
        server->now_ms += timeout_ms;
        return ota_fail(err, OTA_E_TIMEOUT);
    }
    *got = take_queue(server, data, allowed);
    server->sent += *got;
    server->now_ms += 1;
    return true;
}

static void close_connection(void *context)
{
    struct agent_server *server = context;
    server->is_open = false;
}

void agent_server_init(struct agent_server *server,
                       struct agent_server_file file)
{
    memset(server, 0, sizeof(*server));
    server->file = file;
    server->net = (struct agent_net){
        .open = open_connection,
        .send = send_bytes,
        .receive = receive,
        .close = close_connection,
        .context = server,
    };
}
