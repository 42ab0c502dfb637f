/* SPDX-License-Identifier: Apache-2.0 */
#include "device.h"
#include "net.h"
#include "new_sdk.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    MOST_ATTEMPTS = 20, /* without a byte in between */
    RETRY_US = 500 * 1000,
};

static void begin(struct fleet *fleet, struct device *device)
{
    device->received = 0;
    device->attempts = 0;
    device->cut_at = 0;
    sha256_init(&device->digest);
    if (fleet_random_below(fleet, 100) < fleet->drop_percent)
        device->cut_at = 1 + fleet_random_below(fleet, fleet->size - 1);
}

void device_init(struct fleet *fleet, struct device *device, uint32_t index,
                 uint64_t begins_us)
{
    *device = (struct device){
        .state = DEVICE_RESTS, .fd = -1, .index = index, .rests_to = begins_us};
    fleet->busy++;
    begin(fleet, device);
}

static void disconnect(struct fleet *fleet, struct device *device)
{
    if (device->state == DEVICE_READS)
        fleet->reading--;
    if (device->fd >= 0)
        close(device->fd);
    device->fd = -1;
}

static void be_done(struct fleet *fleet, struct device *device)
{
    disconnect(fleet, device);
    device->state = DEVICE_IS_DONE;
    fleet->busy--;
}

static void fail(struct fleet *fleet, struct device *device, uint64_t *counter)
{
    (*counter)++;
    be_done(fleet, device);
}

static void rest(struct fleet *fleet, struct device *device, uint64_t time_us)
{
    disconnect(fleet, device);
    device->state = DEVICE_RESTS;
    device->rests_to = fleet->now_us + time_us;
}

static void lose(struct fleet *fleet, struct device *device)
{
    fleet->counts.lost++;
    if (++device->attempts >= MOST_ATTEMPTS)
        fail(fleet, device, &fleet->counts.gave_up);
    else
        rest(fleet, device, RETRY_US);
}

static void move_to(struct fleet *fleet, struct device *device,
                    enum device_state state)
{
    device->state = state;
    device->moved_at = fleet->now_us;
}

static void connect_again(struct fleet *fleet, struct device *device)
{
    device->fd =
        net_connect(&fleet->server, net_client_address(device->index), true);
    if (device->fd < 0)
        lose(fleet, device);
    else
        move_to(fleet, device, DEVICE_CONNECTS);
}

/* Goes on where it was, if that is still the same file. Every second device
 * asks as the old SDK does. */
static int request_text(const struct fleet *fleet, const struct device *device,
                        char *text, size_t size)
{
    char range[ANSWER_ETAG + 64] = "";
    int used = 0;
    if (device->received > 0)
        used = snprintf(range, sizeof(range), "Range: bytes=%" PRIu64 "-\r\n",
                        device->received);
    if (device->received > 0 && fleet->etag[0])
        snprintf(range + used, sizeof(range) - (size_t)used, "If-Range: %s\r\n",
                 fleet->etag);
    return snprintf(text, size,
                    "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                    "Connection: close\r\n%s%s\r\n",
                    fleet->target, device->index % 2 ? "" : NEW_SDK_FIELD,
                    range);
}

static void ask(struct fleet *fleet, struct device *device)
{
    char text[512];
    int size = request_text(fleet, device, text, sizeof(text));
    ssize_t sent = send(device->fd, text, (size_t)size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN)
        return; /* not connected yet */
    if (sent != size) {
        lose(fleet, device);
        return;
    }
    answer_init(&device->answer);
    move_to(fleet, device, DEVICE_AWAITS_HEADER);
}

/* False when the answer is none to what was asked. */
static bool accept_answer(struct fleet *fleet, struct device *device)
{
    const struct answer *answer = &device->answer;
    if (answer->status == 206 && device->received > 0) {
        fleet->counts.resumed++;
        return answer->first == device->received &&
               answer->length == fleet->size - device->received;
    }
    if (device->received > 0) {
        fleet->counts.restarted++;
        device->received = 0;
        sha256_init(&device->digest);
    }
    return answer->status == 200 && answer->length == fleet->size;
}

static void begin_body(struct fleet *fleet, struct device *device)
{
    if (device->answer.status == 503) {
        fleet->counts.deferred++;
        rest(fleet, device,
             1000000 * (1 + (uint64_t)device->answer.retry_after_s));
    } else if (accept_answer(fleet, device)) {
        move_to(fleet, device, DEVICE_READS);
        if (++fleet->reading > fleet->most_reading)
            fleet->most_reading = fleet->reading;
    } else {
        fail(fleet, device, &fleet->counts.wrong_answer);
    }
}

static void finish(struct fleet *fleet, struct device *device)
{
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(&device->digest, sizeof(digest), digest);
    if (memcmp(digest, fleet->digest, sizeof(digest)) != 0) {
        fail(fleet, device, &fleet->counts.wrong_digest);
        return;
    }
    fleet->counts.downloads++;
    if (fleet->now_us >= fleet->end_us) {
        be_done(fleet, device);
        return;
    }
    rest(fleet, device, RETRY_US);
    begin(fleet, device);
}

static void take_body(struct fleet *fleet, struct device *device,
                      const uint8_t *data, size_t size)
{
    if (size == 0)
        return;
    sha256_update(&device->digest, size, data);
    device->received += size;
    device->attempts = 0;
    device->moved_at = fleet->now_us;
    if (device->received >= fleet->size) {
        finish(fleet, device);
    } else if (device->cut_at && device->received >= device->cut_at) {
        device->cut_at = 0;
        fleet->counts.cut++;
        rest(fleet, device, RETRY_US);
    }
}

/* What the rate allows since the last turn, however late this one is. */
static size_t allowance(const struct fleet *fleet, const struct device *device)
{
    uint64_t size = fleet->rate * (fleet->now_us - device->turn_at) / 1000000;
    uint64_t most = device->state == DEVICE_READS
                        ? fleet->size - device->received
                        : FLEET_BUFFER;
    if (size > most)
        size = most;
    return size < FLEET_BUFFER ? (size_t)size + 1 : FLEET_BUFFER;
}

static void read_on(struct fleet *fleet, struct device *device)
{
    size_t header = 0;
    ssize_t size = recv(device->fd, fleet->buffer, allowance(fleet, device), 0);
    if (size < 0 && errno == EAGAIN) {
        if (fleet->now_us - device->moved_at > FLEET_PATIENCE_US)
            lose(fleet, device);
        return;
    }
    if (size <= 0) {
        lose(fleet, device);
        return;
    }
    if (device->state == DEVICE_AWAITS_HEADER) {
        header = answer_feed(&device->answer, fleet->buffer, (size_t)size);
        if (device->answer.is_whole)
            begin_body(fleet, device);
    }
    if (device->state == DEVICE_READS)
        take_body(fleet, device, fleet->buffer + header, (size_t)size - header);
}

void device_turn(struct fleet *fleet, struct device *device)
{
    switch (device->state) {
    case DEVICE_RESTS:
        if (fleet->now_us >= device->rests_to)
            connect_again(fleet, device);
        break;
    case DEVICE_CONNECTS:
        ask(fleet, device);
        if (device->state == DEVICE_CONNECTS &&
            fleet->now_us - device->moved_at > FLEET_PATIENCE_US)
            lose(fleet, device);
        break;
    case DEVICE_AWAITS_HEADER:
    case DEVICE_READS:
        read_on(fleet, device);
        break;
    case DEVICE_IS_DONE:
        break;
    }
    device->turn_at = fleet->now_us;
}

void device_end(struct fleet *fleet, struct device *device)
{
    if (device->state != DEVICE_IS_DONE)
        fail(fleet, device, &fleet->counts.unfinished);
}
