/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The run: ask what there is, fetch what is missing, check it, switch. What
 * fails on the way and may pass is tried again from where it was.
 */
#include "agent/agent.h"
#include "agent/journal.h"
#include "agent/offer.h"
#include "agent/target.h"
#include <string.h>

enum {
    MOST_ATTEMPTS = 8,
    MOST_RESTARTS = 3,
    WAIT_FIRST_MS = 500, /* doubled with each failure */
    WAIT_LAST_MS = 300000,
    RETRY_AFTER_LAST_S = 3600,
};

/* --- fetching ----------------------------------------------------------- */

/* The first sector must begin as the server said before: a server without
 * validators may have got another file meanwhile. */
static bool is_as_offered(const struct agent_state *state,
                          struct ota_error *err)
{
    return state->written > 0 ||
           memcmp(state->sector, state->offer.head, AGENT_HEAD_SIZE) == 0 ||
           ota_fail(err, OTA_E_CHANGED, .part = "app");
}

static bool store(struct agent_state *state, struct ota_error *err)
{
    uint8_t *sector = (uint8_t *)state->sector;
    uint32_t at = state->agent->layout.target + state->written;
    memset(sector + state->held, 0xff, OTA_SECTOR_SIZE - state->held);
    if (!is_as_offered(state, err) ||
        !ota_flash_put_sector(state->agent->flash, at, sector, NULL, err) ||
        !agent_journal_mark(state, state->written, err))
        return false;
    state->written += state->held;
    state->held = 0;
    agent_tell(state, AGENT_PROGRESS, state->written, NULL);
    return true;
}

static bool ask_rest(struct agent_state *state, struct ota_error *err)
{
    const struct agent_offer *offer = &state->offer;
    const struct agent_wish wish = {
        .first = offer->offset + state->written + state->held,
        .last = offer->offset + offer->length - 1,
        .total = offer->total,
        .validator = offer->validator,
    };
    return agent_connection_ask(&state->connection, &wish, err);
}

static bool take_some(struct agent_state *state, struct ota_error *err)
{
    uint8_t *sector = (uint8_t *)state->sector;
    uint32_t got;
    if (!agent_connection_take(&state->connection, sector + state->held,
                               OTA_SECTOR_SIZE - state->held, &got, err))
        return false;
    state->held += got;
    state->has_moved = true;
    return true;
}

static bool fetch(struct agent_state *state, struct ota_error *err)
{
    uint32_t length = state->offer.length;
    while (state->written < length) {
        if (state->connection.left == 0 && !ask_rest(state, err))
            return false;
        if (!take_some(state, err))
            return false;
        if ((state->held == OTA_SECTOR_SIZE ||
             state->written + state->held == length) &&
            !store(state, err))
            return false;
    }
    return true;
}

/* --- one attempt -------------------------------------------------------- */

/* What is in the target slot of the offer. No journal is begun where the
 * switch alone is missing: it would only be erased again. */
static bool find_written(struct agent_state *state, struct ota_error *err)
{
    bool is_known;
    bool is_written;
    if (!agent_journal_find(state, &is_known, err))
        return false;
    if (is_known)
        return true;
    if (!agent_offer_is_written(state, &is_written, err))
        return false;
    if (!is_written)
        return agent_journal_begin(state, err);
    if (!agent_target_may_start(state, err))
        return false;
    state->written = state->offer.length;
    return true;
}

static bool begin(struct agent_state *state, struct ota_error *err)
{
    if (!agent_offer_fits(state, err) || !agent_target_may_write(state, err))
        return false;
    agent_tell(state, AGENT_FOUND, state->offer.length, NULL);
    if (!agent_target_leave(state, err) || !find_written(state, err))
        return false;
    if (state->written > 0)
        agent_tell(state, AGENT_RESUMES, state->written, NULL);
    state->is_begun = true;
    return true;
}

static bool finish(struct agent_state *state, struct ota_error *err)
{
    agent_connection_close(&state->connection);
    agent_tell(state, AGENT_CHECKS, 0, NULL);
    if (!agent_target_check(state, err)) {
        agent_journal_clear(state);
        return false;
    }
    if (!agent_target_start(state, err))
        return false;
    agent_tell(state, AGENT_SWITCHED, state->agent->layout.target_index, NULL);
    return true;
}

static bool learn(struct agent_state *state, bool *is_same,
                  struct ota_error *err)
{
    agent_tell(state, AGENT_ASKS, 0, NULL);
    return agent_offer_learn(state, err) &&
           (!state->agent->confirms || agent_target_confirm(state, err)) &&
           agent_offer_compare(state, is_same, err);
}

static bool attempt(struct agent_state *state, enum agent_result *result,
                    struct ota_error *err)
{
    bool is_same = false;
    if (!state->is_begun) {
        if (!learn(state, &is_same, err))
            return false;
        *result = AGENT_UP_TO_DATE;
        if (is_same)
            return true;
        if (!begin(state, err))
            return false;
    }
    *result = AGENT_UPDATED;
    return fetch(state, err) && finish(state, err);
}

/* --- trying again ------------------------------------------------------- */

/* Half of the time is fixed, half is chance: a fleet that a server lost at
 * the same moment does not come back in one. */
static uint32_t wait_time(const struct agent_state *state,
                          const struct ota_error *err)
{
    const struct agent_clock *clock = state->agent->clock;
    uint32_t said_s = state->connection.answer.retry_after_s;
    uint32_t span = WAIT_FIRST_MS;
    for (uint32_t i = 1; i < state->failures && span < WAIT_LAST_MS; i++)
        span *= 2;
    if (span > WAIT_LAST_MS)
        span = WAIT_LAST_MS;
    uint32_t chance = clock->random(clock->context) % (span / 2);
    if (err->code != OTA_E_HTTP_STATUS || said_s == 0)
        return span / 2 + chance;
    if (said_s > RETRY_AFTER_LAST_S)
        said_s = RETRY_AFTER_LAST_S;
    return said_s * 1000 + chance;
}

static bool give_up(const struct agent_state *state, struct ota_error *err)
{
    agent_tell(state, AGENT_REFUSED, 0, err);
    return ota_fail(err, OTA_E_UPDATE_GIVEN_UP, .part = "update",
                    .expected = state->offer.length, .actual = state->written);
}

static bool wait(struct agent_state *state, struct ota_error *err)
{
    const struct agent_clock *clock = state->agent->clock;
    uint32_t most = state->agent->most_attempts;
    if (state->has_moved)
        state->failures = 0;
    state->has_moved = false;
    if (++state->failures >= (most ? most : MOST_ATTEMPTS))
        return give_up(state, err);
    uint32_t ms = wait_time(state, err);
    agent_tell(state, AGENT_RETRIES, ms, err);
    clock->sleep_ms(clock->context, ms);
    return true;
}

static bool refuse(const struct agent_state *state, const struct ota_error *err)
{
    agent_tell(state, AGENT_REFUSED, 0, err);
    return false;
}

/* What is held and written is of the file that was; the journal of the new
 * one will not know it. */
static bool start_over(struct agent_state *state, const struct ota_error *err)
{
    if (state->restarts == MOST_RESTARTS)
        return refuse(state, err);
    state->restarts++;
    state->is_begun = false;
    state->written = state->held = 0;
    agent_tell(state, AGENT_STARTS_OVER, 0, err);
    return true;
}

/* Whether to go on after a failure. */
static bool recover(struct agent_state *state, struct ota_error *err)
{
    agent_connection_close(&state->connection);
    if (err->code == OTA_E_CHANGED)
        return start_over(state, err);
    if (agent_answer_may_pass(err))
        return wait(state, err);
    return refuse(state, err);
}

enum agent_result agent_run(const struct agent *agent, struct ota_error *err)
{
    struct agent_state state;
    struct ota_error why;
    enum agent_result result;
    memset(&state, 0, sizeof(state));
    state.agent = agent;
    state.connection.agent = agent;
    while (!attempt(&state, &result, &why))
        if (!recover(&state, &why)) {
            if (err)
                *err = why;
            return AGENT_FAILED;
        }
    agent_connection_close(&state.connection);
    return result;
}
