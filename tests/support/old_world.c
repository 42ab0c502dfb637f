/* SPDX-License-Identifier: Apache-2.0 */
#include "old_world.h"
#include "cmocka_all.h"
#include "otatool/crc32.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the scripted server ------------------------------------------------ */

static bool open_connection(void *context, const char *host, uint16_t port,
                            uint32_t timeout_ms, struct ota_error *err)
{
    struct old_server *server = context;
    (void)host, (void)port;
    assert_false(server->is_open);
    server->connections++;
    server->sends = 0;
    if (server->connections == server->refused) {
        server->now_ms += timeout_ms;
        return ota_fail(err, OTA_E_CONNECT, .part = "server");
    }
    server->is_open = true;
    return true;
}

static bool send_all(void *context, const void *data, uint32_t size,
                     struct ota_error *err)
{
    struct old_server *server = context;
    (void)err;
    assert_true(server->is_open);
    assert_true(server->request_count < MOST_REQUESTS);
    memcpy(server->requests[server->request_count], data, size);
    server->requests[server->request_count][size] = '\0';
    server->request_sizes[server->request_count++] = size;
    server->sends++;
    return true;
}

static bool receive(void *context, void *data, uint32_t size,
                    uint32_t timeout_ms, uint32_t *got, struct ota_error *err)
{
    struct old_server *server = context;
    struct old_step *step = &server->steps[server->next];
    bool is_its_turn = server->next < server->step_count &&
                       step->connection == server->connections;
    *got = 0;
    if (is_its_turn && step->sends <= server->sends) {
        uint32_t left = step->size - server->taken;
        *got = left < size ? left : size;
        memcpy(data, step->data + server->taken, *got);
        server->taken += *got;
        if (server->taken == step->size) {
            server->taken = 0;
            server->next++;
        }
        server->now_ms++;
        return true;
    }
    if (server->endings[server->connections] == ENDS && !is_its_turn)
        return true;
    server->now_ms += timeout_ms;
    return ota_fail(err, OTA_E_TIMEOUT, .part = "server");
}

/* What it had still to say on this connection is lost. */
static void close_connection(void *context)
{
    struct old_server *server = context;
    while (server->next < server->step_count &&
           server->steps[server->next].connection <= server->connections)
        server->next++;
    server->taken = 0;
    server->is_open = false;
}

static uint32_t now_ms(void *context)
{
    return ((struct old_server *)context)->now_ms;
}

static void sleep_ms(void *context, uint32_t ms)
{
    ((struct old_server *)context)->now_ms += ms;
}

/* --- a device and its server -------------------------------------------- */

static uint8_t byte_at(uint32_t i)
{
    return (uint8_t)(i * 7 + (i >> 8) * 13 + 1);
}

/* A file that the client of user1 takes: its last word is its CRC. */
void make_file(struct old_world *world, uint32_t size)
{
    static const uint8_t head[] = {0xe9, 3, 0, 2};
    world->file_size = size;
    for (uint32_t i = 0; i < size; i++)
        world->file[i] = byte_at(i);
    memcpy(world->file, head, size < 4 ? size : 4);
}

void seal(struct old_world *world)
{
    uint32_t end = world->file_size - 4;
    uint32_t crc = ota_crc32_old_sdk(ota_crc32(0, world->file, end));
    for (uint32_t i = 0; i < 4; i++)
        world->file[end + i] = (uint8_t)(crc >> 8 * i);
}

void use_map(struct old_world *world, uint8_t code)
{
    world->client.map = ota_flash_map_by_code(code);
}

int set_up(void **state)
{
    struct old_world *world = calloc(1, sizeof(*world));
    struct old_server *server = &world->server;
    nor_flash_init(&world->nor, 0x400000);
    world->net = (struct agent_net){open_connection, send_all, receive,
                                    close_connection, server};
    world->clock = (struct agent_clock){now_ms, sleep_ms, NULL, server};
    world->client = (struct old_client){
        .kind = OTA_CLIENT_N22,
        .net = &world->net,
        .clock = &world->clock,
        .flash = &world->nor.flash,
        .running = 1,
        .host = "10.0.2.2",
        .port = 8070,
        .path = "/user2.bin",
    };
    use_map(world, 4);
    make_file(world, FILE_SIZE);
    seal(world);
    *state = world;
    return 0;
}

int tear_down(void **state)
{
    struct old_world *world = *state;
    nor_flash_release(&world->nor);
    free(world);
    return 0;
}

/* --- scripts ------------------------------------------------------------ */

void say_bytes(struct old_world *world, uint32_t connection, const void *data,
               uint32_t size)
{
    struct old_server *server = &world->server;
    assert_true(server->step_count < MOST_STEPS);
    server->steps[server->step_count++] =
        (struct old_step){connection, 1, data, size};
}

void say(struct old_world *world, uint32_t connection, const char *text)
{
    say_bytes(world, connection, text, (uint32_t)strlen(text));
}

/* What was said last waits for a second request. */
void on_second_request(struct old_world *world)
{
    world->server.steps[world->server.step_count - 1].sends = SENDS;
}

void say_body(struct old_world *world, uint32_t connection, uint32_t from,
              uint32_t step)
{
    for (uint32_t at = from; at < world->file_size; at += step) {
        uint32_t left = world->file_size - at;
        say_bytes(world, connection, world->file + at,
                  left < step ? left : step);
    }
}

const char *header_of(struct old_world *world, uint32_t length)
{
    snprintf(world->header, sizeof(world->header),
             "HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\n"
             "Content-Length: %u\r\n\r\n",
             (unsigned)length);
    return world->header;
}

const char *header(struct old_world *world)
{
    return header_of(world, world->file_size);
}

/* Header and first bytes of the file as one segment. */
void say_joined(struct old_world *world, uint32_t connection, const char *text,
                uint32_t body)
{
    uint8_t *at = (uint8_t *)world->texts + world->texts_size;
    uint32_t size = (uint32_t)strlen(text);
    assert_true(world->texts_size + size + body <= sizeof(world->texts));
    memcpy(at, text, size);
    memcpy(at + size, world->file, body);
    world->texts_size += size + body;
    say_bytes(world, connection, at, size + body);
}

/* As it should be: HEAD answered, then header and body apart. */
void say_well(struct old_world *world)
{
    say(world, 1, header(world));
    say(world, 2, world->header);
    say_body(world, 2, 0, MSS);
}

uint32_t target(const struct old_world *world)
{
    return ota_flash_map_slot(world->client.map, 3 - world->client.running);
}

void check(struct old_world *world, enum old_client_result expected)
{
    enum old_client_result result = old_client_run(&world->client);
    assert_string_equal(old_client_result_name(result),
                        old_client_result_name(expected));
    assert_false(world->server.is_open);
    uint32_t whole = world->file_size & ~3u;
    if (expected == OLD_CLIENT_DONE)
        assert_memory_equal(world->nor.data + target(world), world->file,
                            whole);
    if (expected == OLD_CLIENT_TIMED_OUT)
        assert_true(world->server.now_ms >= OLD_CLIENT_CHECK_MS);
}

void use(struct old_world *world, enum ota_client kind)
{
    world->client.kind = kind;
}

const enum ota_client nonos[OLD_WORLD_NONOS] = {OTA_CLIENT_N20, OTA_CLIENT_N21,
                                                OTA_CLIENT_N22, OTA_CLIENT_N30};

/* The same script for each NonOS client. */
void check_nonos(void (*script)(struct old_world *world),
                 const enum old_client_result expected[4])
{
    for (int i = 0; i < 4; i++) {
        void *state;
        set_up(&state);
        use(state, nonos[i]);
        script(state);
        check(state, expected[i]);
        tear_down(&state);
    }
}
