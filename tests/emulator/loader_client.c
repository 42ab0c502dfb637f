/* SPDX-License-Identifier: Apache-2.0 */
#include "loader_client.h"
#include "../support/cmocka_all.h"
#include "chip/loader.h"
#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATIENCE_MS = 20000, MOST_ARGUMENTS = 32, HEADER = 8, STATUS = 2 };

/* Telnet's bytes, and RFC 2217's. */
enum { IAC = 255, ORDER_BEGIN = 250, ORDER_END = 240, WILL = 251 };
enum { COM_PORT = 44, SET_BAUD = 1, SET_CONTROL = 5 };
enum { DTR_ON = 8, DTR_OFF = 9, RTS_ON = 11, RTS_OFF = 12 };

static pid_t start_port(const char *flash, const char *const *options,
                        int *output)
{
    const char *arguments[MOST_ARGUMENTS] = {CHIP_PORT, "rfc2217",
                                             IMAGES "/rom.elf", flash};
    int ends[2];
    size_t count = 4;
    for (; *options; options++)
        arguments[count++] = *options;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        dup2(ends[1], 1);
        close(ends[0]);
        execv(CHIP_PORT, (char *const *)arguments);
        _exit(127);
    }
    close(ends[1]);
    *output = ends[0];
    return child;
}

static int connect_to(uint16_t port)
{
    const struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    int file = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(
        connect(file, (const struct sockaddr *)&address, sizeof(address)), 0);
    return file;
}

void client_start(struct client *client, const char *flash,
                  const char *const *options)
{
    int output;
    unsigned port = 0;
    memset(client, 0, sizeof(*client));
    client->port = start_port(flash, options, &output);
    FILE *lines = fdopen(output, "r");
    assert_int_equal(fscanf(lines, "rfc2217://127.0.0.1:%u", &port), 1);
    fclose(lines);
    client->socket = connect_to((uint16_t)port);
}

void client_stop(struct client *client)
{
    if (client->port <= 0)
        return;
    close(client->socket);
    kill(client->port, SIGTERM);
    waitpid(client->port, NULL, 0);
    client->port = 0;
}

/* --- telnet ------------------------------------------------------------- */

static void send_raw(struct client *client, const void *bytes, size_t size)
{
    assert_int_equal(send(client->socket, bytes, size, MSG_NOSIGNAL), size);
}

static void control(struct client *client, uint8_t value)
{
    const uint8_t order[] = {IAC,   ORDER_BEGIN, COM_PORT, SET_CONTROL,
                             value, IAC,         ORDER_END};
    send_raw(client, order, sizeof(order));
}

void client_speed(struct client *client, uint32_t baud)
{
    uint8_t order[] = {IAC, ORDER_BEGIN, COM_PORT, SET_BAUD, 0,
                       0,   0,           0,        IAC,      ORDER_END};
    for (size_t i = 0; i < 4; i++)
        order[4 + i] = (uint8_t)(baud >> (24 - 8 * i));
    send_raw(client, order, sizeof(order));
}

void client_reset(struct client *client, bool into_loader)
{
    control(client, DTR_OFF);
    control(client, RTS_ON);
    usleep(20000);
    if (into_loader)
        control(client, DTR_ON);
    control(client, RTS_OFF);
    usleep(20000);
    control(client, DTR_OFF);
}

/* False: nothing came in time. */
static bool read_raw(struct client *client, uint8_t *byte, int timeout_ms)
{
    if (client->raw_at == client->raw_size) {
        struct pollfd polled = {.fd = client->socket, .events = POLLIN};
        if (poll(&polled, 1, timeout_ms) != 1)
            return false;
        ssize_t size =
            recv(client->socket, client->raw, sizeof(client->raw), 0);
        assert_true(size > 0);
        client->raw_size = (size_t)size;
        client->raw_at = 0;
    }
    *byte = client->raw[client->raw_at++];
    return true;
}

/* Answers to our orders are passed over. */
static bool skip_order(struct client *client, uint8_t verb, int timeout_ms)
{
    uint8_t byte = 0;
    if (verb == ORDER_BEGIN)
        while (read_raw(client, &byte, timeout_ms) && byte != ORDER_END)
            ;
    else
        return read_raw(client, &byte, timeout_ms);
    return byte == ORDER_END;
}

static bool read_byte(struct client *client, uint8_t *byte, int timeout_ms)
{
    while (read_raw(client, byte, timeout_ms)) {
        if (*byte != IAC)
            return true;
        if (!read_raw(client, byte, timeout_ms))
            return false;
        if (*byte == IAC)
            return true;
        if (!skip_order(client, *byte, timeout_ms))
            return false;
    }
    return false;
}

/* --- packets ------------------------------------------------------------ */

static size_t add_byte(uint8_t *out, uint8_t byte)
{
    out[0] = byte;
    out[1] = byte;
    return byte == IAC ? 2 : 1;
}

void client_send_cut(struct client *client, const void *packet, size_t size)
{
    static uint8_t out[2 * CLIENT_ROOM];
    const uint8_t *bytes = packet;
    size_t used = 0;
    out[used++] = 0xc0;
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == 0xc0 || bytes[i] == 0xdb) {
            out[used++] = 0xdb;
            out[used++] = bytes[i] == 0xc0 ? 0xdc : 0xdd;
        } else {
            used += add_byte(out + used, bytes[i]);
        }
    }
    send_raw(client, out, used);
}

void client_send(struct client *client, const void *packet, size_t size)
{
    client_send_cut(client, packet, size);
    send_raw(client, "\xc0", 1);
}

/* A line that is not well may say anything behind the escape. */
static uint8_t unescape(struct client *client, int timeout_ms)
{
    uint8_t byte = 0;
    read_byte(client, &byte, timeout_ms);
    return byte == 0xdc ? 0xc0 : 0xdb;
}

bool client_receive(struct client *client, int timeout_ms)
{
    uint8_t byte = 0;
    while (byte != 0xc0)
        if (!read_byte(client, &byte, timeout_ms))
            return false;
    client->packet_size = 0;
    while (read_byte(client, &byte, timeout_ms)) {
        if (byte == 0xc0 && client->packet_size > 0)
            return true;
        if (byte == 0xc0)
            continue;
        if (byte == 0xdb)
            byte = unescape(client, timeout_ms);
        assert_true(client->packet_size < CLIENT_ROOM);
        client->packet[client->packet_size++] = byte;
    }
    return false;
}

bool client_take_answer(struct client *client, uint8_t command,
                        struct answer *answer)
{
    struct loader_header header;
    const uint8_t *end = client->packet + client->packet_size;
    if (client->packet_size < HEADER + STATUS)
        return false;
    memcpy(&header, client->packet, HEADER);
    *answer = (struct answer){
        .value = header.value,
        .is_failed = end[-2],
        .reason = end[-1],
        .data = client->packet + HEADER,
        .data_size = client->packet_size - HEADER - STATUS,
    };
    return header.direction == LOADER_ANSWER && header.command == command &&
           header.size == client->packet_size - HEADER;
}

/* Those to a SYNC are many. */
struct answer client_answer(struct client *client, uint8_t command)
{
    struct answer answer;
    do
        assert_true(client_receive(client, PATIENCE_MS));
    while (command != LOADER_SYNC &&
           client_take_answer(client, LOADER_SYNC, &answer));
    assert_true(client_take_answer(client, command, &answer));
    return answer;
}

struct answer client_ask(struct client *client, uint8_t command,
                         const void *data, size_t size, uint32_t checksum)
{
    static uint8_t packet[CLIENT_ROOM];
    const struct loader_header header = {
        .direction = LOADER_REQUEST,
        .command = command,
        .size = (uint16_t)size,
        .value = checksum,
    };
    memcpy(packet, &header, HEADER);
    if (size > 0)
        memcpy(packet + HEADER, data, size);
    client_send(client, packet, HEADER + size);
    return client_answer(client, command);
}

struct answer client_ask_words(struct client *client, uint8_t command,
                               const uint32_t *words, size_t count)
{
    return client_ask(client, command, words, count * 4, 0);
}

struct answer client_ask_block(struct client *client, uint8_t command,
                               uint32_t number, const void *data, size_t size)
{
    static uint8_t block[CLIENT_ROOM];
    const struct loader_block head = {.size = (uint32_t)size, .number = number};
    memcpy(block, &head, sizeof(head));
    memcpy(block + sizeof(head), data, size);
    return client_ask(client, command, block, sizeof(head) + size,
                      loader_checksum(data, (uint32_t)size));
}

void client_expect(struct client *client, const char *text)
{
    char last[64] = "";
    size_t length = strlen(text);
    uint8_t byte;
    assert_true(length < sizeof(last));
    while (strcmp(last, text) != 0) {
        size_t used = strlen(last);
        if (!read_byte(client, &byte, PATIENCE_MS))
            fail_msg("\"%s\" does not come", text);
        memmove(last, last + (used == length), used + 1);
        used = strlen(last);
        last[used] = (char)byte;
        last[used + 1] = '\0';
    }
}

uint32_t client_read_register(struct client *client, uint32_t address)
{
    struct answer answer =
        client_ask_words(client, LOADER_READ_REGISTER, &address, 1);
    assert_int_equal(answer.is_failed, 0);
    return answer.value;
}

/* Again and again: who is about to restart does not answer. */
uint32_t client_sync(struct client *client)
{
    enum { TRIES = 50, PAUSE_MS = 400 };
    uint8_t packet[HEADER + 36];
    const struct loader_header header = {.command = LOADER_SYNC, .size = 36};
    const uint32_t word = LOADER_SYNC_WORD;
    uint32_t value = 0;
    memset(packet, 0x55, sizeof(packet));
    memcpy(packet, &header, HEADER);
    memcpy(packet + HEADER, &word, sizeof(word));
    for (size_t i = 0; i < TRIES; i++) {
        client_send(client, packet, sizeof(packet));
        if (client_receive(client, PAUSE_MS) &&
            client->packet_size == HEADER + STATUS &&
            client->packet[1] == LOADER_SYNC) {
            memcpy(&value, client->packet + 4, sizeof(value));
            return value;
        }
    }
    fail_msg("no loader answers");
    return 0;
}

void client_enter(struct client *client)
{
    client_reset(client, true);
    client_sync(client);
    client_read_register(client, 0x40001000); /* the other answers are gone */
}
