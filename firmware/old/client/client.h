/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the old clients share. */
#ifndef OLD_CLIENT_PARTS_H
#define OLD_CLIENT_PARTS_H

#include "old/client/old_client.h"

/* --- the slot that is written ------------------------------------------- */

struct old_slot {
    uint32_t start;
    uint32_t size;    /* whole sectors */
    bool may_fill_up; /* the last word of it can be written */
};

/* False where the SDK does not run on the map. */
bool old_slot_find(struct old_slot *slot, const struct old_client *client);

/* Bytes that come in pieces of any size, to flash that takes words. */
struct old_writer {
    const struct ota_flash *flash;
    struct old_slot slot;
    uint32_t at;
    uint32_t rest_size;
    uint8_t rest[4]; /* not written yet; the last ones never are */
};

/* The SDK does not look whether it worked. */
void old_writer_put(struct old_writer *writer, const uint8_t *data,
                    uint32_t size);

/* The old SDK's CRC of size bytes of flash. */
uint32_t old_slot_crc(const struct ota_flash *flash, uint32_t start,
                      uint32_t size);

/* --- HTTP ---------------------------------------------------------------- */

enum { OLD_REQUEST_ROOM = 1024 };

struct old_request {
    char text[OLD_REQUEST_ROOM];
    uint32_t size;
};

/* False: too long for the client's buffers, which it overruns. */
bool old_request_build(struct old_request *request,
                       const struct old_client *client);

/* The same with HEAD for GET and close for keep-alive, wherever they are. */
bool old_request_as_head(struct old_request *head,
                         const struct old_request *request);

/* Leading decimal digits, after spaces. */
uint32_t old_number(const char *text);

/* --- time ----------------------------------------------------------------- */

/* A run of a client. */
struct old_run {
    struct old_client *client;
    struct old_slot slot;
    uint32_t started_ms;
    uint32_t got; /* bytes of the segment */
};

uint32_t old_run_left_ms(const struct old_run *run);

/* Nothing comes any more that could end it before its time. */
enum old_client_result old_run_wait_out(const struct old_run *run);

/* The next segment, with a NUL behind; false when there will be none. */
bool old_run_receive(struct old_run *run, uint32_t room, uint32_t timeout_ms);

bool old_run_connect(const struct old_run *run, uint32_t timeout_ms);
void old_run_send(const struct old_run *run, const struct old_request *request);
void old_run_close(const struct old_run *run);
void old_run_tell(const struct old_run *run, const char *what, uint32_t value);

/* False when the time is over. */
bool old_run_erase(const struct old_run *run, uint32_t size);

enum old_client_result old_nonos_run(struct old_run *run);
enum old_client_result old_rtos_run(struct old_run *run);

#endif
