/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as what a server sends, over as many connections as it takes.
 *
 * The first byte: bits 0 and 1 how many answers are good before that, bit 2
 * where the app is linked for. Then four bytes: the most that comes at a
 * time, in turn; 0 is a timeout. Then what is sent.
 */
#include "agent_device.h"
#include <stdlib.h>
#include <string.h>

enum { STEPS = 4, HEAD = 1 + STEPS };

struct stream {
    struct agent_world *world;
    const uint8_t *data;
    size_t size;
    size_t at;
    uint8_t steps[STEPS];
    uint32_t turn;
    uint32_t good;  /* answers before the stream's */
    bool is_served; /* the connection is with the good server */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct agent_server *server_of(const struct stream *stream)
{
    return &stream->world->server;
}

static bool open_stream(void *context, const char *host, uint16_t port,
                        uint32_t timeout_ms, struct ota_error *err)
{
    struct stream *stream = context;
    const struct agent_net *net = &server_of(stream)->net;
    stream->is_served = server_of(stream)->requests < stream->good;
    if (stream->is_served)
        return net->open(net->context, host, port, timeout_ms, err);
    return stream->at < stream->size || ota_fail(err, OTA_E_CONNECT);
}

static void close_stream(void *context)
{
    struct stream *stream = context;
    const struct agent_net *net = &server_of(stream)->net;
    if (stream->is_served)
        net->close(net->context);
    stream->is_served = false;
}

static bool send_stream(void *context, const void *data, uint32_t size,
                        struct ota_error *err)
{
    struct stream *stream = context;
    const struct agent_net *net = &server_of(stream)->net;
    if (stream->is_served && server_of(stream)->requests == stream->good)
        close_stream(stream);
    return !stream->is_served || net->send(net->context, data, size, err);
}

static bool receive_stream(void *context, void *data, uint32_t size,
                           uint32_t timeout_ms, uint32_t *got,
                           struct ota_error *err)
{
    struct stream *stream = context;
    const struct agent_net *net = &server_of(stream)->net;
    if (stream->is_served)
        return net->receive(net->context, data, size, timeout_ms, got, err);
    uint32_t step = stream->steps[stream->turn++ % STEPS];
    size_t left = stream->size - stream->at;
    *got = step < size ? step : size;
    if (*got > left)
        *got = (uint32_t)left;
    if (step == 0 && left > 0) {
        server_of(stream)->now_ms += timeout_ms;
        return ota_fail(err, OTA_E_TIMEOUT);
    }
    memcpy(data, stream->data + stream->at, *got);
    stream->at += *got;
    return true;
}

/* An agent that waits for ever would hang here. */
static enum agent_result run(struct agent_world *world, struct stream *stream)
{
    const struct agent_net net = {open_stream, send_stream, receive_stream,
                                  close_stream, stream};
    struct ota_error err;
    const struct agent_net *good = world->agent.net;
    world->agent.net = &net;
    enum agent_result result = agent_world_run(world, &err);
    world->agent.net = good;
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < HEAD)
        return 0;
    struct agent_world *world = agent_device_start(data[0] >> 2 & 1);
    struct stream stream = {.world = world,
                            .data = data + HEAD,
                            .size = size - HEAD,
                            .good = data[0] & 3};
    memcpy(stream.steps, data + 1, STEPS);
    agent_device_end(world, run(world, &stream));
    return 0;
}
