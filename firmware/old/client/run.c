/* SPDX-License-Identifier: Apache-2.0 */
/* A run's time and connection, the same for all clients. */
#include "old/client/client.h"

static uint32_t now(const struct old_run *run)
{
    return run->client->clock->now_ms(run->client->clock->context);
}

uint32_t old_run_left_ms(const struct old_run *run)
{
    uint32_t check = run->client->check_ms;
    uint32_t gone = now(run) - run->started_ms;
    if (check == 0)
        check = OLD_CLIENT_CHECK_MS;
    return gone < check ? check - gone : 0;
}

enum old_client_result old_run_wait_out(const struct old_run *run)
{
    const struct agent_clock *clock = run->client->clock;
    old_run_tell(run, "waits for its time to pass, ms", old_run_left_ms(run));
    clock->sleep_ms(clock->context, old_run_left_ms(run));
    return OLD_CLIENT_TIMED_OUT;
}

bool old_run_receive(struct old_run *run, uint32_t room, uint32_t timeout_ms)
{
    struct old_client *client = run->client;
    struct ota_error err;
    uint32_t left = old_run_left_ms(run);
    if (timeout_ms > left)
        timeout_ms = left;
    if (left == 0 ||
        !client->net->receive(client->net->context, client->segment, room,
                              timeout_ms, &run->got, &err) ||
        run->got == 0)
        return false;
    client->segment[run->got] = '\0';
    return true;
}

bool old_run_connect(const struct old_run *run, uint32_t timeout_ms)
{
    const struct old_client *client = run->client;
    struct ota_error err;
    return client->net->open(client->net->context, client->host, client->port,
                             timeout_ms, &err);
}

/* A failure shows as an answer that does not come. */
void old_run_send(const struct old_run *run, const struct old_request *request)
{
    const struct agent_net *net = run->client->net;
    struct ota_error err;
    (void)!net->send(net->context, request->text, request->size, &err);
}

void old_run_close(const struct old_run *run)
{
    run->client->net->close(run->client->net->context);
}

void old_run_tell(const struct old_run *run, const char *what, uint32_t value)
{
    if (run->client->tell)
        run->client->tell(run->client->context, what, value);
}

bool old_run_erase(const struct old_run *run, uint32_t size)
{
    const struct ota_flash *flash = run->client->flash;
    struct ota_error err;
    old_run_tell(run, "erases for bytes", size);
    for (uint32_t at = 0; at < size; at += OTA_SECTOR_SIZE) {
        if (old_run_left_ms(run) == 0)
            return false;
        (void)!flash->erase(flash->context, run->slot.start + at, &err);
    }
    return true;
}

enum old_client_result old_client_run(struct old_client *client)
{
    struct old_run run = {.client = client};
    run.started_ms = now(&run);
    if (!old_slot_find(&run.slot, client))
        return OLD_CLIENT_UNSUPPORTED;
    enum old_client_result result = client->kind == OTA_CLIENT_R21
                                        ? old_rtos_run(&run)
                                        : old_nonos_run(&run);
    old_run_close(&run);
    return result;
}

const char *old_client_result_name(enum old_client_result result)
{
    static const char *const names[OLD_CLIENT_RESULTS] = {
        [OLD_CLIENT_DONE] = "done",
        [OLD_CLIENT_TIMED_OUT] = "timed out",
        [OLD_CLIENT_NO_LENGTH] = "length of zero",
        [OLD_CLIENT_TOO_LARGE] = "too large",
        [OLD_CLIENT_REFUSED] = "refused",
        [OLD_CLIENT_CRC] = "CRC differs",
        [OLD_CLIENT_CRASHED] = "crashed",
        [OLD_CLIENT_UNSUPPORTED] = "unsupported flash map",
    };
    return names[result];
}
