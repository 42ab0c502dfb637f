/* SPDX-License-Identifier: Apache-2.0 */
#include "transfer.h"
#include <arpa/inet.h>
#include <linux/sockios.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* The kernel's numbers for the states of tcpi_state. */
enum { STATE_ESTABLISHED = 1, STATE_CLOSE = 7, STATE_CLOSE_WAIT = 8 };

/* How far a connection has come. */
struct progress {
    uint64_t acked;  /* bytes the client has acknowledged */
    uint64_t handed; /* bytes the kernel was given */
    bool is_dead;    /* reset, or closed by both sides */
    bool is_closing; /* the last byte was given: only reading is left */
};

static struct progress progress_of(int fd)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof(info);
    int queued = 0;
    struct progress progress = {.is_dead = true};
    if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0 ||
        ioctl(fd, SIOCOUTQ, &queued) < 0)
        return progress;
    progress.acked = info.tcpi_bytes_acked;
    progress.handed = progress.acked + (uint64_t)queued;
    progress.is_dead = info.tcpi_state == STATE_CLOSE;
    progress.is_closing = info.tcpi_state != STATE_ESTABLISHED &&
                          info.tcpi_state != STATE_CLOSE_WAIT;
    if (progress.is_closing && progress.handed > 0)
        progress.handed--; /* the end of the stream counts as a byte */
    return progress;
}

uint64_t transfer_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void name_client(char *text, const struct sockaddr *client)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    strcpy(text, "-");
    if (client && client->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, client, sizeof(v4));
        inet_ntop(AF_INET, &v4.sin_addr, text, TRANSFER_CLIENT);
    } else if (client && client->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, client, sizeof(v6));
        const uint8_t *bytes = v6.sin6_addr.s6_addr;
        if (memcmp(bytes, mapped, sizeof(mapped)) == 0)
            inet_ntop(AF_INET, bytes + 12, text, TRANSFER_CLIENT);
        else
            inet_ntop(AF_INET6, bytes, text, TRANSFER_CLIENT);
    }
}

static void transfer_free(struct transfer *transfer)
{
    free(transfer->method);
    free(transfer->target);
    free(transfer->range);
    free(transfer);
}

struct transfer *transfer_new(const struct sockaddr *client, const char *target)
{
    struct transfer *transfer = calloc(1, sizeof(*transfer));
    if (!transfer)
        return NULL;
    transfer->target = strdup(target);
    if (!transfer->target) {
        free(transfer);
        return NULL;
    }
    transfer->fd = -1;
    transfer->began_ms = transfer_clock();
    transfer->facts.began = (int64_t)time(NULL);
    name_client(transfer->client, client);
    return transfer;
}

void transfers_answer(struct transfers *transfers, struct transfer *transfer,
                      int fd, unsigned status, uint64_t header, uint64_t body)
{
    transfer->begin = progress_of(fd).handed;
    transfer->header = header;
    transfer->facts.status = status;
    transfer->facts.asked = body;
    transfer->is_running = true;
    transfers->running++;
}

/* Everything about the transfer is known: tell it and forget it. */
static void end_transfer(struct transfers *transfers, struct transfer *transfer,
                         enum ota_server_end end)
{
    struct ota_server_transfer *facts = &transfer->facts;
    uint64_t acked = transfer->acked - transfer->begin;
    if (end == OTA_SERVER_COMPLETE)
        facts->sent = facts->asked;
    else if (transfer->is_running && acked > transfer->header)
        facts->sent = acked - transfer->header;
    if (facts->sent > facts->asked)
        facts->sent = facts->asked;
    facts->client = transfer->client;
    facts->method = transfer->method ? transfer->method : "-";
    facts->target = transfer->target;
    facts->range = transfer->range;
    facts->duration_ms = transfer_clock() - transfer->began_ms;
    facts->end = end;
    if (transfers->on_end)
        transfers->on_end(facts, transfers->context);
    if (transfer->is_running)
        transfers->running--;
    if (transfer->fd >= 0)
        close(transfer->fd);
    transfer_free(transfer);
}

static bool watch(struct transfers *transfers, struct transfer *transfer,
                  int fd)
{
    if (transfers->watched_count >= transfers->watched_limit)
        return false;
    transfer->fd = dup(fd);
    if (transfer->fd < 0)
        return false;
    transfer->moved_ms = transfer_clock();
    transfer->next = transfers->watched;
    transfers->watched = transfer;
    transfers->watched_count++;
    return true;
}

void transfers_finish(struct transfers *transfers, struct transfer *transfer,
                      int fd, enum ota_server_end end)
{
    struct progress progress = progress_of(fd);
    transfer->acked = progress.acked;
    transfer->end = progress.handed;
    if (end == OTA_SERVER_COMPLETE && progress.acked < progress.handed) {
        if (!progress.is_dead && watch(transfers, transfer, fd))
            return;
        end = OTA_SERVER_CLIENT_CLOSED;
    }
    end_transfer(transfers, transfer, end);
}

/* Unread input would turn the close into a reset. */
static void discard_input(int fd)
{
    char bytes[512];
    while (recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT) > 0)
        ;
}

/* True when the transfer has ended, with *end saying how. */
static bool has_ended(const struct transfers *transfers,
                      struct transfer *transfer, enum ota_server_end *end)
{
    struct progress progress = progress_of(transfer->fd);
    uint64_t now = transfer_clock();
    if (progress.is_closing)
        discard_input(transfer->fd);
    if (progress.acked > transfer->acked)
        transfer->moved_ms = now;
    transfer->acked = progress.acked;
    *end = OTA_SERVER_COMPLETE;
    if (progress.acked >= transfer->end)
        return true;
    *end = OTA_SERVER_CLIENT_CLOSED;
    if (progress.is_dead)
        return true;
    *end = OTA_SERVER_TIMED_OUT;
    return now - transfer->moved_ms > transfers->idle_timeout_ms;
}

static void unwatch(struct transfers *transfers, struct transfer **link,
                    enum ota_server_end end)
{
    struct transfer *transfer = *link;
    *link = transfer->next;
    transfers->watched_count--;
    end_transfer(transfers, transfer, end);
}

void transfers_look(struct transfers *transfers)
{
    struct transfer **link = &transfers->watched;
    while (*link) {
        enum ota_server_end end;
        if (has_ended(transfers, *link, &end))
            unwatch(transfers, link, end);
        else
            link = &(*link)->next;
    }
}

void transfers_stop(struct transfers *transfers)
{
    transfers_look(transfers);
    while (transfers->watched)
        unwatch(transfers, &transfers->watched, OTA_SERVER_STOPPED);
}
