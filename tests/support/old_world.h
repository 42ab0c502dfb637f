/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An old device for tests: its client, a flash in memory, and a server that
 * sends exactly the segments of a script.
 */
#ifndef OTATOOL_TESTS_OLD_WORLD_H
#define OTATOOL_TESTS_OLD_WORLD_H

#include "nor_flash.h"
#include "old/client/old_client.h"

enum { MOST_STEPS = 1100, MOST_REQUESTS = 64, MSS = 1460, SENDS = 2 };
enum { FILE_SIZE = 40000, ROOM = 1100 * 1024 };

enum old_ending { STAYS_OPEN, ENDS };

struct old_step {
    uint32_t connection; /* from 1 */
    uint32_t sends;      /* comes when so many requests were sent on it */
    const uint8_t *data;
    uint32_t size;
};

struct old_server {
    struct old_step steps[MOST_STEPS];
    uint32_t step_count;
    uint32_t next;
    enum old_ending endings[4];
    uint32_t refused; /* a connection that is not accepted */
    uint32_t connections;
    uint32_t sends; /* on the current one */
    bool is_open;
    char requests[MOST_REQUESTS][1100];
    uint32_t request_sizes[MOST_REQUESTS];
    uint32_t request_count;
    uint32_t now_ms;
    uint32_t taken; /* of the next step */
};

/* A device and its server. */
struct old_world {
    struct old_server server;
    struct agent_net net;
    struct agent_clock clock;
    struct nor_flash nor;
    struct old_client client;
    uint8_t file[ROOM];
    uint32_t file_size;
    char header[2048];
    char texts[4096];
    uint32_t texts_size;
};

int set_up(void **state);
int tear_down(void **state);

/* --- the file ----------------------------------------------------------- */

/* One that the client of user1 takes, once sealed. */
void make_file(struct old_world *world, uint32_t size);

/* Its last word becomes its CRC. */
void seal(struct old_world *world);

/* --- the device --------------------------------------------------------- */

void use_map(struct old_world *world, uint8_t code);
void use(struct old_world *world, enum ota_client kind);
uint32_t target(const struct old_world *world);

/* --- the script --------------------------------------------------------- */

void say_bytes(struct old_world *world, uint32_t connection, const void *data,
               uint32_t size);
void say(struct old_world *world, uint32_t connection, const char *text);

/* What was said last waits for a second request. */
void on_second_request(struct old_world *world);

void say_body(struct old_world *world, uint32_t connection, uint32_t from,
              uint32_t step);
const char *header_of(struct old_world *world, uint32_t length);
const char *header(struct old_world *world);

/* Header and first bytes of the file as one segment. */
void say_joined(struct old_world *world, uint32_t connection, const char *text,
                uint32_t body);

/* As it should be: HEAD answered, then header and body apart. */
void say_well(struct old_world *world);

/* --- the run ------------------------------------------------------------ */

/* Runs the client, and looks at what it left in the flash. */
void check(struct old_world *world, enum old_client_result expected);

enum { OLD_WORLD_NONOS = 4 };
extern const enum ota_client nonos[OLD_WORLD_NONOS];

/* The same script for each NonOS client: N20, N21, N22, N30. */
void check_nonos(void (*script)(struct old_world *world),
                 const enum old_client_result expected[4]);

#define ALL(result)                                                            \
    ((const enum old_client_result[]){result, result, result, result})
#define BUT_N30(early, late)                                                   \
    ((const enum old_client_result[]){early, early, early, late})

#endif
