/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other side of the serial loader, for tests: a chip_port, a connection
 * to it, and requests made by hand. Whatever goes wrong is a failed assertion.
 */
#ifndef TEST_LOADER_CLIENT_H
#define TEST_LOADER_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { CLIENT_ROOM = 1 << 16 };

struct client {
    pid_t port; /* chip_port */
    int socket;
    uint8_t raw[4096]; /* from the socket */
    size_t raw_size;
    size_t raw_at;
    uint8_t packet[CLIENT_ROOM]; /* the last one */
    size_t packet_size;
};

/* The last request's answer. */
struct answer {
    uint32_t value;
    uint8_t is_failed;
    uint8_t reason;
    const uint8_t *data; /* before these two, in the client's packet */
    size_t data_size;
};

/* options: of the stand-in ROM and QEMU, up to NULL. */
void client_start(struct client *client, const char *flash,
                  const char *const *options);
void client_stop(struct client *client);

/* By DTR and RTS, one after the other. */
void client_reset(struct client *client, bool into_loader);
void client_speed(struct client *client, uint32_t baud);

/* Without its end. */
void client_send_cut(struct client *client, const void *packet, size_t size);
void client_send(struct client *client, const void *packet, size_t size);
bool client_receive(struct client *client, int timeout_ms);

/* checksum: of what data carries, where it matters. */
struct answer client_ask(struct client *client, uint8_t command,
                         const void *data, size_t size, uint32_t checksum);
/* Words only. */
struct answer client_ask_words(struct client *client, uint8_t command,
                               const uint32_t *words, size_t count);
/* A *_DATA command with its checksum. */
struct answer client_ask_block(struct client *client, uint8_t command,
                               uint32_t number, const void *data, size_t size);
/* What the last packet answers; false: nothing, or another command. */
bool client_take_answer(struct client *client, uint8_t command,
                        struct answer *answer);
/* An answer that has not been asked for again. */
struct answer client_answer(struct client *client, uint8_t command);

/* Reads until text comes, whatever else does. */
void client_expect(struct client *client, const char *text);

uint32_t client_read_register(struct client *client, uint32_t address);

/* Finds the loader; what it answers with: the ROM with LOADER_SYNC_WORD. */
uint32_t client_sync(struct client *client);

/* Resets into the ROM's loader and finds it. */
void client_enter(struct client *client);

#endif
