/* SPDX-License-Identifier: Apache-2.0 */
#include "nasty_server.h"
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct script {
    enum nasty_mode mode;
    uint8_t *data;
    size_t size;
    size_t step;
    unsigned requests;
    unsigned version; /* of the file */
};

struct request {
    bool is_head;
    bool is_for_none; /* but for a file that is not there */
    bool has_range;
    size_t first;
    size_t last;
    bool if_range_holds; /* true without one */
};

static bool read_request(int fd, char *text, size_t room)
{
    size_t filled = 0;
    while (filled + 1 < room) {
        ssize_t n = read(fd, text + filled, room - 1 - filled);
        if (n <= 0)
            return false;
        filled += (size_t)n;
        text[filled] = '\0';
        if (strstr(text, "\r\n\r\n"))
            return true;
    }
    return false;
}

static void etag_of(const struct script *script, char etag[32])
{
    snprintf(etag, 32, "\"version-%u\"", script->version);
}

static struct request parse(const struct script *script, const char *text)
{
    char etag[32];
    struct request request = {.last = script->size - 1, .if_range_holds = true};
    etag_of(script, etag);
    request.is_head = strncmp(text, "HEAD ", 5) == 0;
    request.is_for_none = strstr(text, ".no-such-file HTTP");
    const char *range = strstr(text, "Range: bytes=");
    const char *condition = strstr(text, "If-Range: ");
    if (range) {
        char *end;
        request.has_range = true;
        request.first = strtoul(range + 13, &end, 10);
        if (end[0] == '-' && end[1] >= '0' && end[1] <= '9')
            request.last = strtoul(end + 1, NULL, 10);
        if (request.last >= script->size)
            request.last = script->size - 1;
    }
    if (condition)
        request.if_range_holds =
            strncmp(condition + 10, etag, strlen(etag)) == 0;
    return request;
}

static void say(int fd, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(int fd, const char *format, ...)
{
    char text[4096];
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    if (write(fd, text, (size_t)size) < 0)
        return;
}

static void send_bytes(int fd, const uint8_t *data, size_t size)
{
    while (size > 0) {
        ssize_t n = write(fd, data, size);
        if (n <= 0)
            return;
        data += n;
        size -= (size_t)n;
    }
}

/* A server without validators has no line about them. */
static void etag_line_of(const struct script *script, char line[48])
{
    char etag[32];
    etag_of(script, etag);
    snprintf(line, 48, "ETag: %s\r\n", etag);
    if (script->mode == NASTY_SWAPS_SILENTLY)
        line[0] = '\0';
}

static void say_header(int fd, const struct script *script, unsigned status,
                       size_t length, const char *more)
{
    char etag_line[48];
    etag_line_of(script, etag_line);
    say(fd,
        "HTTP/1.1 %u %s\r\nContent-Type: application/octet-stream\r\n"
        "%s%s%s: %zu\r\nConnection: close\r\n\r\n",
        status, status == 200 ? "OK" : "Other", etag_line, more,
        script->mode == NASTY_LOWER_CASE ? "content-length" : "Content-Length",
        length);
}

/* What is the same in all modes: 200 or 206 with the right bytes. */
static void answer(int fd, const struct script *script,
                   const struct request *request, size_t most, const char *more)
{
    char range[1024];
    bool partial = request->has_range && request->if_range_holds;
    size_t first = partial ? request->first : 0;
    size_t size = (partial ? request->last + 1 : script->size) - first;
    snprintf(range, sizeof(range), "%sContent-Range: bytes %zu-%zu/%zu\r\n",
             more, first, first + size - 1, script->size);
    if (partial && request->first >= script->size) {
        say_header(fd, script, 416, 0, more);
        return;
    }
    say_header(fd, script, partial ? 206 : 200, size, partial ? range : more);
    if (!request->is_head)
        send_bytes(fd, script->data + first, size < most ? size : most);
}

static void say_long_header(int fd, const struct script *script,
                            const struct request *request)
{
    char more[700];
    memset(more, 'x', sizeof(more));
    memcpy(more, "X-Long: ", 8);
    memcpy(more + 600, "\r\n", 3);
    answer(fd, script, request, script->size, more);
}

static void send_end_apart(int fd, const struct script *script,
                           struct request *request)
{
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    if (!request->if_range_holds)
        *request = (struct request){request->is_head, .last = script->size - 1};
    size_t most = request->last - request->first - 1;
    answer(fd, script, request, most, "");
    if (!request->is_head)
        send_bytes(fd, script->data + request->first + most, 2);
}

static void change_file(struct script *script)
{
    script->version++;
    for (size_t i = 0; i < script->size; i++)
        script->data[i] ^= 0x5a;
}

static void stall(void)
{
    for (;;)
        pause();
}

/* The first body of more than step bytes is cut there. */
static void swap_file(int fd, struct script *script, struct request *request)
{
    size_t size = request->last + 1 - request->first;
    bool swaps = script->version == 1 && size > script->step;
    answer(fd, script, request, swaps ? script->step : script->size, "");
    if (!swaps)
        return;
    script->version++;
    script->data += script->size;
}

/* difference: between what it says and what it sends. */
static void say_other_length(int fd, const struct script *script,
                             const struct request *request, int difference)
{
    char range[64];
    size_t size = request->last + 1 - request->first;
    snprintf(range, sizeof(range), "Content-Range: bytes %zu-%zu/%zu\r\n",
             request->first, request->last, script->size);
    say_header(fd, script, request->has_range ? 206 : 200,
               size + (size_t)difference, request->has_range ? range : "");
    send_bytes(fd, script->data + request->first, size);
}

/* Without an address to go to, the connection is reset. */
static void reset(int fd, const struct script *script,
                  const struct request *request)
{
    const struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    answer(fd, script, request, script->step, "");
    usleep(20000); /* what has not arrived by then is lost */
    if (connect(fd, &nowhere, sizeof(nowhere)) < 0)
        abort();
}

/* The first body of more than step bytes is cut, and then nothing is there. */
static void fail_midway(int fd, struct script *script,
                        const struct request *request)
{
    size_t size = request->last + 1 - request->first;
    if (script->version == 2) {
        say(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        return;
    }
    answer(fd, script, request, script->step, "");
    if (size > script->step)
        script->version++;
}

/* The modes about lengths. */
static void mismeasure(int fd, struct script *script, struct request *request)
{
    size_t all = script->size;
    bool is_first = script->requests == 1;
    switch (script->mode) {
    case NASTY_NO_RANGE_LINE:
        say_header(fd, script, 206, all, "");
        send_bytes(fd, script->data, all);
        break;
    case NASTY_REFUSES_RANGE:
        if (request->has_range)
            say_header(fd, script, 416, 0, "Content-Range: bytes */1\r\n");
        else
            answer(fd, script, request, is_first ? all / 2 : all, "");
        break;
    case NASTY_SAYS_MORE:
        say_other_length(fd, script, request, 10);
        break;
    case NASTY_SAYS_LESS:
        say_other_length(fd, script, request, -10);
        break;
    case NASTY_ADDS:
        answer(fd, script, request, all, "");
        say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        break;
    case NASTY_RESETS:
        reset(fd, script, request);
        break;
    case NASTY_HANGS_UP:
        break;
    case NASTY_FAILS_MIDWAY:
        fail_midway(fd, script, request);
        break;
    case NASTY_ENDLESS:
        say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
        send_bytes(fd, script->data, all);
        break;
    default:
        break;
    }
}

/* The modes about files and ranges. */
static void misanswer(int fd, struct script *script, struct request *request)
{
    size_t all = script->size;
    bool is_first = script->requests == 1;
    switch (script->mode) {
    case NASTY_CUTS:
        answer(fd, script, request, script->step, "");
        break;
    case NASTY_FAILS_TWICE:
        if (script->requests <= 2)
            say(fd, "HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops");
        else
            answer(fd, script, request, all, "");
        break;
    case NASTY_BUSY:
        if (script->requests <= 2)
            say(fd, "HTTP/1.1 503 Busy\r\nRetry-After: 30\r\n"
                    "Content-Length: 0\r\n\r\n");
        else
            answer(fd, script, request, all, "");
        break;
    case NASTY_SWAPS:
    case NASTY_SWAPS_SILENTLY:
        swap_file(fd, script, request);
        break;
    case NASTY_CHANGES:
    case NASTY_KEEPS_CHANGING:
        if (script->requests == 2 || script->mode == NASTY_KEEPS_CHANGING)
            change_file(script);
        request->if_range_holds = true; /* it does not even look */
        answer(fd, script, request,
               is_first || script->mode == NASTY_KEEPS_CHANGING ? all / 2 : all,
               "");
        break;
    case NASTY_IGNORES_RANGE:
        request->has_range = false;
        answer(fd, script, request, is_first ? all / 2 : all, "");
        break;
    case NASTY_WRONG_RANGE:
        if (request->has_range)
            request->first++;
        answer(fd, script, request, is_first ? all / 2 : all, "");
        break;
    default:
        mismeasure(fd, script, request);
        break;
    }
}

/* The modes that lead away or never come to an end. */
static void mislead(int fd, struct script *script, struct request *request)
{
    size_t all = script->size;
    switch (script->mode) {
    case NASTY_REDIRECTS:
        say(fd, "HTTP/1.1 302 Found\r\nLocation: /fw.bin\r\n"
                "Content-Length: 0\r\nConnection: close\r\n\r\n");
        break;
    case NASTY_REDIRECTS_TO_FILE:
        say(fd, "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n"
                "Content-Length: 0\r\nConnection: close\r\n\r\n");
        break;
    case NASTY_SILENT:
        stall();
        break;
    case NASTY_HALF_HEADER:
        say(fd, "HTTP/1.1 200 OK\r\nContent-Le");
        stall();
        break;
    case NASTY_STALLS:
        answer(fd, script, request, all / 2, "");
        stall();
        break;
    case NASTY_HUGE_HEADER:
        say(fd, "HTTP/1.1 200 OK\r\nX: ");
        for (int i = 0; i < 2000; i++)
            say(fd, "%01000d", i);
        break;
    default:
        misanswer(fd, script, request);
        break;
    }
}

/* The modes about everything else. */
static void misbehave(int fd, struct script *script, struct request *request)
{
    size_t all = script->size;
    switch (script->mode) {
    case NASTY_GOOD:
    case NASTY_LOWER_CASE:
        answer(fd, script, request, all, "");
        break;
    case NASTY_NO_LENGTH:
        say(fd,
            "HTTP/1.1 %s\r\nContent-Range: bytes %zu-%zu/%zu\r\n"
            "Transfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n",
            request->has_range ? "206 Partial Content" : "200 OK",
            request->first, request->last, all);
        break;
    case NASTY_COMPRESSES:
        answer(fd, script, request, all, "Content-Encoding: gzip\r\n");
        break;
    case NASTY_WRONG_DIGEST:
        answer(fd, script, request, all,
               "Repr-Digest: sha-256=:"
               "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:\r\n");
        break;
    case NASTY_GARBAGE:
        send_bytes(fd, script->data, all);
        break;
    case NASTY_MISSING:
        say(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        break;
    case NASTY_EMPTY:
        say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        break;
    case NASTY_HEAD_LIES:
        if (request->is_head)
            say_header(fd, script, 200, 5, "");
        else
            answer(fd, script, request, all, "");
        break;
    case NASTY_HEAD_HAS_BODY:
        request->is_head = false;
        answer(fd, script, request, all, "");
        break;
    case NASTY_HAS_WORDS:
        if (request->is_for_none)
            say(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\n");
        else
            answer(fd, script, request, all, "");
        break;
    case NASTY_SHORT_END:
        send_end_apart(fd, script, request);
        break;
    case NASTY_LONG_HEADER:
        say_long_header(fd, script, request);
        break;
    default:
        mislead(fd, script, request);
        break;
    }
}

static void serve(int listener, struct script *script)
{
    for (;;) {
        char text[4096];
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            _exit(0);
        if (read_request(fd, text, sizeof(text))) {
            struct request request = parse(script, text);
            script->requests++;
            misbehave(fd, script, &request);
            /* So that what was sent arrives before the end does. */
            shutdown(fd, SHUT_WR);
            while (read(fd, text, sizeof(text)) > 0)
                ;
        }
        close(fd);
    }
}

void nasty_start(struct nasty_server *server, enum nasty_mode mode,
                 const uint8_t *data, size_t size, size_t step)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof(address);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (listener < 0 ||
        bind(listener, (struct sockaddr *)&address, length) < 0 ||
        listen(listener, 16) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) < 0)
        abort();
    snprintf(server->url, sizeof(server->url), "http://127.0.0.1:%u/fw.bin",
             ntohs(address.sin_port));
    server->process = fork();
    if (server->process == 0) {
        struct script script = {mode, malloc(size + 1), size, step, 0, 1};
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        signal(SIGPIPE, SIG_IGN);
        memcpy(script.data, data, size);
        if (mode == NASTY_SWAPS || mode == NASTY_SWAPS_SILENTLY)
            script.size /= 2;
        serve(listener, &script);
    }
    close(listener);
}

void nasty_stop(struct nasty_server *server)
{
    kill(server->process, SIGKILL);
    waitpid(server->process, NULL, 0);
}
